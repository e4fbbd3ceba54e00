import { z } from 'zod';
import { holdsUnstorable } from './json-limits.ts';
import { jsonValue } from './json-value.ts';

/*
 * What the agent asks of the hub (docs/delivery.md section 2), next to plain OpenID Connect: the issuer is the
 * hub's public URL, discovery stands at `/.well-known/openid-configuration`, the access token is opaque.
 */

/** The public native client that every desktop is; PKCE with S256 is required of it. */
export const AGENT_CLIENT_ID = 'mooring-desktop';

/** Scopes of a desktop session. `offline_access` takes effect only together with `prompt=consent` (OIDC Core, section 11). */
export const AGENT_SCOPES = 'openid profile email offline_access agent';

/** Why the hub ended a session, where its person should be told. The same codes on every surface. */
export const sessionEndSchema = z.enum([
  /** The organization requires single sign-on now, and the session began by a password. */
  'sso_required',
  /** A new password was chosen, by its person or by whoever runs the hub. */
  'password_changed',
  /** An identity provider or SCIM manages the account now; what let in before was revoked. */
  'account_linked',
  /** The last membership was ended. */
  'account_removed',
  /** The organization's directory deactivated the person. */
  'account_deactivated',
  /** Ended by its person, from another browser. */
  'signed_out',
  /** Ended by an owner of the organization, who named it or the person. */
  'ended_by_owner',
  /** Ended by an owner together with the device, which the organization forgot. */
  'device_forgotten',
]);
export type SessionEnd = z.infer<typeof sessionEndSchema>;
/** Body of the token endpoint's `invalid_grant` to a refresh token whose session ended for such a reason. */
export const endedGrantSchema = z.object({ session_end: sessionEndSchema });
export type EndedGrant = z.infer<typeof endedGrantSchema>;

/** Path of the loopback redirect; the port is any (RFC 8252 section 7.3): `http://127.0.0.1:<port>/callback`. */
export const AGENT_REDIRECT_PATH = '/callback';

/** Routes of the agent API. All but `keys` need a bearer access token. */
export const AGENT_ROUTES = {
  account: { method: 'GET', path: '/v1/agent/account' },
  /** `?org=<name>` and `If-None-Match`; 200 with a compact JWS and a strong ETag, 304, 401, or 403 when no longer a member. */
  policy: { method: 'GET', path: '/v1/agent/policy' },
  /**
   * `?org=<name>` and `Last-Event-ID`: server-sent events that only nudge (`AGENT_EVENTS`). 401 and 403 as above;
   * the stream ends within seconds of the session or the membership.
   */
  events: { method: 'GET', path: '/v1/agent/events' },
  /** `?org=<name>`; body and answer are `agentReportSchema` and `agentReportAnswerSchema`. At most 256 KiB. */
  reports: { method: 'POST', path: '/v1/agent/reports' },
  /** `?org=<name>`: `overrideRequestSchema`; 201 with `overrideAnswerSchema`, or `override_not_allowed` (403). */
  requestOverride: { method: 'POST', path: '/v1/agent/overrides' },
  /** `?org=<name>`: the bearer's own that are in force. */
  overrides: { method: 'GET', path: '/v1/agent/overrides' },
  /** `?org=<name>`: ends one of the bearer's own before its time; 204. */
  endOverride: { method: 'DELETE', path: '/v1/agent/overrides/{id}' },
  /** Public: a device pins them at its first sign-in. */
  keys: { method: 'GET', path: '/v1/agent/keys' },
} as const;

/** ISO 8601 in UTC. */
const instant = z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'not a point in time');

/** One membership of the signed-in user. */
export const agentOrganizationSchema = z.object({
  name: z.string().min(1),
  displayName: z.string(),
  role: z.string(),
  teams: z.array(z.string()),
  joinedAt: instant,
  /** True when this organization verified the domain of the user's e-mail address. */
  verifiedDomain: z.boolean(),
});

/** Answer of `GET /v1/agent/account`: who the bearer is, read anew at each sync. */
export const agentAccountSchema = z.object({
  userId: z.string().min(1),
  email: z.string(),
  name: z.string(),
  organizations: z.array(agentOrganizationSchema),
  /** When this desktop session ends whatever it does; `null` where the hub sets no end. */
  sessionExpiresAt: instant.nullable(),
});

/** `typ` of a predecessor's signature, so that it can never pass for a policy bundle or the other way round. */
export const KEY_TYP = 'mooring-key+jws';

/**
 * A public signing key of the hub. `predecessorSignature` is a compact JWS with `alg: EdDSA`, `typ: KEY_TYP` and
 * `kid: <predecessor>`, by the predecessor's key, over the JSON of this key's `{ kty, crv, x, kid }`.
 */
export const agentKeySchema = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  /** The 32 public bytes, base64url. */
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  kid: z.string().min(1).max(200),
  use: z.literal('sig').optional(),
  alg: z.literal('EdDSA').optional(),
  predecessor: z.string().optional(),
  predecessorSignature: z.string().optional(),
});

/** Answer of `GET /v1/agent/keys`: a JWKS. */
export const agentKeysSchema = z.object({ keys: z.array(agentKeySchema).max(100) });

/** Body of every refusal of the agent API. */
export const agentErrorSchema = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    /** What the person can do about it. */
    help: z.string().optional(),
  }),
});

/*
 * The stream of events. It begins with a `retry:` line; a comment comes each 25 s. Every event that nudges has
 * `id: <seq>`. A nudge says only that policy may have changed: the agent then fetches as usual, so lost, doubled and
 * out-of-order nudges do no harm. Right after connecting the present sequence number is sent, unless `Last-Event-ID`
 * is that number.
 */
export const AGENT_EVENTS = {
  /** `data`: `policyNudgeSchema`. */
  policy: 'policy',
  /** The hub closes the stream; `data`: `streamEndSchema`. */
  end: 'end',
} as const;
export const EVENT_HEARTBEAT_SECONDS = 25;
export const policyNudgeSchema = z.object({ seq: z.int().min(0) });
/**
 * `signed_out`: this session, or the account, has ended; `not_member`: no longer in this organization; `draining`: the
 * hub stops or restarts: connect again, after the `retry:` that came with it and a random delay.
 */
export const streamEndSchema = z.object({ reason: z.enum(['signed_out', 'not_member', 'draining']) });

/** Asks to override a locked setting for a time (docs/delivery.md section 6). */
export const overrideRequestSchema = z
  .object({
    deviceId: z.uuid(),
    setting: z.string().min(1).max(200),
    value: jsonValue,
    seconds: z
      .int()
      .min(60)
      .max(30 * 86_400),
    /** Why; shown to the organization's owners. */
    reason: z.string().trim().min(1).max(1000),
  })
  .refine(
    ({ setting, value, reason }) => !holdsUnstorable([setting, value, reason]),
    'must be well-formed text without NUL characters',
  );
/** An override that is in force; the same arrives in the next bundle. */
export const grantedOverrideSchema = z.object({
  id: z.string(),
  setting: z.string(),
  value: jsonValue,
  reason: z.string(),
  grantedAt: instant,
  until: instant,
});
/** `seq`: the sequence number of the first bundle that carries it. */
export const overrideAnswerSchema = z.object({ override: grantedOverrideSchema, seq: z.int() });
export const overrideListSchema = z.object({ overrides: z.array(grantedOverrideSchema) });

export type PolicyNudge = z.infer<typeof policyNudgeSchema>;
export type StreamEnd = z.infer<typeof streamEndSchema>;
export type OverrideRequest = z.infer<typeof overrideRequestSchema>;
export type GrantedOverride = z.infer<typeof grantedOverrideSchema>;
export type OverrideAnswer = z.infer<typeof overrideAnswerSchema>;
export type AgentOrganization = z.infer<typeof agentOrganizationSchema>;
export type AgentAccount = z.infer<typeof agentAccountSchema>;
export type AgentKey = z.infer<typeof agentKeySchema>;
export type AgentKeys = z.infer<typeof agentKeysSchema>;
