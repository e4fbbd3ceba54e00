import type { FastifyRequest } from 'fastify';
import type { Role } from './database/schema.ts';

/*
 * Who a request comes from. The ways of proving it live in their capability folders (console sessions and
 * access tokens in identity/, API tokens in tokens/); the server asks each in turn and knows none of them.
 */

/** The author of a change, as the audit log names them. */
export type Actor =
  | {
      readonly kind: 'user';
      readonly userId: string;
      readonly email: string;
      /**
       * `session`: the browser sends the proof by itself (a cookie), so changes must also come from our own pages;
       * `bearer`: the caller sent it on purpose.
       */
      readonly via: 'session' | 'bearer';
      /** When they last proved who they are; left out: not known, which is never recent. */
      readonly provedAt?: Date;
    }
  | {
      readonly kind: 'token';
      readonly tokenId: string;
      readonly name: string;
      /** The only organization the token works in. */
      readonly organizationId: string;
      /** The most it may do there. */
      readonly role: Role;
      /** Whether it may make what a person has to prove themselves for. */
      readonly managesAccess: boolean;
    }
  | {
      readonly kind: 'system';
      /** "command line (root)", "restore", "scim okta". */
      readonly name: string;
    };

/**
 * One way of proving who one is. Answers `null` when the request carries no proof of this kind, or one that is
 * not good: the next way is asked, and with none left the answer is 401 `unauthenticated`.
 */
export type Authenticate = (request: FastifyRequest) => Promise<Actor | null>;

/** What a route asks of the caller (docs/identity.md, table of roles). Set as `config.requires` of the route. */
export type Requires =
  /** No proof at all: sign-in pages, discovery, health. */
  | 'nothing'
  /** The route proves and judges by itself: the OpenID Connect provider, the agent API. */
  | 'own-check'
  /** Any account that is signed in. */
  | 'account'
  /** A member of the organization named by the route parameter `organization`, with at least this role. */
  | Role;

/** The organization a request acts in, once it was found that the caller may. */
export interface ActingOrganization {
  readonly id: string;
  readonly name: string;
  /** The caller's rights here. */
  readonly role: Role;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Every route of the hub says this; the server refuses to start with one that does not. */
    requires?: Requires;
    /** It opens doors: a person must have proved who they are a moment ago, a token be made for it. */
    recentSignIn?: boolean;
  }
  interface FastifyRequest {
    /** Set on routes that require an account or a role; see `actorOf`. */
    actor: Actor | null;
    /** Set on routes that require a role; see `organizationOf`. */
    actingOrganization: ActingOrganization | null;
  }
}
