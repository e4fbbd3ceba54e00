import { z } from 'zod';
import { sessionEndSchema } from './agent-api.ts';
import { errorBodySchema } from './local-error.ts';
import { instant } from './local-fields.ts';

/* Who is signed in, whether they have to be, and how they sign in. */

export const signInRequirementSchema = z.object({
  enforced: z.boolean(),
  /** True when the wall is down: not enforced, or the user is a signed-in member. */
  satisfied: z.boolean(),
  method: z.string().nullable(),
  location: z.string().nullable(),
  organizations: z.array(z.string()),
  /** Set when the method is there but unreadable or empty: the wall stands and says how to mend it. */
  problem: z.string().nullable(),
});

export const accountSchema = z.object({
  hubUrl: z.string(),
  userId: z.string(),
  email: z.string(),
  name: z.string(),
  organizations: z.array(
    z.object({ name: z.string(), displayName: z.string(), role: z.string(), teams: z.array(z.string()) }),
  ),
  /** Name of the active organization; `null` when none of the user's is allowed here. */
  organization: z.string().nullable(),
  deviceId: z.string(),
  deviceName: z.string(),
  signedInAt: instant,
  sessionExpiresAt: instant.nullable(),
});

/** `GET /v1/account` */
export const accountAnswerSchema = z.object({
  state: z.enum(['signed-out', 'signed-in', 'sign-in-again']),
  account: accountSchema.nullable(),
  /** `memory`: no keychain here, so the session ends with the agent; every surface says so. */
  sessionStorage: z.enum(['keychain', 'memory']),
  sessionStorageReason: z.string().optional(),
  /** With `sign-in-again`: why the hub ended the session, where it said. */
  sessionEnd: sessionEndSchema.optional(),
  signIn: signInRequirementSchema,
});

/** `POST /v1/account/login` starts a sign-in; its progress is `GET /v1/account/login/{id}`. */
export const loginRequestSchema = z.object({
  hub: z.string().max(2000).optional(),
  method: z.enum(['browser', 'device']).default('browser'),
  /** False: do not open the system browser, only answer with the address. */
  openBrowser: z.boolean().default(true),
  /**
   * Fingerprint of a hub signing key that the person checked: needed only after a sign-in was refused because the
   * hub's keys do not follow from the pinned one (docs/delivery.md section 3); that refusal shows both fingerprints.
   */
  trustKey: z.string().max(200).optional(),
});
/** `details` of a `conflict` that ended a sign-in: fingerprints of the hub's signing keys, `SHA256:…`. */
export const hubKeyChangeSchema = z.object({
  pinned: z.array(z.string()),
  offered: z.array(z.string()).nonempty(),
});
export const loginAnswerSchema = z.object({
  id: z.string(),
  state: z.enum(['waiting', 'done', 'failed']),
  method: z.enum(['browser', 'device']),
  /** Where the person continues. */
  url: z.string(),
  userCode: z.string().optional(),
  expiresAt: instant,
  account: accountAnswerSchema.optional(),
  error: errorBodySchema.shape.error.optional(),
});

/** `POST /v1/account/organization` */
export const useOrganizationSchema = z.object({ organization: z.string().max(200) });

export type SignInRequirement = z.infer<typeof signInRequirementSchema>;
export type Account = z.infer<typeof accountSchema>;
export type AccountAnswer = z.infer<typeof accountAnswerSchema>;
export type LoginRequest = z.infer<typeof loginRequestSchema>;
export type LoginAnswer = z.infer<typeof loginAnswerSchema>;
