import { Kysely, PostgresDialect } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAuditEvents } from '../audit/audit-list.ts';
import type { ChangeContext } from '../audit/record.ts';
import { createConnection, deleteConnection, readConnection } from '../connections/connection-service.ts';
import { connectionsOfAddress } from '../connections/find-connection.ts';
import { up } from '../database/migrations/0091-deletion-rows.ts';
import { startTestDatabase } from '../database/test-database.ts';
import { listDomains } from '../domains/domain-list.ts';
import type { TxtResolver } from '../domains/domain-proof.ts';
import { claimDomain, forceDomain, removeDomain, verifyDomain } from '../domains/domain-service.ts';
import { readMember } from '../organizations/member-list.ts';
import { addMember, removeMember } from '../organizations/member-service.ts';
import { createOrganization } from '../organizations/organization-service.ts';
import { assignPolicy } from '../policies/assignment-service.ts';
import { deletePolicy } from '../policies/deleted-policies.ts';
import { createPolicy } from '../policies/policy-service.ts';
import { readReceived } from '../policies/received.ts';
import { assignPolicyToTeam } from '../policies/team-assignment-service.ts';
import { createScimToken, listScimTokens } from '../scim/tokens.ts';
import { createHubSecret } from '../secrets/hub-secret.ts';
import { createTeam, deleteTeam, listTeamMembers, readTeam, setTeamMember } from '../teams/team-service.ts';
import { forgetDeletions, listDeletions } from './kept-things.ts';
import { restoreDeletion } from './restore-deletion.ts';

const DAY_MS = 86_400_000;
let database: Awaited<ReturnType<typeof startTestDatabase>>;
let acme: string;
let globex: string;
let at = Date.now();
const records = new Map<string, readonly string[]>();
const resolver: TxtResolver = {
  txt: async (name) => {
    const values = records.get(name);
    return values === undefined ? { ok: false, absent: false, reason: 'timeout' } : { ok: true, values };
  },
};
const context = (actor: ChangeContext['actor'] = { kind: 'system', name: 'test' }): ChangeContext => ({
  ...{ actor, sourceAddress: null },
  at: new Date(at),
});
beforeAll(async () => {
  database = await startTestDatabase();
  const make = async (name: string) =>
    (await createOrganization(database.db, context(), { name, displayName: name })).id;
  [acme, globex] = [await make('acme'), await make('globex')];
});
afterAll(() => database.stop());

const add = async (name: string, role: 'member' | 'owner' = 'member', organizationId = acme) => {
  const where = { organizationId, publicUrl: 'x' };
  return (await addMember(database.db, context(), where, { email: `${name}@acme.example`, role })).member
    .userId;
};
const policy = async (name: string) => {
  const wanted = { name, description: '', document: {}, reason: '' };
  return (await createPolicy(database.db, context(), acme, wanted)).id;
};
const team = async (name: string) =>
  (await createTeam(database.db, context(), acme, { name, description: 'of people' })).id;
const restore = (id: string, more: { organizationId?: string; name?: string; by?: ChangeContext } = {}) =>
  restoreDeletion({ db: database.db, resolver }, more.by ?? context(), more.organizationId ?? acme, {
    id,
    name: more.name,
  });
const kept = async (kind?: 'team' | 'connection' | 'domain' | 'member', organizationId = acme) =>
  (await listDeletions(database.db, organizationId, new Date(at), { kind })).deletions.map(({ id }) => id);
const refused = (code: string) => ({ refusal: expect.objectContaining({ code }) });
const policyOf = async (userId: string) =>
  (await readReceived(database.db, { organizationId: acme, userId }))?.policy?.id ?? null;
const sqlRows = async (text: string, values: readonly unknown[]) =>
  (await database.pool.query(text, [...values])).rows;

describe('a deleted team', () => {
  it('comes back with who was put there by hand, its policy, its invitations and its directory groups', async () => {
    const { db } = database;
    const [stays, leaves, byDirectory] = [await add('ada'), await add('bob'), await add('cem')];
    const id = await team('Front');
    const builders = await policy('Builders');
    for (const userId of [stays, leaves])
      await setTeamMember(db, context(), acme, { teamId: id, userId, present: true });
    await sqlRows(
      `insert into team_members (organization_id, team_id, user_id, origin) values ($1, $2, $3, 'scim')`,
      [acme, id, byDirectory],
    );
    await assignPolicyToTeam(db, context(), acme, { teamId: id, policyId: builders });
    const connection = await connect('Directory');
    const [group] = await sqlRows(
      `insert into scim_groups (connection_id, organization_id, team_id, display_name, created_at, updated_at)
       values ($1, $2, $3, 'acme:Front', now(), now()) returning id`,
      [connection, acme, id],
    );
    await sqlRows(
      `insert into invitations (organization_id, email, role, team_id, secret_hash, expires_at)
       values ($1, 'new@acme.example', 'member', $2, '\\x01', now() + interval '1 day')`,
      [acme, id],
    );
    const before = await readTeam(db, acme, id);

    await deleteTeam(db, context(), acme, id);
    expect(await policyOf(stays)).toBeNull();
    await removeMember(db, context(), acme, leaves);
    expect(await restore(id)).toEqual({
      restored: { kind: 'team', id, name: 'Front' },
      parts: [
        { part: 'members', restored: 1, left: 1 },
        { part: 'policies', restored: 1, left: 0 },
        { part: 'groups', restored: 1, left: 0 },
      ],
    });
    expect(await readTeam(db, acme, id)).toEqual({ ...before, members: 1 });
    expect((await listTeamMembers(db, acme, id)).members.map(({ userId }) => userId)).toEqual([stays]);
    expect(await policyOf(stays)).toBe(builders);
    expect(await sqlRows('select id from scim_groups where team_id = $1', [id])).toEqual([group]);
    expect(await sqlRows('select email from invitations where team_id = $1', [id])).toHaveLength(1);
    await expect(restore(id)).rejects.toMatchObject(refused('not_found'));
    const { events } = await listAuditEvents(db, acme, { limit: 5, action: 'team.' });
    expect(events[0]).toMatchObject({
      action: 'team.undelete',
      after: { members: 1, policies: 1, groups: 1 },
    });
  });

  it('asks for another name where its own is taken, and stays kept until then', async () => {
    const { db } = database;
    const id = await team('Taken');
    await deleteTeam(db, context(), acme, id);
    await team('taken');
    await expect(restore(id)).rejects.toMatchObject(refused('conflict'));
    expect(await kept('team')).toContain(id);
    expect((await restore(id, { name: 'Taken, old' })).restored.name).toBe('Taken, old');
  });

  it('brings no group back that its directory made anew, or whose connection may not place people here', async () => {
    const { db } = database;
    const id = await team('Regrouped');
    const own = await connect('Regrouping');
    const [foreign] = await sqlRows(
      `insert into connections (organization_id, name, kind) values ($1, 'Of globex', 'saml') returning id`,
      [globex],
    );
    const group = (connection: unknown, teamId: string) =>
      sqlRows(
        `insert into scim_groups (connection_id, organization_id, team_id, display_name, created_at, updated_at)
         values ($1, $2, $3, 'acme:Regrouped', now(), now())`,
        [connection, acme, teamId],
      );
    await group(own, id);
    await group(foreign.id, id);
    await deleteTeam(db, context(), acme, id);
    await group(own, await team('Made anew'));
    expect((await restore(id)).parts).toEqual([{ part: 'groups', restored: 0, left: 2 }]);
  });
});

describe('a removed member', () => {
  it('comes back in their role, places and policy, without tokens', async () => {
    const { db } = database;
    const userId = await add('dea');
    const [stays, goes] = [await team('Stays'), await team('Goes')];
    for (const teamId of [stays, goes])
      await setTeamMember(db, context(), acme, { teamId, userId, present: true });
    const own = await policy('Own');
    await assignPolicy(db, context(), acme, { userId, policyId: own });
    await sqlRows(
      `insert into api_tokens (organization_id, name, role, secret_hash, created_by, expires_at)
       values ($1, 'hers', 'member', '\\x02', $2, now() + interval '1 day')`,
      [acme, userId],
    );
    await removeMember(db, context(), acme, userId);
    await deleteTeam(db, context(), acme, goes);
    expect((await restore(userId)).parts).toEqual([
      { part: 'teams', restored: 1, left: 1 },
      { part: 'policies', restored: 1, left: 0 },
    ]);
    const member = await readMember(db, acme, userId);
    expect(member).toMatchObject({ role: 'member', origin: 'manual', policy: { id: own } });
    expect(member.teams.map(({ id }) => id)).toEqual([stays]);
    expect(
      await sqlRows('select id from api_tokens where created_by = $1 and revoked_at is null', [userId]),
    ).toEqual([]);
  });

  it('is not kept when a directory sent them, and not brought back over a later removal by it', async () => {
    const { db } = database;
    const [jit, twice] = [await add('eva'), await add('fay')];
    await sqlRows(`update memberships set origin = 'jit' where user_id = $1`, [jit]);
    await removeMember(db, context(), acme, jit);
    await removeMember(db, context(), acme, twice);
    expect(await kept('member')).not.toContain(jit);
    expect(await kept('member')).toContain(twice);
    // The directory provisions her, and takes her away again.
    await sqlRows(
      `insert into memberships (organization_id, user_id, role, origin) values ($1, $2, 'member', 'scim')`,
      [acme, twice],
    );
    await sqlRows('delete from memberships where user_id = $1', [twice]);
    expect(await kept('member')).not.toContain(twice);
    await expect(restore(twice)).rejects.toMatchObject(refused('not_found'));
  });

  it('stays out when SCIM deactivated them', async () => {
    const { db } = database;
    const userId = await add('gil');
    const connection = await connect('Deactivating');
    await removeMember(db, context(), acme, userId);
    await sqlRows(
      `insert into scim_users (connection_id, user_id, managed, user_name, active, resource, created_at, updated_at)
       values ($1, $2, true, 'gil@acme.example', false, '{}', now(), now())`,
      [connection, userId],
    );
    await expect(restore(userId)).rejects.toMatchObject(refused('conflict'));
    expect(await kept('member')).toContain(userId);
  });

  it('comes back as an owner only to somebody who proved themselves a moment ago', async () => {
    const { db } = database;
    const [actor, userId] = [await add('hal', 'owner'), await add('ivy', 'owner')];
    await removeMember(db, context(), acme, userId);
    // Signed in again meanwhile, for another organization, and without a second factor.
    await sqlRows('update organizations set second_factor_required = true where id = $1', [acme]);
    await sqlRows(
      `insert into browser_sessions (id_hash, user_id, created_at, expires_at, proved_at)
       values ('\\x03', $1, now(), now() + interval '1 day', now())`,
      [userId],
    );
    const by = (provedAt: number) =>
      context({
        ...{ kind: 'user', via: 'session', userId: actor, email: 'hal@acme.example', name: 'Hal' },
        provedAt: new Date(provedAt),
      });
    await expect(restore(userId, { by: by(at - 11 * 60_000) })).rejects.toMatchObject(
      refused('recent_sign_in_required'),
    );
    expect((await restore(userId, { by: by(at - 9 * 60_000) })).restored.kind).toBe('member');
    expect(await readMember(db, acme, userId)).toMatchObject({ role: 'owner' });
    const [session] = await sqlRows('select proved_at from browser_sessions where user_id = $1', [userId]);
    expect(session.proved_at).toEqual(new Date(0));
    await sqlRows('update organizations set second_factor_required = false where id = $1', [acme]);
  });
});

describe('a removed domain', () => {
  const claim = async (name: string) => {
    const { domain } = await claimDomain(database.db, context(), acme, name);
    return {
      id: domain.id,
      value: domain.record.value,
      where: { organizationId: acme, domainId: domain.id },
    };
  };
  const stateOf = async (name: string, organizationId = acme) =>
    (await listDomains(database.db, organizationId)).domains.find((each) => each.name === name)?.state;

  it('comes back verified under the value that stands in DNS, and not at all without it', async () => {
    const { db } = database;
    const { id, value, where } = await claim('back.acme-widgets.example');
    records.set('back.acme-widgets.example', [value]);
    await verifyDomain(db, context(), resolver, where);
    await removeDomain(db, context(), where);
    for (const values of [[], undefined] as const) {
      if (values === undefined) records.delete('back.acme-widgets.example');
      else records.set('back.acme-widgets.example', values);
      await expect(restore(id)).rejects.toMatchObject(refused('conflict'));
      expect(await stateOf('back.acme-widgets.example')).toBeUndefined();
    }
    records.set('back.acme-widgets.example', ['other', value]);
    expect((await restore(id)).parts).toEqual([{ part: 'proof', restored: 1, left: 0 }]);
    const { domains } = await listDomains(db, acme);
    expect(domains.find((each) => each.id === id)).toMatchObject({ state: 'verified', record: { value } });
  });

  it('does not come back by the word of an operator, or from under who verified it meanwhile', async () => {
    const { db } = database;
    const forced = await claim('forced.acme-widgets.example');
    records.set('forced.acme-widgets.example', []);
    await forceDomain(db, context(), forced.where);
    await removeDomain(db, context(), forced.where);
    await expect(restore(forced.id)).rejects.toMatchObject(refused('conflict'));

    const lost = await claim('lost.acme-widgets.example');
    records.set('lost.acme-widgets.example', [lost.value]);
    await verifyDomain(db, context(), resolver, lost.where);
    await removeDomain(db, context(), lost.where);
    const { domain: theirs } = await claimDomain(db, context(), globex, 'lost.acme-widgets.example');
    await forceDomain(db, context(), { organizationId: globex, domainId: theirs.id });
    // Even while our value still stands beside theirs.
    await expect(restore(lost.id)).rejects.toMatchObject(refused('conflict'));
    expect([
      await stateOf('lost.acme-widgets.example'),
      await stateOf('lost.acme-widgets.example', globex),
    ]).toEqual([undefined, 'verified']);
  });

  it('comes back as the claim that it was, unless it is claimed again', async () => {
    const { db } = database;
    const { id, where } = await claim('claim.acme-widgets.example');
    records.set('claim.acme-widgets.example', []);
    await removeDomain(db, context(), where);
    const again = await claim('claim.acme-widgets.example');
    await expect(restore(id)).rejects.toMatchObject(refused('conflict'));
    await removeDomain(db, context(), again.where);
    expect((await restore(id)).parts).toEqual([]);
    expect(await stateOf('claim.acme-widgets.example')).toBe('pending');
    await expect(restore(again.id, { name: 'other.example' })).rejects.toMatchObject(
      refused('invalid_value'),
    );
  });
});

const secret = createHubSecret('a secret for tests, thirty-two characters and more');
async function connect(name: string, more: { enforced?: boolean } = {}): Promise<string> {
  const place = { db: database.db, publicUrl: 'https://hub.example', secret };
  const oidc = {
    ...{ issuer: 'https://idp.example', clientId: 'mooring', clientSecret: 'kept sealed' },
    ...{ authorizationEndpoint: 'https://idp.example/a', tokenEndpoint: 'https://idp.example/t' },
    ...{ jwksUri: 'https://idp.example/k' },
  };
  return (await createConnection(place, context(), acme, { name, kind: 'oidc', oidc, ...more })).id;
}

describe('a removed connection', () => {
  const remove = (connectionId: string) =>
    deleteConnection(database.db, context(), { organizationId: acme, connectionId });
  const view = (id: string) =>
    readConnection(database.db, { publicUrl: 'https://hub.example', now: at }, acme, id);

  it('comes back with its values, its sealed secret and those it knows, without tokens and acceptances', async () => {
    const { db } = database;
    const id = await connect('Okta');
    await createScimToken(db, context(), { organizationId: acme, connectionId: id });
    await sqlRows('insert into connection_organizations (connection_id, organization_id) values ($1, $2)', [
      id,
      globex,
    ]);
    const [active, removed] = [await add('jon'), await add('kim')];
    const out = await add('lou', 'member', globex);
    await sqlRows(`update memberships set origin = 'scim', connection_id = $1 where user_id = any($2)`, [
      id,
      [active, removed],
    ]);
    for (const [userId, isActive] of [
      [active, true],
      [removed, true],
      [out, false],
    ])
      await sqlRows(
        `insert into scim_users (connection_id, user_id, managed, user_name, active, resource, created_at, updated_at)
         select $1, u.id, true, u.email, $3, '{}', now(), now() from users u where u.id = $2`,
        [id, userId, isActive],
      );
    await sqlRows(
      `insert into sso_identities (connection_id, issuer, subject_hash, user_id, created_at, last_used_at)
       select $1, 'https://idp.example', decode(md5(u::text), 'hex'), u, now(), now() from unnest($2::uuid[]) u`,
      [id, [active, removed]],
    );
    const [sealed] = await sqlRows('select sealed_secret, settings from connections where id = $1', [id]);
    const before = await view(id);

    await remove(id);
    await sqlRows('delete from memberships where user_id = $1', [removed]);
    expect(await restore(id)).toEqual({
      restored: { kind: 'connection', id, name: 'Okta' },
      parts: [{ part: 'people', restored: 3, left: 0 }],
    });
    const after = await view(id);
    expect({ ...after, updatedAt: before.updatedAt }).toEqual(before);
    expect(await sqlRows('select 1 from connection_organizations where connection_id = $1', [id])).toEqual(
      [],
    );
    expect(await sqlRows('select sealed_secret, settings from connections where id = $1', [id])).toEqual([
      sealed,
    ]);
    expect(await listScimTokens(db, id)).toEqual([]);
    // Deactivated before, or removed meanwhile: neither gets in by it.
    expect(
      await sqlRows('select user_id, active from scim_users where connection_id = $1 and active', [id]),
    ).toEqual([{ user_id: active, active: true }]);
    expect(await sqlRows('select user_id from sso_identities where connection_id = $1', [id])).toEqual([
      { user_id: active },
    ]);
    expect(await sqlRows('select user_id from memberships where connection_id = $1', [id])).toEqual([
      { user_id: active },
    ]);
  });

  it('signs nobody in of a domain that was lost meanwhile', async () => {
    const { db } = database;
    const { domain } = await claimDomain(db, context(), acme, 'sso.acme-widgets.example');
    await forceDomain(db, context(), { organizationId: acme, domainId: domain.id });
    const id = await connect('Routing', { enforced: true });
    const routed = async () =>
      (await connectionsOfAddress(db, 'x@sso.acme-widgets.example')).map((each) => each.id);
    expect(await routed()).toContain(id);
    await remove(id);
    expect(await routed()).not.toContain(id);
    const { domain: theirs } = await claimDomain(db, context(), globex, 'sso.acme-widgets.example');
    await forceDomain(db, context(), { organizationId: globex, domainId: theirs.id });
    expect((await restore(id)).restored.name).toBe('Routing');
    expect(await routed()).toEqual([]);
  });

  it('comes back only to somebody who proved themselves a moment ago, and under a free name', async () => {
    const id = await connect('Guarded');
    const userId = await add('mia', 'owner');
    await remove(id);
    const by = context({
      ...{ kind: 'user', via: 'session', userId, email: 'mia@acme.example', name: 'Mia' },
      provedAt: new Date(at - 11 * 60_000),
    });
    await expect(restore(id, { by })).rejects.toMatchObject(refused('recent_sign_in_required'));
    await connect('guarded');
    await expect(restore(id)).rejects.toMatchObject(refused('conflict'));
    expect((await restore(id, { name: 'Guarded, old' })).restored.name).toBe('Guarded, old');
  });
});

describe('at the same moment', () => {
  const outcomes = async (work: readonly Promise<unknown>[]) =>
    (await Promise.allSettled(work))
      .map((each) => (each.status === 'fulfilled' ? 'done' : each.reason.refusal.code))
      .sort();

  it('brings a thing back once, of each kind', async () => {
    const { db } = database;
    const { domain } = await claimDomain(db, context(), acme, 'once.example');
    const things = {
      team: await team('Once'),
      connection: await connect('Once'),
      domain: domain.id,
      member: await add('once'),
    };
    await deleteTeam(db, context(), acme, things.team);
    await deleteConnection(db, context(), { organizationId: acme, connectionId: things.connection });
    await removeDomain(db, context(), { organizationId: acme, domainId: domain.id });
    await removeMember(db, context(), acme, things.member);
    records.set('once.example', []);
    for (const id of Object.values(things))
      expect(await outcomes([restore(id), restore(id), restore(id)])).toEqual([
        'done',
        'not_found',
        'not_found',
      ]);
    expect(
      await sqlRows('select 1 from deletion_rows r join deletions d using (kept_id) where d.name ilike $1', [
        'once%',
      ]),
    ).toEqual([]);
  });

  it('gives a name to one of two, and keeps the thing that did not get it', async () => {
    for (let round = 0; round < 5; round += 1) {
      const name = `Wanted ${round}`;
      const id = await team(name);
      await deleteTeam(database.db, context(), acme, id);
      expect(await outcomes([restore(id), team(name)])).toEqual(['conflict', 'done']);
      const isBack = (await sqlRows('select 1 from teams where id = $1', [id])).length === 1;
      expect((await kept('team')).includes(id)).toBe(!isBack);
    }
  });

  it('deletes once, and what is deleted again brings back its last state alone', async () => {
    const { db } = database;
    const [first, second] = [await add('one'), await add('two')];
    const id = await team('Again');
    await setTeamMember(db, context(), acme, { teamId: id, userId: first, present: true });
    const remove = () => deleteTeam(db, context(), acme, id);
    expect(await outcomes([remove(), remove()])).toEqual(['done', 'not_found']);
    expect(await outcomes([restore(id), remove()])).toContain('done');
    if (await kept('team').then((ids) => ids.includes(id))) await restore(id);
    await setTeamMember(db, context(), acme, { teamId: id, userId: first, present: false });
    await setTeamMember(db, context(), acme, { teamId: id, userId: second, present: true });
    await remove();
    expect((await restore(id)).parts).toEqual([{ part: 'members', restored: 1, left: 0 }]);
    expect((await listTeamMembers(db, acme, id)).members.map(({ userId }) => userId)).toEqual([second]);
  });
});

it('keeps whom a connection knows as rows: no value grows with them', async () => {
  const { db } = database;
  const id = await connect('Large');
  const MANY = 5_000;
  await sqlRows(
    `with made as (insert into users (email, username, name)
       select 'many' || n || '@many.example', 'many' || n, 'Many' from generate_series(1, $2) n returning id, email)
     insert into scim_users (connection_id, user_id, managed, user_name, active, resource, created_at, updated_at)
       select $1, id, true, email, false, jsonb_build_object('nickName', repeat('x', 500)), now(), now() from made`,
    [id, MANY],
  );
  await deleteConnection(db, context(), { organizationId: acme, connectionId: id });
  const [size] = await sqlRows(
    `select max(pg_column_size(r.content)) < 4000 as rows, pg_column_size(d.content) < 4000 as own, count(*)::int as kept
       from deletions d join deletion_rows r using (kept_id) where d.id = $1 group by d.content`,
    [id],
  );
  expect(size).toEqual({ rows: true, own: true, kept: MANY });
  expect((await restore(id)).parts).toEqual([{ part: 'people', restored: MANY, left: 0 }]);
  expect(await sqlRows('select 1 from deletion_rows where part = $1', ['people'])).toEqual([]);
});

it('puts back what an earlier version kept as one value', async () => {
  const { db } = database;
  const [member, id] = [await add('old'), await team('Old form')];
  await setTeamMember(db, context(), acme, { teamId: id, userId: member, present: true });
  await deleteTeam(db, context(), acme, id);
  // As it was kept before.
  await sqlRows(
    `update deletions d set content = d.content || (
       select jsonb_object_agg(part, items) from (
         select part, jsonb_agg(content) as items from deletion_rows where kept_id = d.kept_id group by part) p)
      where d.id = $1`,
    [id],
  );
  await sqlRows('drop table deletion_rows', []);
  await sqlRows('alter table deletions drop column kept_id', []);
  await up(new Kysely({ dialect: new PostgresDialect({ pool: database.pool }) }));
  const [now] = await sqlRows('select content from deletions where id = $1', [id]);
  expect(Object.keys(now.content)).toEqual(['team']);
  expect((await restore(id)).parts).toEqual([{ part: 'members', restored: 1, left: 0 }]);
});

it('keeps for 30 days, for its own organization only, and leaves policies to their own list', async () => {
  const { db } = database;
  const id = await team('Short-lived');
  await deleteTeam(db, context(), acme, id);
  const policyId = await policy('Not here');
  await deletePolicy(db, context(), { organizationId: acme, policyId, version: null });
  expect(await kept()).toContain(id);
  expect(await kept()).not.toContain(policyId);
  await expect(restore(policyId)).rejects.toMatchObject(refused('not_found'));
  expect(await kept(undefined, globex)).toEqual([]);
  await expect(restore(id, { organizationId: globex })).rejects.toMatchObject(refused('not_found'));
  at += 30 * DAY_MS - 1;
  await forgetDeletions(db, new Date(at));
  expect(await kept()).toContain(id);
  at += 1;
  await expect(restore(id)).rejects.toMatchObject(refused('not_found'));
  await forgetDeletions(db, new Date(at));
  expect(await sqlRows('select id from deletions', [])).toEqual([]);
  expect(await sqlRows('select part from deletion_rows', [])).toEqual([]);
});
