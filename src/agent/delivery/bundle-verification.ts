import { compactVerify, decodeProtectedHeader } from 'jose';
import { z } from 'zod';
import type { AgentKey } from '../../shared/contracts/agent-api.ts';
import {
  ANY_SUBJECT,
  BUNDLE_AUDIENCE,
  BUNDLE_TYP,
  type BundlePayload,
  type BundleRefusal,
  bundlePayloadSchema,
  OFFLINE_BUNDLE_AUDIENCE,
} from '../../shared/contracts/bundle.ts';
import { verificationKey } from './hub-keys.ts';

/** A bundle that may be accepted, or why not, in words. */
export type Verdict =
  | { readonly ok: true; readonly payload: BundlePayload }
  | { readonly ok: false; readonly reason: BundleRefusal; readonly message: string };

/** What a bundle must say to be ours. */
export interface BundleExpectation {
  readonly issuer: string;
  readonly userId: string;
  readonly organization: string;
  /** Highest number seen for this user and organization; `null`: none yet. */
  readonly highestSeq: number | null;
  /** Wall clock in milliseconds; `null` leaves `exp` unread (a kept bundle goes stale, it does not end). */
  readonly now: number | null;
  /** The trusted key of that id, `null` where there is none. */
  readonly key: (kid: string) => Promise<AgentKey | null>;
}

/**
 * The header, whole: a member we do not know could change what the signature means (`b64`, `crit`), one that
 * brings its own key (`jwk`, `jku`, `x5c`) must not even be looked at.
 */
const headerSchema = z.strictObject({ alg: z.string(), typ: z.string(), kid: z.string() });

/**
 * Decides about a bundle (docs/delivery.md section 3). The signature comes first: nothing of the payload is read
 * before it holds. `alg` is compared and handed to the verifier as the only one allowed, so neither `none` nor an
 * HMAC keyed with the public key can pass.
 */
export async function verifyBundle(jws: string, expected: BundleExpectation): Promise<Verdict> {
  const signed = await verifySigned(jws, expected.key);
  return signed.ok ? judge(signed.payload, expected) : signed;
}

/** What a bundle that travelled by file must say (docs/delivery.md section 4). */
export interface OfflineExpectation {
  readonly issuer: string;
  /** The user of this device; `null`: nobody has signed in here, and any user's is accepted. */
  readonly userId: string | null;
  /** One of these it must belong to. */
  readonly organizations: readonly string[];
  /** Highest number seen of what this payload would follow. */
  readonly highestSeq: (payload: BundlePayload) => number | null;
  readonly now: BundleExpectation['now'];
  readonly key: BundleExpectation['key'];
}

/** As `verifyBundle`, for a bundle by file: for one user or for every member, and never without an end. */
export async function verifyOfflineBundle(jws: string, expected: OfflineExpectation): Promise<Verdict> {
  const signed = await verifySigned(jws, expected.key);
  if (!signed.ok) return signed;
  const { payload } = signed;
  if (payload.exp === undefined) return refused('malformed', 'It has no end, which a bundle by file needs.');
  if (!expected.organizations.includes(payload.org)) {
    return refused(
      'wrong_organization',
      `It belongs to "${clip(payload.org)}", and this device follows ${expected.organizations.map((name) => `"${name}"`).join(' or ')}.`,
    );
  }
  // For every member, or on a device where nobody has signed in: whoever it names.
  const anybody = payload.sub === ANY_SUBJECT || expected.userId === null;
  return judge(payload, {
    ...expected,
    audience: OFFLINE_BUNDLE_AUDIENCE,
    userId: anybody ? payload.sub : (expected.userId ?? ''),
    organization: payload.org,
    highestSeq: expected.highestSeq(payload),
  });
}

async function verifySigned(jws: string, keyOf: BundleExpectation['key']): Promise<Verdict> {
  const text = jws.trim();
  if (!/^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*$/.test(text)) {
    return refused('malformed', 'It is not a signed bundle.');
  }
  // The signature covers the text of the other two parts, not its own: its unused bits must not be free to change.
  const signature = text.slice(text.lastIndexOf('.') + 1);
  if (Buffer.from(signature, 'base64url').toString('base64url') !== signature) {
    return refused('malformed', 'Its signature is written in another way than the hub writes it.');
  }
  const header = readHeader(text);
  if (header === null) return refused('malformed', 'Its header is not that of a policy bundle.');
  if (header.alg !== 'EdDSA')
    return refused('bad_signature', `It is signed by "${clip(header.alg)}", which is not accepted.`);
  const key = await keyOf(header.kid);
  if (key === null) {
    return refused(
      'unknown_key',
      `It is signed by the key "${clip(header.kid)}", which no pinned key vouches for.`,
    );
  }
  const bytes = await verifiedBytes(text, key);
  if (bytes === null)
    return refused('bad_signature', 'Its signature does not hold: it was changed on the way, or forged.');
  const payload = readPayload(bytes);
  return payload === null
    ? refused('malformed', 'Its contents are not those of a policy bundle.')
    : { ok: true, payload };
}

type Judgement = Omit<BundleExpectation, 'key'> & { readonly audience?: string };

function judge(payload: BundlePayload, expected: Judgement): Verdict {
  if (payload.iss !== expected.issuer) {
    return refused('wrong_issuer', `It comes from ${clip(payload.iss)}, not from ${expected.issuer}.`);
  }
  if (payload.aud !== (expected.audience ?? BUNDLE_AUDIENCE)) {
    return refused('wrong_audience', `It is meant for "${clip(payload.aud)}", ${whatFor(payload.aud)}.`);
  }
  if (payload.sub !== expected.userId) return refused('wrong_subject', 'It is meant for another user.');
  if (payload.org !== expected.organization) {
    return refused(
      'wrong_organization',
      `It belongs to "${clip(payload.org)}", not to "${expected.organization}".`,
    );
  }
  if (expected.now !== null && payload.exp !== undefined && payload.exp * 1000 <= expected.now) {
    return refused('expired', `It ended on ${describeTime(payload.exp)}.`);
  }
  if (expected.highestSeq !== null && payload.seq < expected.highestSeq) {
    return refused(
      'rolled_back',
      `It is older (${payload.seq}) than one already accepted (${expected.highestSeq}).`,
    );
  }
  return { ok: true, payload };
}

function whatFor(audience: string): string {
  if (audience === OFFLINE_BUNDLE_AUDIENCE) return 'which is imported by file and never fetched';
  return audience === BUNDLE_AUDIENCE ? 'which is fetched and never imported by file' : 'not for this agent';
}

function readHeader(jws: string): z.infer<typeof headerSchema> | null {
  try {
    const parsed = headerSchema.safeParse(decodeProtectedHeader(jws));
    return parsed.success && parsed.data.typ === BUNDLE_TYP ? parsed.data : null;
  } catch {
    return null;
  }
}

async function verifiedBytes(jws: string, key: AgentKey): Promise<Uint8Array | null> {
  try {
    const { payload } = await compactVerify(jws, await verificationKey(key), { algorithms: ['EdDSA'] });
    return payload;
  } catch {
    return null;
  }
}

function readPayload(bytes: Uint8Array): BundlePayload | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const parsed = bundlePayloadSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function describeTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? 'an impossible date' : date.toISOString();
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function refused(reason: BundleRefusal, message: string): Verdict {
  return { ok: false, reason, message };
}
