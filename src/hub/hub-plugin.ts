import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Registry } from 'prom-client';
import type { Clock } from './clock.ts';
import type { Announcements } from './database/announcements.ts';
import type { Db } from './database/connection.ts';
import type { AnswerEarly } from './early-answers.ts';
import type { Logger } from './logging.ts';

/** What the whole hub is told at start. */
export interface HubConfig {
  /**
   * The one public address, without a final slash: issuer, links, redirect addresses, `aud` and the origin of our
   * own pages all derive from it, never from a request's `Host`.
   */
  readonly publicUrl: string;
  /** Peers (addresses or CIDR blocks) whose `X-Forwarded-*` is believed; empty: nobody's. */
  readonly trustProxy: readonly string[];
  readonly version: string;
  /** Certificate and key in PEM: the hub itself speaks TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** How a capability says that a request below its base could not be read: its address, or its whole head. */
export type UnreadableAnswer = (
  part: 'address' | 'head',
  status: number,
  detail: string,
) => { readonly contentType: string; readonly body: string };

/** Everything a capability may use. */
export interface HubContext {
  readonly db: Db;
  readonly config: HubConfig;
  readonly log: Logger;
  readonly clock: Clock;
  readonly announcements: Announcements;
  /** Where a capability registers its own numbers for Prometheus. */
  readonly metrics: Registry;
  /**
   * Asks again who sent a request and what they may do, for a stream that outlives its first answer. Rejects with the
   * refusal.
   */
  readonly checkAccess: (request: FastifyRequest) => Promise<void>;
  /** How a route may answer before the server's own handling (see early-answers.ts). */
  readonly answerEarly: AnswerEarly;
  /**
   * How a request below `base` is answered that cannot be read (a broken percent-escape, headers beyond the limit);
   * without a word from the capability, in the hub's own shape.
   */
  readonly onUnreadable: (base: string, answer: UnreadableAnswer) => void;
}

/** The server as capabilities see it: routes take zod schemas. */
export type HubServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression<RawServerDefault>,
  RawReplyDefaultExpression<RawServerDefault>,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/**
 * One capability: registers its routes, each with `config: { requires: … }` (see authentication.ts). It is
 * registered in a scope of its own, so that hooks, parsers and decorators it adds stay inside. What it starts
 * (timers, streams) it ends in an `onClose` or `preClose` hook.
 */
export type HubPlugin = (app: HubServer, context: HubContext) => Promise<void> | void;
