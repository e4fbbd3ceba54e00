import { sql } from 'kysely';
import type { ChangeContext } from '../audit/record.ts';
import type { Trx } from '../database/connection.ts';
import { keepThing, keptRows, keptTexts, rowsToKeep, type TakenThing } from '../deletions/kept-things.ts';
import { countedParts, type PutBack } from '../deletions/put-back.ts';
import { refuseTakenConnectionName } from './connection-names.ts';
import type { ConnectionRow } from './connection-view.ts';
import { endPasswordSessions } from './end-password-sessions.ts';

/*
 * A removed connection comes back under its addresses, with its values, its keys of SAML, whom it knows and whom SCIM
 * deactivated: without those, sign-in would let them in again. SCIM tokens stay revoked, and other organizations accept
 * it anew. Which addresses it signs in is never kept: the domains that are verified at each sign-in say that.
 */

/** Keeps a connection that is about to be removed. Its client secret and keys stay sealed. */
export async function keepConnection(trx: Trx, context: ChangeContext, row: ConnectionRow): Promise<void> {
  const { id, organization_id: organizationId, name } = row;
  const ofIt = sql`r.connection_id = ${id}`;
  const here = sql`${ofIt} and r.organization_id = ${organizationId}`;
  const content = sql`(select jsonb_build_object('connection', to_jsonb(c)) from connections c where c.id = ${id})`;
  const groups = sql`(select g.id from scim_groups g where g.connection_id = ${id})`;
  const parts = {
    keys: rowsToKeep('connection_saml_keys', ofIt),
    identities: rowsToKeep('sso_identities', ofIt),
    people: rowsToKeep('scim_users', ofIt),
    groups: rowsToKeep('scim_groups', here),
    groupMembers: rowsToKeep('scim_group_members', sql`r.group_id in ${groups}`),
    memberships: rowsToKeep('memberships', here),
    places: rowsToKeep('team_members', here),
    devices: sql`select to_jsonb(r.id) from device_sessions r where ${ofIt}`,
    browsers: sql`select to_jsonb(encode(r.id_hash, 'hex')) from browser_sessions r where ${ofIt}`,
  };
  await keepThing(trx, context, { organizationId, kind: 'connection', id, name, content, parts });
}

/** Puts a connection back under its id. Refuses (`conflict`) a name that is taken. */
export async function putBackConnection(
  trx: Trx,
  context: ChangeContext,
  thing: TakenThing,
  name = thing.name,
): Promise<PutBack> {
  const { organizationId, content } = thing;
  await sql`
    insert into connections (id, organization_id, name, kind, default_team, jit_enabled, scim_enabled, scim_wins,
                             scim_adopts_jit, settings, sealed_secret, domain_names, enforced, created_at, updated_at)
    select c.id, ${organizationId}, ${name}, c.kind, c.default_team, c.jit_enabled, c.scim_enabled, c.scim_wins,
           c.scim_adopts_jit, nullif(c.settings, 'null'), c.sealed_secret, c.domain_names, c.enforced, c.created_at, ${context.at}
      from jsonb_populate_record(null::connections, ${content}::jsonb -> 'connection') c`
    .execute(trx)
    .catch(refuseTakenConnectionName);
  await sql`
    insert into connection_saml_keys (connection_id, fingerprint, certificate, sealed_private, signs, created_at)
    select k.connection_id, k.fingerprint, k.certificate, k.sealed_private, k.signs, k.created_at
      from ${keptRows(thing, 'keys', 'connection_saml_keys')} k`.execute(trx);
  await putBackSessions(trx, thing);
  await putBackMemberships(trx, thing);
  const people = await putBackPeople(trx, thing);
  const groups = await putBackGroups(trx, thing);
  const { rows } = await sql<{ enforced: boolean }>`
    select enforced from connections where id = ${thing.id}`.execute(trx);
  if (rows[0]?.enforced === true) await endPasswordSessions(trx, context, organizationId);
  return { name, parts: await countedParts(trx, thing, { people, groups }) };
}

/** Who came by it and is a member still is known as its own again, where no other connection took them over. */
async function putBackMemberships(trx: Trx, thing: TakenThing): Promise<void> {
  const { id, organizationId } = thing;
  await sql`
    update memberships m set connection_id = ${id}
      from ${keptRows(thing, 'memberships', 'memberships')} k
     where m.organization_id = ${organizationId} and m.user_id = k.user_id and m.origin = k.origin
       and m.connection_id is null`.execute(trx);
  await sql`
    update team_members m set connection_id = ${id}
      from ${keptRows(thing, 'places', 'team_members')} k
     where m.organization_id = ${organizationId} and m.team_id = k.team_id and m.user_id = k.user_id
       and m.origin = k.origin and m.connection_id is null`.execute(trx);
  await sql`
    insert into sso_identities (connection_id, issuer, subject_hash, user_id, created_at, last_used_at)
    select ${id}, k.issuer, k.subject_hash, m.user_id, k.created_at, k.last_used_at
      from ${keptRows(thing, 'identities', 'sso_identities')} k
      join memberships m on m.organization_id = ${organizationId} and m.user_id = k.user_id`.execute(trx);
}

/**
 * Whom its SCIM client knows. Active is only who was and is a member still: whoever was removed meanwhile stays out
 * until the directory says otherwise.
 */
async function putBackPeople(trx: Trx, thing: TakenThing): Promise<bigint> {
  const { id, organizationId } = thing;
  const { numAffectedRows = 0n } = await sql`
    insert into scim_users (id, connection_id, user_id, managed, user_name, external_id, active, resource,
                            placement_organization_id, placement_role, placement_team_id, version, created_at, updated_at)
    select k.id, ${id}, u.id, k.managed, k.user_name, k.external_id,
           k.active and exists (select 1 from memberships m
             where m.organization_id = ${organizationId} and m.user_id = u.id),
           k.resource,
           case when k.placement_organization_id = ${organizationId} then k.placement_organization_id end,
           k.placement_role, t.id, k.version + 1, k.created_at, k.updated_at
      from ${keptRows(thing, 'people', 'scim_users')} k
      join users u on u.id = k.user_id
      left join teams t on t.id = k.placement_team_id and t.organization_id = ${organizationId}`.execute(trx);
  return numAffectedRows;
}

async function putBackGroups(trx: Trx, thing: TakenThing): Promise<bigint> {
  const { id, organizationId } = thing;
  const { numAffectedRows = 0n } = await sql`
    insert into scim_groups (id, connection_id, organization_id, team_id, display_name, external_id, version, created_at, updated_at)
    select g.id, ${id}, ${organizationId}, t.id, g.display_name, g.external_id, g.version + 1, g.created_at, g.updated_at
      from ${keptRows(thing, 'groups', 'scim_groups')} g
      join teams t on t.id = g.team_id and t.organization_id = ${organizationId}`.execute(trx);
  await sql`
    insert into scim_group_members (group_id, scim_user_id)
    select g.id, u.id
      from ${keptRows(thing, 'groupMembers', 'scim_group_members')} k
      join scim_groups g on g.id = k.group_id and g.connection_id = ${id}
      join scim_users u on u.id = k.scim_user_id and u.connection_id = ${id}`.execute(trx);
  return numAffectedRows;
}

/** Sessions that outlived it, and began by it, are no sessions by password. */
async function putBackSessions(trx: Trx, thing: TakenThing): Promise<void> {
  const { id } = thing;
  await sql`
    update device_sessions s set connection_id = ${id}
      from ${keptTexts(thing, 'devices')} k
     where s.id = k.value::uuid and s.connection_id is null`.execute(trx);
  await sql`
    update browser_sessions s set connection_id = ${id}
      from ${keptTexts(thing, 'browsers')} k
     where s.id_hash = decode(k.value, 'hex') and s.connection_id is null`.execute(trx);
}
