import { z } from 'zod';

/*
 * What the agent asks of the hub (docs/delivery.md section 2), next to plain OpenID Connect: the issuer is the
 * hub's public URL, discovery stands at `/.well-known/openid-configuration`, the access token is opaque.
 */

/** The public native client that every desktop is; PKCE with S256 is required of it. */
export const AGENT_CLIENT_ID = 'mooring-desktop';

/** Scopes of a desktop session. `offline_access` takes effect only together with `prompt=consent` (OIDC Core, section 11). */
export const AGENT_SCOPES = 'openid profile email offline_access agent';

/** Path of the loopback redirect; the port is any (RFC 8252 section 7.3): `http://127.0.0.1:<port>/callback`. */
export const AGENT_REDIRECT_PATH = '/callback';

/** Routes of the agent API. All but `keys` need a bearer access token. */
export const AGENT_ROUTES = {
  account: { method: 'GET', path: '/v1/agent/account' },
  /** `?org=<name>` and `If-None-Match`; 200 with a compact JWS and a strong ETag, 304, 401, or 403 when no longer a member. */
  policy: { method: 'GET', path: '/v1/agent/policy' },
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
export const agentErrorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

export type AgentOrganization = z.infer<typeof agentOrganizationSchema>;
export type AgentAccount = z.infer<typeof agentAccountSchema>;
export type AgentKey = z.infer<typeof agentKeySchema>;
export type AgentKeys = z.infer<typeof agentKeysSchema>;
