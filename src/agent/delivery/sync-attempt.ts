import type { BundleRefusal } from '../../shared/contracts/bundle.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { AccountService, PolicyOwner } from '../account/account-service.ts';
import type { Clock } from '../clock.ts';
import { verifyBundle } from './bundle-verification.ts';
import type { HubHttp } from './hub-http.ts';
import type { HubKeyTrust } from './hub-key-trust.ts';
import { type BundleOwner, seqKey } from './kept-bundle.ts';
import { fetchPolicy } from './policy-fetch.ts';
import type { PolicyHold } from './policy-hold.ts';
import { refusedFetch } from './refused-bundle.ts';

/** How one attempt ended. Only `updated` and `unchanged` count against the grace period as success. */
export type AttemptOutcome =
  | { readonly result: 'updated' | 'unchanged' | 'signed-out'; readonly message: string }
  | { readonly result: 'failed'; readonly refusal: Refusal; readonly retryAfterMs: number | null }
  | { readonly result: 'refused'; readonly reason: BundleRefusal; readonly message: string };

/** What an attempt stands on. */
export interface AttemptParts {
  readonly account: Pick<AccountService, 'accessToken' | 'refresh' | 'owner'>;
  readonly http: HubHttp;
  readonly trust: HubKeyTrust;
  readonly clock: Clock;
  readonly hold: PolicyHold;
  readonly signal: AbortSignal;
  readonly signInEnforced: () => boolean;
  readonly keysAreOld: () => boolean;
  readonly keysWereRead: () => void;
}

/** The account may change under an attempt (sign-in, organization): so often it is begun anew. */
const MOST_TURNS = 5;

/**
 * Asks the hub who we are, then for the policy of the active organization, and puts it in force. Begun anew when the
 * owner changed meanwhile, so that an answer for one account is never put in force for another, and when a newer bundle
 * came by file meanwhile.
 */
export async function attemptSync(parts: AttemptParts): Promise<AttemptOutcome> {
  try {
    return await takeTurns(parts);
  } catch {
    // A fault of ours must not end the schedule: the next attempt may well succeed.
    return failed('internal', 'Fetching the policy failed inside the agent; it is tried again.');
  }
}

async function takeTurns(parts: AttemptParts): Promise<AttemptOutcome> {
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const failure = parts.account.owner() === null ? null : await parts.account.refresh();
    const owner = parts.account.owner();
    if (owner === null)
      return { result: 'signed-out', message: 'Nobody is signed in, so there is no policy to fetch.' };
    if (failure !== null) return { result: 'failed', refusal: failure, retryAfterMs: null };
    const outcome =
      owner.organization === null
        ? await withoutOrganization(parts, owner)
        : await forOrganization(parts, { ...owner, organization: owner.organization });
    if (outcome !== 'begin-anew') return outcome;
  }
  return failed('conflict', 'The account kept changing while its policy was fetched.');
}

async function forOrganization(
  parts: AttemptParts,
  owner: BundleOwner & { readonly hubUrl: string },
): Promise<AttemptOutcome | 'begin-anew'> {
  if (parts.keysAreOld() && (await parts.trust.update(owner.issuer, owner.hubUrl)).outcome === 'trusted') {
    parts.keysWereRead();
  }
  const { hold, signal } = parts;
  const fetched = await fetchPolicy(parts, { ...owner, etag: hold.etagFor(owner), signal });
  if (!isStill(parts, owner)) return 'begin-anew';
  switch (fetched.kind) {
    case 'failed':
      return { result: 'failed', refusal: fetched.refusal, retryAfterMs: fetched.retryAfterMs };
    case 'not-member':
      return failed('forbidden', `The hub gives no policy for "${owner.organization}": ${fetched.message}`);
    case 'unchanged':
      // The bundle in force is confirmed even where the disk refuses to note when.
      await hold.confirm().catch(() => {});
      return { result: 'unchanged', message: `The policy of "${owner.organization}" is up to date.` };
    case 'bundle':
      return receive(parts, owner, fetched.jws, fetched.etag);
  }
}

async function receive(
  parts: AttemptParts,
  owner: BundleOwner & { readonly hubUrl: string },
  jws: string,
  etag: string | null,
): Promise<AttemptOutcome | 'begin-anew'> {
  const { hold } = parts;
  const verify = () =>
    verifyBundle(jws, {
      ...owner,
      highestSeq: hold.highestSeq(owner),
      now: parts.clock.wall(),
      key: (kid) => parts.trust.key(owner.issuer, kid, 'fetched'),
    });
  let verdict = await verify();
  if (!verdict.ok && verdict.reason === 'unknown_key') {
    // The hub may have a new key that the pinned one vouches for.
    const update = await parts.trust.update(owner.issuer, owner.hubUrl);
    if (update.outcome === 'failed') return failed('unreachable', update.failure.message);
    verdict = await verify();
  }
  if (!isStill(parts, owner)) return 'begin-anew';
  if (!verdict.ok) {
    const { message, help } = refusedFetch(verdict.reason, verdict.message);
    hold.refuse(verdict.reason, `${message} ${help}`);
    return { result: 'refused', reason: verdict.reason, message: verdict.message };
  }
  try {
    // Overtaken by a newer one, which came by file meanwhile: the hub is asked again, as it stands now.
    if (!(await hold.accept(owner, jws, etag, verdict.payload))) return 'begin-anew';
  } catch {
    return failed(
      'storage_failed',
      'The policy arrived but could not be kept on disk, so the last one stays in force.',
    );
  }
  const name = verdict.payload.policy?.name;
  const what =
    name === undefined
      ? 'no policy is assigned'
      : `policy "${name}", revision ${verdict.payload.policy?.revision}`;
  return { result: 'updated', message: `Fetched from "${owner.organization}": ${what}.` };
}

/**
 * The user belongs to no organization that is allowed here. A bundle of an organization they left ends only by a
 * definite refusal: the account no longer lists it, and the hub, asked for that policy, says the same. Where sign-in
 * is enforced even that does not end it (docs/policy.md section 7).
 */
async function withoutOrganization(
  parts: AttemptParts,
  owner: PolicyOwner,
): Promise<AttemptOutcome | 'begin-anew'> {
  const held = parts.hold.organizationOf(owner);
  const none: AttemptOutcome = {
    result: 'unchanged',
    message: 'You belong to no organization that is allowed on this device, so there is no policy to fetch.',
  };
  if (held === null || owner.memberships.includes(held) || parts.signInEnforced()) return none;
  const asked = await fetchPolicy(parts, { ...owner, organization: held, etag: null, signal: parts.signal });
  if (!isStill(parts, owner)) return 'begin-anew';
  if (asked.kind !== 'not-member') return none;
  await parts.hold.end().catch(() => {});
  return {
    result: 'updated',
    message: `You are no longer a member of "${held}": its policy has ended here.`,
  };
}

function isStill(parts: AttemptParts, owner: PolicyOwner | BundleOwner): boolean {
  const now = parts.account.owner();
  if (now === null) return false;
  if (now.organization === null || owner.organization === null) {
    return (
      now.organization === owner.organization && now.userId === owner.userId && now.issuer === owner.issuer
    );
  }
  return (
    seqKey({ ...now, organization: now.organization }) ===
    seqKey({ ...owner, organization: owner.organization })
  );
}

function failed(code: Refusal['code'], message: string): AttemptOutcome {
  return { result: 'failed', refusal: { code, message }, retryAfterMs: null };
}
