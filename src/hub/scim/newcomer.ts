import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { recordAlong } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import { PREPARED } from '../database/prepared.ts';
import { usernameStem } from '../organizations/accounts.ts';
import { serves } from './provisioning-scope.ts';
import { membershipEntry, settleTeams } from './reconcile.ts';
import type { ResourceBody } from './resource-body.ts';
import { columnsOf, fullName, keptOf, userNameOf } from './user-body.ts';
import { type ScimChange, userEntry } from './user-entry.ts';
import { placeUser } from './user-placement.ts';
import type { ScimUserRow } from './user-resource.ts';

/**
 * Creates a user whom the hub does not know: account, resource, membership, the first number of its bundle, and the
 * events that say so, in one statement. Most users that a client creates are such, and there is nothing to compare
 * them with. Answers `null`, with nothing written, when the domain is not verified or the address or the user name
 * has an account: then it must be looked at closely.
 */
export async function createNewcomer(
  trx: Trx,
  change: ScimChange,
  body: ResourceBody,
): Promise<ScimUserRow | null> {
  const { connection, context } = change;
  if (!serves(connection, userNameOf(body).slice(userNameOf(body).lastIndexOf('@') + 1))) return null;
  const placement = await placeUser(trx, connection, body, context);
  const row = {
    id: randomUUID(),
    connection_id: connection.id,
    user_id: randomUUID(),
    managed: true,
    ...columnsOf(body),
    placement_organization_id: placement.organizationId,
    placement_role: placement.role,
    placement_team_id: placement.teamId,
    created_at: context.at,
    updated_at: context.at,
  };
  if (!(await writeNewcomer(trx, change, row, fullName(body)))) return null;
  if (row.active && placement.teamId !== null) await settleTeams(trx, context, connection, [row.user_id]);
  return { ...row, resource: keptOf(body), version: 1 };
}

type NewRow = Omit<ScimUserRow, 'resource' | 'version' | 'placement_organization_id'> & {
  readonly resource: string;
  readonly placement_organization_id: string;
};

async function writeNewcomer(
  trx: Trx,
  change: ScimChange,
  row: NewRow,
  name: string | undefined,
): Promise<boolean> {
  const { connection, context } = change;
  const at = row.user_name.lastIndexOf('@');
  const local = row.user_name.slice(0, at);
  const membership = {
    organization_id: row.placement_organization_id,
    user_id: row.user_id,
    email: row.user_name,
    role: row.placement_role,
  };
  const events = [
    userEntry(change, 'scim.user.create', row),
    ...(row.active ? [membershipEntry('member.add', membership)] : []),
  ];
  const { rows } = await sql`
    with account as (
      insert into users (id, email, name, username, created_at)
      select ${row.user_id}, ${row.user_name}, ${(name ?? local).slice(0, 200)}, ${usernameStem(local)}, ${context.at}
       where exists (select 1 from domains where organization_id = ${connection.organizationId}
                        and name = lower(${row.user_name.slice(at + 1)}) and verified_at is not null)
      on conflict do nothing returning id
    ), resource as (
      insert into scim_users (id, connection_id, user_id, managed, user_name, external_id, active, resource,
        placement_organization_id, placement_role, placement_team_id, created_at, updated_at)
      select ${row.id}, ${row.connection_id}, account.id, true, ${row.user_name}, ${row.external_id}, ${row.active},
        ${row.resource}, ${row.placement_organization_id}, ${row.placement_role}, ${row.placement_team_id},
        ${row.created_at}, ${row.updated_at} from account
    ), joined as (
      insert into memberships (organization_id, user_id, role, origin, joined_at, connection_id)
      select ${row.placement_organization_id}, account.id, ${row.placement_role}, 'scim', ${context.at},
        ${row.connection_id} from account where ${row.active}
      returning organization_id, user_id
    ), stamped as (
      insert into bundle_sequences (organization_id, user_id, seq, changed_at)
      select organization_id, user_id, ${context.at.getTime()}, ${context.at} from joined
    ), recorded as (${recordAlong(context, events, 'account')})
    select id from account ${PREPARED}`.execute(trx);
  return rows.length > 0;
}
