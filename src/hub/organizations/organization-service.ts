import type { Selectable } from 'kysely';
import type { Organization, OrganizationChange } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandUnchanged, type Editable } from '../audit/made-from.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Actor } from '../authentication.ts';
import type { Db, Reader } from '../database/connection.ts';
import { isUniqueViolation } from '../database/constraint.ts';
import type { Json, OrganizationsTable, Role } from '../database/schema.ts';
import { lockOrganization, stampRecipients } from '../policies/recipients.ts';
import '../second-factor/tables.ts';

type OrganizationRow = Selectable<OrganizationsTable>;

function toOrganization(row: OrganizationRow, role: Role): Organization {
  return {
    id: row.id,
    name: row.name,
    displayName: row.display_name,
    contact: contactOf(row),
    refreshSeconds: row.refresh_seconds,
    graceSeconds: row.grace_seconds,
    defaultPolicyId: row.default_policy_id,
    role,
    createdAt: row.created_at.toISOString(),
  };
}

function contactOf(row: OrganizationRow): { name: string; url: string } | null {
  return row.contact_name === null || row.contact_url === null
    ? null
    : { name: row.contact_name, url: row.contact_url };
}

/** The organizations that a caller may act in, by name. */
export async function listOrganizations(db: Reader, actor: Actor): Promise<Organization[]> {
  if (actor.kind === 'user') {
    const rows = await db
      .selectFrom('organizations as o')
      .innerJoin('memberships as m', 'm.organization_id', 'o.id')
      .where('m.user_id', '=', actor.userId)
      .selectAll('o')
      .select('m.role as member_role')
      .orderBy('o.name')
      .execute();
    return rows.map((row) => toOrganization(row, row.member_role));
  }
  const all = db.selectFrom('organizations').selectAll().orderBy('name');
  const rows = await (actor.kind === 'token' ? all.where('id', '=', actor.organizationId) : all).execute();
  return rows.map((row) => toOrganization(row, actor.kind === 'token' ? actor.role : 'owner'));
}

/** One organization by id, with the role the caller has in it. */
export async function readOrganization(db: Reader, id: string, role: Role): Promise<Organization> {
  const row = await db.selectFrom('organizations').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined)
    throw new RefusalError({ code: 'not_found', message: 'There is no such organization.' });
  return toOrganization(row, role);
}

/** The organization of that name; the edge of commands that take one by name. */
export async function findOrganization(db: Reader, name: string): Promise<Organization> {
  const row = await db.selectFrom('organizations').selectAll().where('name', '=', name).executeTakeFirst();
  if (row !== undefined) return toOrganization(row, 'owner');
  const known = await db.selectFrom('organizations').select('name').orderBy('name').limit(20).execute();
  throw new RefusalError({
    code: 'not_found',
    message: `There is no organization "${name}".`,
    help:
      known.length === 0
        ? 'Create one with: mooring-hub init --organization NAME'
        : `The hub has: ${known.map((each) => each.name).join(', ')}.`,
  });
}

/**
 * Makes an organization. Only operators do: there is no self-registration. `ownersNeedSecondFactor`: its local owners
 * set one up before their first session (docs/identity.md); left out, an owner may do without, as those of the demo,
 * who sign in with a printed password.
 */
export async function createOrganization(
  db: Db,
  context: ChangeContext,
  wanted: {
    readonly name: string;
    readonly displayName: string;
    readonly ownersNeedSecondFactor?: boolean;
  },
): Promise<Organization> {
  return db.transaction().execute(async (trx) => {
    const row = await trx
      .insertInto('organizations')
      .values({
        name: wanted.name,
        display_name: wanted.displayName,
        created_at: context.at,
        second_factor_required: wanted.ownersNeedSecondFactor ?? false,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
      .catch((error: unknown) => {
        if (!isUniqueViolation(error)) throw error;
        throw new RefusalError({
          code: 'conflict',
          message: `There is an organization "${wanted.name}" already.`,
          help: 'Choose another name: it is what profiles list in allowedOrgs, and cannot be changed later.',
        });
      });
    await recordChange(trx, context, {
      organizationId: row.id,
      action: 'organization.create',
      target: { kind: 'organization', id: row.id, label: row.name },
      after: settingsOf(row),
    });
    return toOrganization(row, 'owner');
  });
}

/** Changes settings of an organization. Those that travel in bundles reach every member. */
export async function updateOrganization(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  change: OrganizationChange,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const before = await trx
      .selectFrom('organizations')
      .selectAll()
      .where('id', '=', organizationId)
      .executeTakeFirstOrThrow();
    const edited = settingsOf(before);
    await demandUnchanged(trx, context, { organizationId, targetId: organizationId, edited });
    const after: OrganizationRow = {
      ...before,
      display_name: change.displayName ?? before.display_name,
      refresh_seconds: change.refreshSeconds ?? before.refresh_seconds,
      grace_seconds: change.graceSeconds === undefined ? before.grace_seconds : change.graceSeconds,
      ...(change.contact === undefined
        ? {}
        : { contact_name: change.contact?.name ?? null, contact_url: change.contact?.url ?? null }),
    };
    if (JSON.stringify(settingsOf(before)) === JSON.stringify(settingsOf(after))) return;
    const { display_name, refresh_seconds, grace_seconds, contact_name, contact_url } = after;
    await trx
      .updateTable('organizations')
      .set({ display_name, refresh_seconds, grace_seconds, contact_name, contact_url })
      .where('id', '=', organizationId)
      .execute();
    if (travelsInBundles(before) !== travelsInBundles(after)) {
      await stampRecipients(trx, { organizationId, recipients: { kind: 'everyone' }, at: context.at });
    }
    await recordChange(trx, context, {
      organizationId,
      action: 'organization.update',
      target: { kind: 'organization', id: organizationId, label: before.name },
      before: settingsOf(before),
      after: settingsOf(after),
    });
  });
}

/** What can be edited of an organization. */
export function editedOfOrganization(organization: Organization): Editable {
  const { displayName, contact, refreshSeconds, graceSeconds } = organization;
  return { displayName, contact, refreshSeconds, graceSeconds };
}

function settingsOf(row: OrganizationRow): { [key: string]: Json } {
  return {
    displayName: row.display_name,
    contact: contactOf(row),
    refreshSeconds: row.refresh_seconds,
    graceSeconds: row.grace_seconds,
  };
}

function travelsInBundles(row: OrganizationRow): string {
  return JSON.stringify([row.contact_name, row.contact_url, row.refresh_seconds, row.grace_seconds]);
}
