import { z } from 'zod';
import { BUNDLE_AUDIENCE, BUNDLE_TYP, type BundlePayload } from '../../shared/contracts/bundle.ts';
import type { Clock } from '../clock.ts';
import type { Announcements } from '../database/announcements.ts';
import { lockOrganization, type Received, readReceived, stampRecipients } from '../policies/recipients.ts';
import { activeSigner, type Signer, type SigningKeyStore } from './signing-keys.ts';

/** What a member receives, ready to be sent. */
export interface Delivered {
  /** Strong, quoted; changes exactly when the sequence number does. */
  readonly etag: string;
  /** The signed bundle (docs/delivery.md section 3), a compact JWS. Made when it is first asked for. */
  jws(): Promise<string>;
}

/** Bundles by user and organization. */
export interface Bundles {
  /** What this user receives; `null` when not a member. Synchronous where it is in memory and current. */
  find(userId: string, organization: string): Delivered | null | Promise<Delivered | null>;
  stop(): void;
}

interface Remembered {
  readonly delivered: Delivered;
  readonly organizationId: string;
  readonly userId: string;
  readonly until: number;
}

/** Changes are announced and forgotten at once; this bounds how long a lost announcement can matter. */
const BELIEVED_MS = 5_000;
const MOST_REMEMBERED = 50_000;

const sequenceSchema = z.object({ organization: z.string(), user: z.string().optional() });

export function createBundles(options: {
  readonly keys: SigningKeyStore;
  readonly announcements: Announcements;
  readonly clock: Clock;
  readonly issuer: string;
}): Bundles {
  const { keys, announcements, clock, issuer } = options;
  const remembered = new Map<string, Remembered>();
  let signer: Promise<Signer> | undefined;
  let generation = 0;

  const forget = (matches: (entry: Remembered) => boolean): void => {
    for (const [key, entry] of remembered) if (matches(entry)) remembered.delete(key);
  };
  const unsubscribe = announcements.subscribe(({ channel, payload }) => {
    generation += 1;
    switch (channel) {
      case 'mooring_access':
        return forget((entry) => entry.userId === payload);
      case 'mooring_sequences': {
        const changed = sequenceSchema.safeParse(parseJson(payload));
        if (!changed.success) return remembered.clear();
        const { organization, user } = changed.data;
        return forget(
          (entry) => entry.organizationId === organization && (user === undefined || entry.userId === user),
        );
      }
      case 'mooring_signing_keys':
      case 'connected':
        signer = undefined;
        return remembered.clear();
    }
  });

  const currentSigner = (): Promise<Signer> => {
    if (signer === undefined) {
      const asked = activeSigner(keys);
      signer = asked;
      // A database that was away for a moment is asked again next time.
      asked.catch(() => {
        if (signer === asked) signer = undefined;
      });
    }
    return signer;
  };

  const ask = async (key: string, userId: string, organization: string): Promise<Delivered | null> => {
    const before = generation;
    const received = await readCurrent(keys, clock, userId, organization);
    if (received === null) return null;
    let made: Promise<string> | undefined;
    const delivered: Delivered = {
      etag: `"${received.seq}"`,
      jws: () => {
        made ??= sign(currentSigner, payloadOf(received, issuer));
        made.catch(() => {
          made = undefined;
        });
        return made;
      },
    };
    if (before === generation) {
      if (remembered.size >= MOST_REMEMBERED) remembered.clear();
      const until = clock.now() + BELIEVED_MS;
      remembered.set(key, { delivered, organizationId: received.organization.id, userId, until });
    }
    return delivered;
  };

  return {
    find(userId, organization) {
      const key = `${userId} ${organization}`;
      const known = remembered.get(key);
      if (known !== undefined && known.until > clock.now()) return known.delivered;
      return ask(key, userId, organization);
    },
    stop: unsubscribe,
  };
}

/** The payload of a bundle. Everything in it follows from the sequence number, so equal numbers mean equal bytes. */
function payloadOf(received: Received, issuer: string): BundlePayload {
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
  };
}

async function sign(signer: () => Promise<Signer>, payload: BundlePayload): Promise<string> {
  return (await signer()).sign(BUNDLE_TYP, new TextEncoder().encode(JSON.stringify(payload)));
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
