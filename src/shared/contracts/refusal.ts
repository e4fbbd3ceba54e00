/**
 * Every refusal a person or program can meet, with the HTTP status and the exit code of the command line: one
 * code for the same refusal on every surface (policy.md section 4, delivery.md section 6).
 */
export const REFUSALS = {
  setting_locked: { status: 423, exit: 4 },
  override_not_allowed: { status: 403, exit: 4 },
  invalid_value: { status: 422, exit: 2 },
  unknown_setting: { status: 404, exit: 2 },
  not_applicable: { status: 422, exit: 2 },
  policy_source_broken: { status: 503, exit: 5 },
  policy_stale: { status: 503, exit: 5 },
  /** Nobody who may is signed in here: sign-in is enforced, the session has ended, or this needs one. */
  sign_in_required: { status: 403, exit: 3 },
  /** The caller is known, but proved it too long ago for this change: they prove it again and repeat it. */
  recent_sign_in_required: { status: 403, exit: 3 },
  /** The request itself is malformed: not JSON, wrong shape, unknown route parameter. */
  bad_request: { status: 400, exit: 2 },
  /** The caller did not prove who they are, or the proof has ended. */
  unauthenticated: { status: 401, exit: 3 },
  /** The caller is known and may not do this. */
  forbidden: { status: 403, exit: 1 },
  not_found: { status: 404, exit: 2 },
  method_not_allowed: { status: 405, exit: 1 },
  /** Somebody else changed it first; read again and retry. */
  conflict: { status: 409, exit: 1 },
  precondition_failed: { status: 412, exit: 1 },
  too_large: { status: 413, exit: 2 },
  unsupported_media_type: { status: 415, exit: 1 },
  rate_limited: { status: 429, exit: 1 },
  /** The hub, or another server we depend on, did not answer usefully. */
  unreachable: { status: 502, exit: 5 },
  /** A policy arrived, fetched or by file, and was refused with this reason (docs/delivery.md section 3). */
  bad_signature: { status: 422, exit: 5 },
  unknown_key: { status: 422, exit: 5 },
  wrong_issuer: { status: 422, exit: 5 },
  wrong_audience: { status: 422, exit: 5 },
  wrong_subject: { status: 422, exit: 5 },
  wrong_organization: { status: 422, exit: 5 },
  expired: { status: 422, exit: 5 },
  rolled_back: { status: 422, exit: 5 },
  malformed: { status: 422, exit: 5 },
  /** A file of ours could not be read or written: full disk, permissions. */
  storage_failed: { status: 507, exit: 1 },
  /** A fault of ours. Logged with a reference, shown without a stack. */
  internal: { status: 500, exit: 1 },
} as const;

/** The code of a refusal. */
export type RefusalCode = keyof typeof REFUSALS;

/** A refusal as a value: what happened, why, and what to do, with the code that every surface shares. */
export interface Refusal {
  readonly code: RefusalCode;
  /** What happened and why, in one or two plain sentences. */
  readonly message: string;
  /** What the reader can do about it. */
  readonly help?: string;
  /** The setting it concerns, where there is one. */
  readonly setting?: string;
  /**
   * Further facts a program may want: `source`, `policy`, `organization`, `accepted`, `nearest`; `field`, the path of the
   * value in the request that was refused.
   */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Thrown only at an edge that prints (a route, a command): carries the refusal out. */
export class RefusalError extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.name = 'RefusalError';
    this.refusal = refusal;
  }
}

/** Closes a switch over a union: reaching it is a compile error, and at run time a fault of ours. */
export function assertNever(value: never): never {
  throw new Error(`unexpected case: ${JSON.stringify(value)}`);
}
