import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ChangeContext } from '../audit/record.ts';
import type { Clock } from '../clock.ts';
import type { Db } from '../database/connection.ts';
import type { AgentAccess } from '../identity/agent-access.ts';
import { NO_ORGANIZATION, notMember, organizationNamed, refuse, UNAUTHENTICATED } from './agent-refusals.ts';

/** The member who speaks through a desktop, in the organization that the request names. */
export interface AgentCaller {
  readonly userId: string;
  readonly email: string;
  readonly organizationId: string;
  /** The device's session. */
  readonly sessionId: string;
}

/** Finds out who sends a request of the agent API before its body is read. */
export interface AgentCallers {
  /** An `onRequest` hook: refuses whoever is not signed in, or not a member. */
  check(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** The caller, once checked. */
  of(request: FastifyRequest): AgentCaller;
}

export function createAgentCallers({
  db,
  access,
}: {
  readonly db: Db;
  readonly access: AgentAccess;
}): AgentCallers {
  const callers = new WeakMap<FastifyRequest, AgentCaller>();
  return {
    async check(request, reply) {
      const bearer = await access.verify(request.headers.authorization);
      if (bearer === null) return refuse(reply, UNAUTHENTICATED);
      const organization = organizationNamed(request);
      if (organization === '') return refuse(reply, NO_ORGANIZATION);
      const caller = await readCaller(db, bearer.userId, organization);
      if (caller === undefined) return refuse(reply, notMember(organization));
      callers.set(request, { ...caller, sessionId: bearer.sessionId });
    },
    of(request) {
      const caller = callers.get(request);
      if (caller === undefined) throw new Error('the caller was not checked');
      return caller;
    },
  };
}

function readCaller(
  db: Db,
  userId: string,
  organization: string,
): Promise<Omit<AgentCaller, 'sessionId'> | undefined> {
  return db
    .selectFrom('memberships as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .where('o.name', '=', organization)
    .where('u.id', '=', userId)
    .where('u.disabled_at', 'is', null)
    .select(['u.id as userId', 'u.email', 'o.id as organizationId'])
    .executeTakeFirst();
}

/** The author of what a desktop asks for. */
export function changeByAgent(caller: AgentCaller, request: FastifyRequest, clock: Clock): ChangeContext {
  return {
    actor: { kind: 'user', userId: caller.userId, email: caller.email, via: 'bearer' },
    sourceAddress: request.ip,
    at: new Date(clock.now()),
  };
}

/** Counts requests of one session together, and of no session by address. */
export function sessionKey(request: FastifyRequest): string {
  return request.headers.authorization ?? request.ip;
}
