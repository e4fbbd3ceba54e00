import { BUNDLE_AUDIENCE, BUNDLE_TYP, type BundlePayload } from '../../shared/contracts/bundle.ts';
import { createBatchedRead } from '../batched-reads.ts';
import type { Clock } from '../clock.ts';
import type { Announcements } from '../database/announcements.ts';
import { type Received, readManyReceived, readReceived, readReceivedSince } from '../policies/received.ts';
import { lockOrganization, stampRecipients } from '../policies/recipients.ts';
import { createShortMemory } from '../short-memory.ts';
import { readSequenceAnnouncement } from './sequence-announcement.ts';
import { activeSigner, type Signer, type SigningKeyStore } from './signing-keys.ts';

/** What a member receives, ready to be sent. */
export interface Delivered {
  /** Strong, quoted; changes exactly when the sequence number does. */
  readonly etag: string;
  /**
   * The signed bundle (docs/delivery.md section 3), a compact JWS. Made when it is first asked for; at once where the
   * key is in memory.
   */
  jws(): string | Promise<string>;
}

/** What a member is about to ask for. */
export interface News {
  readonly seq: number;
  /**
   * Signs it now. For many one after the other: signing for each between two requests takes twice as long, because the
   * tables of the curve have left the processor's memory by then.
   */
  sign(): void;
}

/** Bundles by user and organization. */
export interface Bundles {
  /** What this user receives; `null` when not a member. Synchronous where it is in memory and current. */
  find(userId: string, organization: string): Delivered | null | Promise<Delivered | null>;
  /** The same from memory alone; `undefined` when the database must be asked. */
  known(userId: string, organization: string): Delivered | undefined;
  /**
   * Reads together what those of these members are about to ask for whose sequence number is above what they were told.
   * Answers them by user.
   */
  prepare(organizationId: string, told: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, News>>;
  stop(): void;
}

/** Believed this long without asking the database again; changes that are announced are forgotten at once. */
const BELIEVED_MS = 5_000;

export function createBundles(options: {
  readonly keys: SigningKeyStore;
  readonly announcements: Announcements;
  readonly clock: Clock;
  readonly issuer: string;
}): Bundles {
  const { keys, announcements, clock, issuer } = options;
  const memory = createShortMemory<Bundle>({ now: () => clock.now(), forMs: BELIEVED_MS });
  let signer: Signer | Promise<Signer> | undefined;

  const unsubscribe = announcements.subscribe(({ channel, payload }) => {
    switch (channel) {
      case 'mooring_access':
        return memory.forget(({ received }) => received.userId === payload);
      case 'mooring_sequences': {
        const changed = readSequenceAnnouncement(payload);
        if (changed === null) return memory.forget();
        const { organization, user } = changed;
        return memory.forget(
          ({ received }) =>
            received.organization.id === organization && (user === undefined || received.userId === user),
        );
      }
      case 'mooring_signing_keys':
      case 'connected':
        signer = undefined;
        return memory.forget();
    }
  });

  const currentSigner = (): Signer | Promise<Signer> => {
    if (signer !== undefined) return signer;
    const asked = activeSigner(keys);
    signer = asked;
    const replace = (by: Signer | undefined) => {
      // An announcement in between asked for another one.
      if (signer === asked) signer = by;
    };
    // A database that was away for a moment is asked again next time.
    asked.then(replace, () => replace(undefined));
    return asked;
  };
  // A fleet that comes without having been nudged (the hub was restarted) is a few statements, not thousands.
  const readTogether = createBatchedRead((wanted) => readStamped(keys, wanted));
  return {
    find(userId, organization) {
      const key = keyOf(userId, organization);
      return (
        memory.get(key) ??
        memory.read(key, async () => {
          const received =
            (await readTogether(key)) ?? (await readCurrent(keys, clock, userId, organization));
          return received === null ? null : bundleOf(received, currentSigner, issuer);
        })
      );
    },
    known: (userId, organization) => memory.get(keyOf(userId, organization)),
    prepare: async (organizationId, told) => {
      const news = new Map<string, News>();
      await memory.readAll(async () => {
        const made = new Map<string, Bundle>();
        for (const received of await readReceivedSince(keys.db, organizationId, told)) {
          const bundle = bundleOf(received, currentSigner, issuer);
          made.set(keyOf(received.userId, received.organization.name), bundle);
          news.set(received.userId, { seq: received.seq, sign: () => void bundle.jws() });
        }
        return made;
      });
      await currentSigner();
      return news;
    },
    stop: unsubscribe,
  };
}

/** Under what a member's bundle is remembered. */
function keyOf(userId: string, organization: string): string {
  return `${userId} ${organization}`;
}

/** An id holds no space; what follows the first one is the organization, whatever it is. */
function partsOf(key: string): { readonly userId: string; readonly organization: string } {
  const space = key.indexOf(' ');
  return { userId: key.slice(0, space), organization: key.slice(space + 1) };
}

interface Bundle extends Delivered {
  readonly received: Received;
}

/** A bundle that is signed at most once, and not at all when only its tag is asked for. */
function bundleOf(received: Received, signer: () => Signer | Promise<Signer>, issuer: string): Bundle {
  let made: string | Promise<string> | undefined;
  const sign = (by: Signer): string =>
    by.sign(BUNDLE_TYP, Buffer.from(JSON.stringify(payloadOf(received, issuer))));
  return {
    received,
    etag: `"${received.seq}"`,
    jws: () => {
      if (made !== undefined) return made;
      const by = signer();
      if (!(by instanceof Promise)) {
        made = sign(by);
        return made;
      }
      const asked = by.then(sign);
      made = asked;
      const replace = (by: string | undefined): void => {
        made = by;
      };
      asked.then(replace, () => replace(undefined));
      return asked;
    },
  };
}

/** The payload of a bundle. Everything in it follows from the sequence number, so equal numbers mean equal bytes. */
export function payloadOf(received: Received, issuer: string): BundlePayload {
  const { policy } = received;
  return {
    iss: issuer,
    aud: BUNDLE_AUDIENCE,
    sub: received.userId,
    org: received.organization.name,
    seq: received.seq,
    // When this state came to be, which the sequence number tells in milliseconds.
    iat: Math.floor(received.seq / 1000),
    policy:
      policy === null
        ? null
        : {
            id: policy.id,
            name: policy.name,
            scope: policy.scope,
            revision: policy.revision,
            updatedAt: policy.updatedAt.toISOString(),
          },
    document: { ...received.document },
    refreshSeconds: received.refreshSeconds,
    graceSeconds: received.graceSeconds,
    contact: received.contact,
    exceptions: [...received.exceptions],
    overrides: [...received.overrides],
    registries: received.registries,
    images: received.images,
  };
}

/** What these members receive (`keyOf` each), where a number was stamped already. */
async function readStamped(
  { db }: SigningKeyStore,
  wanted: readonly string[],
): Promise<ReadonlyMap<string, Received>> {
  const users = Map.groupBy(wanted.map(partsOf), ({ organization }) => organization);
  const organizations = await db
    .selectFrom('organizations')
    .select(['id', 'name'])
    .where('name', 'in', [...users.keys()])
    .execute();
  const found = new Map<string, Received>();
  for (const { id, name } of organizations) {
    const ids = (users.get(name) ?? []).map(({ userId }) => userId);
    for (const received of await readManyReceived(db, id, ids)) {
      if (received.seq > 0) found.set(keyOf(received.userId, name), received);
    }
  }
  return found;
}

/** What the user receives now. A member whom nothing has stamped yet gets a first number here. */
async function readCurrent(
  keys: SigningKeyStore,
  clock: Clock,
  userId: string,
  organization: string,
): Promise<Received | null> {
  const { db } = keys;
  const found = await db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', organization)
    .executeTakeFirst();
  if (found === undefined) return null;
  const ids = { organizationId: found.id, userId };
  const received = await readReceived(db, ids);
  if (received === null || received.seq > 0) return received;
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, found.id);
    const now = await readReceived(trx, ids);
    if (now === null || now.seq > 0) return now;
    const recipients = { kind: 'users' as const, userIds: [userId] };
    await stampRecipients(trx, { organizationId: found.id, recipients, at: new Date(clock.now()) });
    return readReceived(trx, ids);
  });
}
