import { randomBytes } from 'node:crypto';
import type { Domain } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import { endPasswordSessions } from '../connections/end-password-sessions.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import { isUniqueViolation } from '../database/constraint.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { keepDomain } from './deleted-domains.ts';
import { type DomainRow, toDomain } from './domain-list.ts';
import { readDomainName } from './domain-name.ts';
import { lookForProof, type TxtResolver } from './domain-proof.ts';
import './tables.ts';

/**
 * Claims a domain: it acts only once it is proved. Claiming it again answers the same claim; `made` tells which it was.
 */
export async function claimDomain(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  text: string,
): Promise<{ readonly domain: Domain; readonly made: boolean }> {
  const read = readDomainName(text);
  if (!('name' in read)) throw new RefusalError(read);
  const { name } = read;
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const made = await trx
      .insertInto('domains')
      .values({
        organization_id: organizationId,
        name,
        challenge: randomBytes(24).toString('base64url'),
        created_at: context.at,
      })
      .onConflict((conflict) => conflict.columns(['organization_id', 'name']).doNothing())
      .returningAll()
      .executeTakeFirst();
    if (made === undefined) {
      const present = await trx
        .selectFrom('domains')
        .selectAll()
        .where('organization_id', '=', organizationId)
        .where('name', '=', name)
        .executeTakeFirstOrThrow();
      return { domain: toDomain(present), made: false };
    }
    await record(trx, context, 'domain.add', made);
    return { domain: toDomain(made), made: true };
  });
}

/**
 * Looks for the proof now. Found: the domain is verified, and a claim of another organization that had it lapses.
 * Not found: what was verified stays verified and is marked as failing; the answer says what was seen.
 */
export async function verifyDomain(
  db: Db,
  context: ChangeContext,
  resolver: TxtResolver,
  where: { readonly organizationId: string; readonly domainId: string },
): Promise<{ readonly domain: Domain; readonly detail: string }> {
  const before = await readRow(db, where);
  // Not inside the transaction: a name server may take seconds.
  const outcome = await lookForProof(resolver, before.name, before.challenge);
  if (outcome.proved) {
    return {
      domain: await settle(db, context, where, { forced: false }),
      detail: `${before.name} is verified.`,
    };
  }
  const domain = await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    const present = await readRow(trx, where);
    const failing = present.verified_at !== null && !present.forced && outcome.answered;
    const row = await trx
      .updateTable('domains')
      .set({
        checked_at: context.at,
        ...(failing ? { failing_since: present.failing_since ?? context.at } : {}),
      })
      .where('id', '=', before.id)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw noSuchDomain();
    if (failing && present.failing_since === null) await record(trx, context, 'domain.failing', row);
    return toDomain(row);
  });
  return { domain, detail: outcome.detail };
}

/** Verifies by the operator's word: private hubs have no public DNS. Only from the hub's own machine. */
export async function forceDomain(
  db: Db,
  context: ChangeContext,
  where: { readonly organizationId: string; readonly domainId: string },
): Promise<Domain> {
  return settle(db, context, where, { forced: true });
}

/** Gives a domain up. SSO and SCIM then refuse its addresses. For 30 days its proof can be looked for again. */
export async function removeDomain(
  db: Db,
  context: ChangeContext,
  where: { readonly organizationId: string; readonly domainId: string },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    const row = await trx
      .deleteFrom('domains')
      .where('id', '=', where.domainId)
      .where('organization_id', '=', where.organizationId)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) throw noSuchDomain();
    await keepDomain(trx, context, row);
    await record(trx, context, 'domain.remove', row);
  });
}

/** Looks at every verified domain that was not looked at since `before`: the daily re-check. */
export async function recheckDomains(
  db: Db,
  context: ChangeContext,
  resolver: TxtResolver,
  before: Date,
): Promise<number> {
  const due = await db
    .selectFrom('domains')
    .select(['id', 'organization_id'])
    .where('verified_at', 'is not', null)
    .where('forced', '=', false)
    .where((where) => where.or([where('checked_at', 'is', null), where('checked_at', '<', before)]))
    .limit(500)
    .execute();
  for (const { id, organization_id: organizationId } of due)
    await verifyDomain(db, context, resolver, { organizationId, domainId: id }).catch((error: unknown) => {
      // Given up, or proved by another at this moment: no reason to leave the rest unlooked at.
      if (!(error instanceof RefusalError)) throw error;
    });
  return due.length;
}

async function settle(
  db: Db,
  context: ChangeContext,
  where: { readonly organizationId: string; readonly domainId: string },
  { forced }: { readonly forced: boolean },
): Promise<Domain> {
  const { name } = await readRow(db, where);
  try {
    return await db.transaction().execute(async (trx) => {
      await lockHolders(trx, where.organizationId, name);
      await lapseElsewhere(trx, context, where.organizationId, name);
      const before = await readRow(trx, where);
      const row = await trx
        .updateTable('domains')
        .set((set) => ({
          verified_at: set.fn.coalesce('verified_at', set.val(context.at)),
          checked_at: context.at,
          failing_since: null,
          forced,
        }))
        .where('id', '=', where.domainId)
        .where('organization_id', '=', where.organizationId)
        .returningAll()
        .executeTakeFirst();
      if (row === undefined) throw noSuchDomain();
      // The daily look that finds everything as it was is no change.
      if (before.verified_at === null || before.failing_since !== null || before.forced !== forced)
        await record(trx, context, forced ? 'domain.force' : 'domain.verify', row);
      await endPasswordSessions(trx, context, where.organizationId);
      return toDomain(row);
    });
  } catch (error) {
    // Two organizations proved it at the same moment: the other one was first.
    if (isUniqueViolation(error))
      throw new RefusalError({
        code: 'conflict',
        message: `${name} was verified for another organization just now.`,
        help: 'Look at the DNS record and try again.',
      });
    throw error;
  }
}

/** Takes every organization that claims the domain, in one order, so that two proofs at once cannot deadlock. */
async function lockHolders(trx: Trx, organizationId: string, name: string): Promise<void> {
  const rows = await trx.selectFrom('domains').select('organization_id').where('name', '=', name).execute();
  const ids = new Set([organizationId, ...rows.map((row) => row.organization_id)]);
  for (const id of [...ids].sort()) await lockOrganization(trx, id);
}

async function lapseElsewhere(
  trx: Trx,
  context: ChangeContext,
  organizationId: string,
  name: string,
): Promise<void> {
  const lapsed = await trx
    .updateTable('domains')
    .set({ verified_at: null, failing_since: null, forced: false })
    .where('name', '=', name)
    .where('organization_id', '!=', organizationId)
    .where('verified_at', 'is not', null)
    .returningAll()
    .execute();
  for (const row of lapsed) await record(trx, context, 'domain.lapse', row);
}

async function readRow(
  reader: Reader,
  where: { readonly organizationId: string; readonly domainId: string },
): Promise<DomainRow> {
  const row = await reader
    .selectFrom('domains')
    .selectAll()
    .where('id', '=', where.domainId)
    .where('organization_id', '=', where.organizationId)
    .executeTakeFirst();
  if (row === undefined) throw noSuchDomain();
  return row;
}

function noSuchDomain(): RefusalError {
  return new RefusalError({ code: 'not_found', message: 'There is no such domain in this organization.' });
}

async function record(trx: Trx, context: ChangeContext, action: string, row: DomainRow): Promise<void> {
  const { name, verified_at: verified, forced } = row;
  const state = { name, verifiedAt: verified?.toISOString() ?? null, forced };
  await recordChange(trx, context, {
    organizationId: row.organization_id,
    action,
    target: { kind: 'domain', id: row.id, label: name },
    ...(action === 'domain.remove' ? { before: state } : { after: state }),
  });
}
