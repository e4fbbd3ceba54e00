import type { FastifyRequest } from 'fastify';
import { RefusalError } from '../shared/contracts/refusal.ts';
import type { ActingOrganization, Actor, Authenticate, Requires } from './authentication.ts';
import type { Clock } from './clock.ts';
import type { Db } from './database/connection.ts';
import type { Role } from './database/schema.ts';

/** Rising order of what one may do. */
const RANK: Readonly<Record<Role, number>> = { member: 1, editor: 2, owner: 3 };

/** Whether `role` may do what asks for at least `needed`. */
function roleSuffices(role: Role, needed: Role): boolean {
  return RANK[role] >= RANK[needed];
}

export interface AccessOptions {
  readonly db: Db;
  readonly authenticators: readonly Authenticate[];
  /** Origin of the hub's own pages. */
  readonly origin: string;
  readonly clock: Clock;
}

/**
 * The one place where the table of roles (docs/identity.md) is enforced. Runs before the body is read.
 * An organization that the caller does not belong to looks exactly like one that does not exist.
 */
export function createAccessCheck(options: AccessOptions): (request: FastifyRequest) => Promise<void> {
  return async (request) => {
    const requires: Requires | undefined = request.routeOptions.config.requires;
    // No route matched: the answer is 404 whoever asks.
    if (requires === undefined || requires === 'nothing' || requires === 'own-check') return;
    const actor = await firstProof(options.authenticators, request);
    if (actor === null) throw unauthenticated();
    refuseForeignPage(actor, request, options.origin);
    request.actor = actor;
    const recent = request.routeOptions.config.recentSignIn === true;
    if (requires === 'account') {
      if (recent) demandRecentSignIn(actor, options.clock);
      return;
    }
    const organization = await actingOrganization(options.db, actor, organizationNamed(request));
    if (organization === null) throw noSuchOrganization();
    if (!roleSuffices(organization.role, requires)) throw roleTooLow(organization, requires);
    if (recent) demandRecentSignIn(actor, options.clock);
    request.actingOrganization = organization;
  };
}

/** The caller; only on routes whose `requires` is `account` or a role. */
export function actorOf(request: FastifyRequest): Actor {
  if (request.actor === null) throw unauthenticated();
  return request.actor;
}

/** The organization acted in; only on routes whose `requires` is a role. */
export function organizationOf(request: FastifyRequest): ActingOrganization {
  if (request.actingOrganization === null) throw noSuchOrganization();
  return request.actingOrganization;
}

/** Changes that open doors are taken this long after a sign-in (docs/identity.md section 8). */
export const RECENT_SIGN_IN_MS = 10 * 60_000;

/**
 * Refuses a change that opens doors unless its author is sure: a person who proved themselves a moment ago, a token
 * that was made for such changes, or whoever works on the hub's own machine. A stolen session or an ordinary token
 * must not be able to make itself a lasting way in. For routes where it depends on the body; others set `recentSignIn`.
 */
export function demandRecentSignIn(actor: Actor, clock: Clock): void {
  switch (actor.kind) {
    case 'system':
      return;
    case 'token':
      if (actor.managesAccess) return;
      throw new RefusalError({
        code: 'forbidden',
        message: 'This API token may not change who gets in: it was not made for that.',
        help: 'An owner does it in the console, or makes a token that manages access (managesAccess).',
        details: { needed: 'managesAccess' },
      });
    case 'user':
      if (actor.provedAt !== undefined && clock.now() - actor.provedAt.getTime() <= RECENT_SIGN_IN_MS) return;
      throw new RefusalError({
        code: 'recent_sign_in_required',
        message: 'This change asks you to confirm first that it is you: your last sign-in is too long ago.',
        help: `Sign in again at ${CONFIRM_PATH} in this browser, then repeat the change.`,
        details: { confirmAt: CONFIRM_PATH, withinSeconds: RECENT_SIGN_IN_MS / 1000 },
      });
  }
}

/** The page where somebody who is signed in proves it again. */
export const CONFIRM_PATH = '/sign-in/confirm';

async function firstProof(ways: readonly Authenticate[], request: FastifyRequest): Promise<Actor | null> {
  for (const way of ways) {
    const actor = await way(request);
    if (actor !== null) return actor;
  }
  return null;
}

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A cookie comes along with requests that other sites cause: those may not change anything. */
function refuseForeignPage(actor: Actor, request: FastifyRequest, origin: string): void {
  if (actor.kind !== 'user' || actor.via !== 'session' || READS.has(request.method)) return;
  if (request.headers.origin === origin) return;
  if (request.headers.origin === undefined && request.headers['sec-fetch-site'] === 'same-origin') return;
  throw new RefusalError({
    code: 'forbidden',
    message: 'This change was not sent by a page of this hub.',
    help: `Open the console at ${origin}. A program uses an API token (Authorization: Bearer).`,
  });
}

function organizationNamed(request: FastifyRequest): string {
  const { params } = request;
  if (typeof params !== 'object' || params === null || !('organization' in params)) return '';
  return typeof params.organization === 'string' ? params.organization : '';
}

async function actingOrganization(db: Db, actor: Actor, name: string): Promise<ActingOrganization | null> {
  if (name === '' || name.includes('\0')) return null;
  const organizations = db.selectFrom('organizations as o').where('o.name', '=', name);
  if (actor.kind === 'user') {
    const found = await organizations
      .innerJoin('memberships as m', 'm.organization_id', 'o.id')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .where('m.user_id', '=', actor.userId)
      .where('u.disabled_at', 'is', null)
      .select(['o.id', 'o.name', 'm.role'])
      .executeTakeFirst();
    return found ?? null;
  }
  const found = await organizations.select(['o.id', 'o.name']).executeTakeFirst();
  if (found === undefined) return null;
  if (actor.kind === 'system') return { ...found, role: 'owner' };
  return found.id === actor.organizationId ? { ...found, role: actor.role } : null;
}

function unauthenticated(): RefusalError {
  return new RefusalError({
    code: 'unauthenticated',
    message: 'The request does not prove who sends it, or the proof has ended.',
    help: 'Sign in again, or send an API token: Authorization: Bearer <token>.',
  });
}

function noSuchOrganization(): RefusalError {
  return new RefusalError({
    code: 'not_found',
    message: 'There is no such organization, or you do not belong to it.',
    help: 'Check the name; an owner of the organization can add you.',
  });
}

function roleTooLow(organization: ActingOrganization, needed: Role): RefusalError {
  return new RefusalError({
    code: 'forbidden',
    message: `This needs the role "${needed}" in ${organization.name}; yours is "${organization.role}".`,
    help: `Ask an owner of ${organization.name} to change your role.`,
    details: { needed, role: organization.role },
  });
}
