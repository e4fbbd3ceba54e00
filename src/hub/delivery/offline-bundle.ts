import { sql } from 'kysely';
import { ANY_SUBJECT, BUNDLE_TYP, OFFLINE_BUNDLE_AUDIENCE } from '../../shared/contracts/bundle.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import { noSuchMember } from '../organizations/member-list.ts';
import '../access-policies/tables.ts';
import '../overrides/tables.ts';
import { type Received, readReceived } from '../policies/received.ts';
import { lockOrganization, stampRecipients } from '../policies/recipients.ts';
import { payloadOf } from './bundles.ts';
import { activeSigner, ensureSigningKey, type SigningKeyStore } from './signing-keys.ts';

/** For whom and how long. */
export interface OfflineWish {
  readonly organizationId: string;
  /** `null`: every member. */
  readonly userId: string | null;
  readonly days: number;
  /** The hub's public address, which devices compare with their `hubUrl`. */
  readonly issuer: string;
}

/** A signed bundle for devices without a network (docs/delivery.md section 4), and when it ends. */
export interface OfflineBundle {
  readonly jws: string;
  readonly seq: number;
  readonly expiresAt: Date;
}

/**
 * Signs what a member receives now, or the organization's default policy for every member. Its number is not below
 * any that its receivers have seen, so that a file never rolls a device back.
 */
export async function exportOfflineBundle(
  keys: SigningKeyStore,
  context: ChangeContext,
  wish: OfflineWish,
): Promise<OfflineBundle> {
  // A command may come before the hub was ever started.
  await ensureSigningKey(keys, context.at);
  const expiresAt = new Date(context.at.getTime() + wish.days * 86_400_000);
  const exp = Math.floor(expiresAt.getTime() / 1000);
  const payload = await keys.db.transaction().execute(async (trx) => {
    await lockOrganization(trx, wish.organizationId);
    const received =
      wish.userId === null
        ? await readDefault(trx, context, wish.organizationId)
        : await readMember(trx, context, wish.organizationId, wish.userId);
    await recordChange(trx, context, {
      organizationId: wish.organizationId,
      action: 'policy.export-bundle',
      target: {
        kind: 'policy',
        id: received.policy?.id ?? null,
        label: received.policy?.name ?? 'no policy',
      },
      after: { subject: received.userId, seq: received.seq, expires: expiresAt.toISOString() },
    });
    const iat = Math.floor(context.at.getTime() / 1000);
    return { ...payloadOf(received, wish.issuer), aud: OFFLINE_BUNDLE_AUDIENCE, iat, exp };
  });
  const signer = await activeSigner(keys);
  const jws = signer.sign(BUNDLE_TYP, Buffer.from(JSON.stringify(payload)));
  return { jws, seq: payload.seq, expiresAt };
}

async function readMember(
  trx: Trx,
  context: ChangeContext,
  organizationId: string,
  userId: string,
): Promise<Received> {
  const ids = { organizationId, userId };
  const received = await readReceived(trx, ids);
  if (received === null) throw noSuchMember();
  if (received.seq > 0) return received;
  await stampRecipients(trx, {
    organizationId,
    recipients: { kind: 'users', userIds: [userId] },
    at: context.at,
  });
  return (await readReceived(trx, ids)) ?? received;
}

async function readDefault(trx: Trx, context: ChangeContext, organizationId: string): Promise<Received> {
  const row = await trx
    .selectFrom('organizations as o')
    .leftJoin('access_policies as ap', 'ap.organization_id', 'o.id')
    .leftJoin('policies as p', 'p.id', 'o.default_policy_id')
    .leftJoin('policy_revisions as r', (join) =>
      join.onRef('r.policy_id', '=', 'p.id').onRef('r.revision', '=', 'p.revision'),
    )
    .where('o.id', '=', organizationId)
    .select(['o.name', 'o.refresh_seconds', 'o.grace_seconds', 'o.contact_name', 'o.contact_url'])
    .select([
      'p.id as policy_id',
      'p.name as policy_name',
      'p.updated_at',
      'p.exceptions',
      'r.revision',
      'r.document',
      'ap.registries',
      'ap.images',
    ])
    .executeTakeFirstOrThrow();
  const { policy_id: id, policy_name: name, revision, updated_at: updatedAt, document } = row;
  if (id === null || name === null || revision === null || updatedAt === null || document === null) {
    throw new RefusalError({
      code: 'conflict',
      message: `${row.name} has no default policy, and a bundle for every member carries that one.`,
      help: 'Make a policy the default, or name a member.',
    });
  }
  const seq = await nextOfflineSeq(trx, organizationId, context.at);
  // A device that imports this and reaches the hub later must not take what it fetches there for a rollback.
  await stampRecipients(trx, { organizationId, recipients: { kind: 'everyone' }, at: new Date(seq) });
  return {
    organization: { id: organizationId, name: row.name },
    userId: ANY_SUBJECT,
    seq,
    policy: { id, name, scope: 'organization', via: 'default', revision, updatedAt },
    document: { ...document },
    refreshSeconds: row.refresh_seconds,
    graceSeconds: row.grace_seconds,
    contact:
      row.contact_name === null || row.contact_url === null
        ? null
        : { name: row.contact_name, url: row.contact_url },
    // Overrides are asked for over the network.
    exceptions: [],
    overrides: [],
    registries: row.registries,
    images: row.images,
  };
}

/** Above every number that a member of the organization, or a file before, was given. */
async function nextOfflineSeq(trx: Trx, organizationId: string, at: Date): Promise<number> {
  const { rows } = await sql<{ seq: number }>`
    insert into offline_sequences (organization_id, seq)
    select ${organizationId}, greatest(${at.getTime()}::bigint,
             (select coalesce(max(seq), 0) + 1 from bundle_sequences where organization_id = ${organizationId}))
    on conflict (organization_id) do update set seq = greatest(offline_sequences.seq + 1, excluded.seq)
    returning seq`.execute(trx);
  return rows[0]?.seq ?? at.getTime();
}
