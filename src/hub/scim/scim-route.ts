import type { FastifyReply } from 'fastify';
import type { ChangeContext } from '../audit/record.ts';
import type { ScimConnection } from './tokens.ts';

/** What routes of SCIM know of the request they serve. */
export interface ScimRequest {
  readonly connection: ScimConnection;
  readonly context: ChangeContext;
  /** Address of the endpoint that was called, for locations. */
  readonly base: string;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly query: unknown;
  readonly body: unknown;
}

/** Serves one request as the connection of its token. */
export type ScimHandler = (
  request: ScimRequest,
  reply: FastifyReply,
  params: { readonly id: string },
) => Promise<unknown>;

/** A route of SCIM beneath a base path. */
export interface ScimRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly handler: ScimHandler;
}
