import { sql } from 'kysely';
import type {
  ProvisioningLog,
  ProvisioningLogQuery,
  ScimRefusalList,
  ScimRefusalQuery,
  ScimSettings,
  ScimSettingsChange,
} from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { listAuditEvents } from '../audit/audit-list.ts';
import { demandUnchanged, type Editable } from '../audit/made-from.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { listRefusals } from './refusals.ts';
import { listScimTokens, type ScimToken } from './tokens.ts';

/** A connection within its organization. */
export interface ScimPlace {
  readonly organizationId: string;
  readonly connectionId: string;
}

/** What the audit log calls the actor of what a connection's client does. */
export function scimActorName(connection: { readonly name: string }): string {
  return `SCIM: ${connection.name}`;
}

/** SCIM of a connection as owners see it. Refuses `not_found`. */
export async function readScimSettings(
  reader: Reader,
  publicUrl: string,
  where: ScimPlace,
): Promise<ScimSettings> {
  const { rows } = await sql<{
    id: string;
    name: string;
    scim_enabled: boolean;
    scim_adopts_jit: boolean;
    users: number;
    groups: number;
  }>`select c.id, c.name, c.scim_enabled, c.scim_adopts_jit,
      (select count(*) from scim_users u where u.connection_id = c.id and u.managed) as users,
      (select count(*) from scim_groups g where g.connection_id = c.id) as groups
    from connections c where c.id = ${where.connectionId} and c.organization_id = ${where.organizationId}`.execute(
    reader,
  );
  const row = rows[0];
  if (row === undefined) throw noSuchConnection();
  const tokens = await listScimTokens(reader, row.id);
  return {
    connection: { id: row.id, name: row.name },
    enabled: row.scim_enabled,
    adoptsSignInMembers: row.scim_adopts_jit,
    baseUrl: `${publicUrl}/scim/v2`,
    tokens: tokens.map(tokenView),
    users: row.users,
    groups: row.groups,
  };
}

/** What can be edited of it. */
export function editedOfScim({ enabled, adoptsSignInMembers }: ScimSettings): Editable {
  return { enabled, adopts: adoptsSignInMembers };
}

/** A token as the API shows it. */
export function tokenView(token: ScimToken) {
  return {
    id: token.id,
    createdAt: token.createdAt.toISOString(),
    lastUsedAt: token.lastUsedAt?.toISOString() ?? null,
  };
}

/** Switches SCIM, or the adoption of members that sign-in created. Switching off keeps everybody as they are. */
export async function updateScimSettings(
  db: Db,
  context: ChangeContext,
  where: ScimPlace,
  change: ScimSettingsChange,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    const before = await trx
      .selectFrom('connections')
      .select(['id', 'name', 'scim_enabled', 'scim_adopts_jit'])
      .where('id', '=', where.connectionId)
      .where('organization_id', '=', where.organizationId)
      .executeTakeFirst();
    if (before === undefined) throw noSuchConnection();
    await demandUnchanged(trx, context, {
      organizationId: where.organizationId,
      targetId: before.id,
      edited: { enabled: before.scim_enabled, adopts: before.scim_adopts_jit },
    });
    const after = {
      scim_enabled: change.enabled ?? before.scim_enabled,
      scim_adopts_jit: change.adoptsSignInMembers ?? before.scim_adopts_jit,
    };
    if (after.scim_enabled === before.scim_enabled && after.scim_adopts_jit === before.scim_adopts_jit)
      return;
    await trx.updateTable('connections').set(after).where('id', '=', before.id).execute();
    await recordChange(trx, context, {
      organizationId: where.organizationId,
      action: 'scim.settings.update',
      target: { kind: 'connection', id: before.id, label: before.name },
      before: { enabled: before.scim_enabled, adoptsSignInMembers: before.scim_adopts_jit },
      after: { enabled: after.scim_enabled, adoptsSignInMembers: after.scim_adopts_jit },
    });
  });
}

/** What the connection's client did, what was done to its tokens, and what was refused; each newest first. */
export async function readProvisioningLog(
  reader: Reader,
  where: ScimPlace,
  page: ProvisioningLogQuery,
): Promise<ProvisioningLog> {
  const connection = await requireConnection(reader, where);
  const done = await listAuditEvents(reader, where.organizationId, page, {
    systemActor: scimActorName(connection),
    orTarget: { kind: 'connection', id: connection.id, action: 'scim.' },
  });
  const { refused } = page.cursor === undefined ? await listRefusals(reader, connection.id) : { refused: [] };
  return { ...done, refused };
}

/** What the connection's client was refused, a page at a time. Refuses `not_found`. */
export async function readRefusals(
  reader: Reader,
  where: ScimPlace,
  query: ScimRefusalQuery,
): Promise<ScimRefusalList> {
  return listRefusals(reader, (await requireConnection(reader, where)).id, query);
}

async function requireConnection(reader: Reader, where: ScimPlace) {
  const connection = await reader
    .selectFrom('connections')
    .select(['id', 'name'])
    .where('id', '=', where.connectionId)
    .where('organization_id', '=', where.organizationId)
    .executeTakeFirst();
  if (connection === undefined) throw noSuchConnection();
  return connection;
}

/** The connection of that name or id; the only one where none is named. For commands. */
export async function findScimPlace(
  reader: Reader,
  organizationId: string,
  named: string | undefined,
): Promise<ScimPlace> {
  const rows = await reader
    .selectFrom('connections')
    .select(['id', 'name'])
    .where('organization_id', '=', organizationId)
    .orderBy('name')
    .execute();
  const found =
    named === undefined
      ? rows.length === 1
        ? rows[0]
        : undefined
      : rows.find(({ id, name }) => id === named || name.toLowerCase() === named.toLowerCase());
  if (found !== undefined) return { organizationId, connectionId: found.id };
  throw new RefusalError({
    code: 'not_found',
    message:
      named === undefined
        ? `The organization has ${rows.length} connections: say which one.`
        : `There is no connection "${named}" in this organization.`,
    help:
      rows.length === 0
        ? 'An owner creates one in the Admin Console under Sign-in.'
        : `It has: ${rows.map(({ name }) => name).join(', ')}. Name one with --connection.`,
  });
}

function noSuchConnection(): RefusalError {
  return new RefusalError({
    code: 'not_found',
    message: 'There is no such connection in this organization.',
  });
}
