import { ANY_SUBJECT, type BundlePayload, type BundleRefusal } from '../../shared/contracts/bundle.ts';
import type { PolicyOwner } from '../account/account-service.ts';
import { type Clock, instant } from '../clock.ts';
import type { Serial } from '../serial.ts';
import type { StateFiles } from '../state-file.ts';
import { createGrace, type Grace, type GraceRecord } from './grace.ts';
import type { HubKeyTrust } from './hub-key-trust.ts';
import {
  type BundleOwner,
  type DeliveryFile,
  EMPTY_DELIVERY_FILE,
  type KeptBundle,
  readDeliveryFile,
  seqKey,
  verifyKept,
  writeDeliveryFile,
} from './kept-bundle.ts';
import type { AcceptedBundle, DeliveryState } from './policy-delivery.ts';

/** The bundle in force and what is remembered with it: on disk first, then in memory, then told. */
export interface PolicyHold {
  load(): Promise<void>;
  accepted(owner: PolicyOwner | null): AcceptedBundle | null;
  cache(): DeliveryState['cache'];
  refused(): DeliveryState['refused'];
  lastSuccess(): string | null;
  refreshSeconds(): number | null;
  graceSeconds(): number | null;
  highestSeq(owner: BundleOwner): number | null;
  /** The tag to ask with; only for the owner of the bundle in force. */
  etagFor(owner: BundleOwner): string | null;
  /** The organization of the bundle in force where it is this user's. */
  organizationOf(owner: Pick<BundleOwner, 'issuer' | 'userId'>): string | null;
  /**
   * Puts a verified bundle in force. Rejects, and changes nothing, where it cannot be written. False: since it was
   * verified, one with a higher number was accepted (one by file beside one fetched), and stays.
   */
  accept(
    owner: BundleOwner,
    jws: string,
    etag: string | null,
    payload: BundlePayload,
    options?: { readonly offline: boolean },
  ): Promise<boolean>;
  /** The latest that any clock here has told, in milliseconds since 1970: one set back does not revive what ended. */
  latestTime(): number;
  /** The bundle in force was confirmed. */
  confirm(): Promise<void>;
  refuse(reason: BundleRefusal, message: string): void;
  /** Ends the bundle in force; the numbers seen stay. */
  end(): Promise<void>;
  checkGrace(): Promise<void>;
  /** Resolves when nothing is being written any more. */
  settled(): Promise<void>;
}

/** Often enough that setting the clock back while the agent is off wins no more than this. */
const NOTE_CLOCK_MS = 10 * 60_000;

interface InForce {
  readonly kept: KeptBundle;
  readonly payload: BundlePayload;
}

/** Everything that changes the file goes through one queue, and memory follows only what was written. */
export function createPolicyHold(parts: {
  readonly path: string;
  readonly files: StateFiles;
  readonly trust: HubKeyTrust;
  readonly clock: Clock;
  readonly serial: Serial;
}): PolicyHold {
  const { clock, serial } = parts;
  let file: DeliveryFile = EMPTY_DELIVERY_FILE;
  let inForce: InForce | null = null;
  let cache: DeliveryState['cache'] = 'absent';
  let refused: DeliveryState['refused'] = null;
  let grace: Grace = createGrace(clock, null);
  let clockNotedAt = clock.monotonic();

  const write = async (next: DeliveryFile): Promise<void> => {
    await writeDeliveryFile(parts.files, parts.path, next);
    file = next;
    clockNotedAt = clock.monotonic();
  };
  const refuse = (reason: BundleRefusal, message: string): void => {
    // Asked for again, the same answer is the same refusal: it is told, and reported, once.
    if (refused?.reason === reason && refused.message === message) return;
    refused = { reason, message, at: instant(clock.wall()) };
  };
  const lookAtGrace = (): boolean => {
    if (inForce === null) return false;
    const { graceSeconds, exp } = inForce.payload;
    return grace.check(graceSeconds, exp === undefined ? null : exp * 1000);
  };
  const adoptSuccess = (record: GraceRecord): void => {
    grace.adopt(record);
    refused = null;
  };

  return {
    load: () =>
      serial(async () => {
        const read = await readDeliveryFile(parts.files, parts.path);
        file = read.file;
        grace = createGrace(clock, file.grace);
        if (read.broken !== null) {
          cache = 'broken';
          refuse('malformed', read.broken);
        }
        if (file.bundle === null) return;
        const verified = await verifyKept(file.bundle, parts.trust);
        if ('refusal' in verified) {
          cache = 'broken';
          refuse(verified.refusal.reason, `The kept policy cannot be used. ${verified.refusal.message}`);
          return;
        }
        inForce = { kept: file.bundle, payload: verified.payload };
        cache = 'valid';
        lookAtGrace();
      }),
    accepted: (owner) =>
      inForce === null
        ? null
        : {
            payload: inForce.payload,
            fetchedAt: inForce.kept.fetchedAt,
            stale: grace.stale(),
            ofPreviousAccount: owner !== null && !isOwn(inForce.kept, owner),
            offline: inForce.kept.offline,
          },
    cache: () => cache,
    refused: () => refused,
    lastSuccess: () => (file.grace === null || file.bundle === null ? null : instant(file.grace.lastSuccess)),
    refreshSeconds: () => inForce?.payload.refreshSeconds ?? null,
    graceSeconds: () => inForce?.payload.graceSeconds ?? null,
    highestSeq: (owner) => file.highest[seqKey(owner)] ?? null,
    etagFor: (owner) =>
      inForce !== null && seqKey(inForce.kept) === seqKey(owner) ? inForce.kept.etag : null,
    organizationOf: (owner) =>
      inForce !== null && isOwn(inForce.kept, owner) ? inForce.kept.organization : null,
    latestTime: () => Math.max(clock.wall(), grace.record().latestSeen),
    accept: (owner, jws, etag, payload, { offline } = { offline: false }) =>
      serial(async () => {
        const { issuer, userId, organization } = owner;
        if (payload.seq < (file.highest[seqKey(owner)] ?? payload.seq)) return false;
        const kept = {
          jws: jws.trim(),
          etag,
          fetchedAt: instant(clock.wall()),
          issuer,
          userId,
          organization,
          offline,
        };
        const record = grace.afterSuccess();
        const highest = { ...file.highest, [seqKey(owner)]: payload.seq };
        await write({ version: 1, bundle: kept, highest, grace: record });
        inForce = { kept, payload };
        cache = 'valid';
        adoptSuccess(record);
        return true;
      }),
    confirm: () =>
      serial(async () => {
        const record = grace.afterSuccess();
        adoptSuccess(record);
        const bundle = file.bundle === null ? null : notAhead(file.bundle, clock.wall());
        if (inForce !== null && bundle !== null) inForce = { ...inForce, kept: bundle };
        await write({ ...file, bundle, grace: record });
      }),
    refuse,
    end: () =>
      serial(async () => {
        if (file.bundle === null && cache === 'absent') return;
        // In memory first: a person who signed out is free of the policy even on a full disk, and the account's
        // record says so at the next start.
        inForce = null;
        cache = 'absent';
        refused = null;
        grace = createGrace(clock, null);
        file = { ...file, bundle: null, grace: null };
        await write(file);
      }),
    checkGrace: async () => {
      if (inForce === null) return;
      const changed = lookAtGrace();
      const note = inForce.payload.graceSeconds !== null && clock.monotonic() - clockNotedAt > NOTE_CLOCK_MS;
      if (!changed && !note) return;
      // Noted now, so that ticks do not queue further writes behind a slow disk.
      clockNotedAt = clock.monotonic();
      await serial(() => write({ ...file, grace: grace.record() }));
    },
    settled: () => serial(async () => {}),
  };
}

/** Fetched by a clock that ran ahead and was mended since: the hub has confirmed it now, which is all one can say. */
function notAhead(kept: KeptBundle, now: number): KeptBundle {
  return Date.parse(kept.fetchedAt) > now ? { ...kept, fetchedAt: instant(now) } : kept;
}

function isOwn(kept: KeptBundle, owner: Pick<BundleOwner, 'issuer' | 'userId'>): boolean {
  return kept.issuer === owner.issuer && (kept.userId === owner.userId || kept.userId === ANY_SUBJECT);
}
