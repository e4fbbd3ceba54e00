import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { waitingForLocks } from '../database/test-database.ts';
import { OPERATOR } from '../identity/test-hub.ts';
import { createPolicy } from '../policies/policy-service.ts';
import { startTestScim, type TestScim } from './test-scim.ts';
import { createScimToken } from './tokens.ts';

/* What provisioning does to organizations, beyond the protocol (docs/identity.md sections 2 to 4). */

const DOCKER = 'urn:ietf:params:scim:schemas:extension:docker:2.0:User';
let scim: TestScim;
beforeAll(async () => {
  scim = await startTestScim();
});
afterAll(() => scim.stop());

let serial = 0;
const address = () => {
  serial += 1;
  return `person${serial}@acme.example`;
};
const patch = (...Operations: unknown[]) => ({ Operations });
const post = async (path: '/Users' | '/Groups', body: object) => {
  const answer = await scim.send(scim.acme, 'POST', path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
};
const change = (path: string, ...operations: unknown[]) =>
  scim.send(scim.acme, 'PATCH', path, patch(...operations));
const places = async (email: string) => {
  const { db } = scim.database;
  const memberships = await db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .where('u.email', '=', email)
    .select(['o.name', 'm.role', 'm.origin'])
    .orderBy('o.name')
    .execute();
  const teams = await db
    .selectFrom('team_members as tm')
    .innerJoin('users as u', 'u.id', 'tm.user_id')
    .innerJoin('teams as t', 't.id', 'tm.team_id')
    .where('u.email', '=', email)
    .select('t.name')
    .orderBy('t.name')
    .execute();
  return {
    memberships: memberships.map((row) => `${row.name} ${row.role} ${row.origin}`),
    teams: teams.map((row) => row.name),
  };
};
/** What the log of an organization says of this team, in order. */
const teamEvents = async (organizationId: string, team: string) => {
  const events = await scim.database.db
    .selectFrom('audit_events')
    .select(['action', 'after'])
    .where('organization_id', '=', organizationId)
    .where('target_kind', '=', 'team')
    .where('target_label', '=', team)
    .orderBy('id')
    .execute();
  return events.map(({ action, after }) => [action, after?.member ?? null]);
};
const accept = () =>
  scim.database.db
    .insertInto('connection_organizations')
    .values({ connection_id: scim.acme.connectionId, organization_id: scim.globex.organizationId })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
const withdraw = () =>
  scim.database.db
    .deleteFrom('connection_organizations')
    .where('connection_id', '=', scim.acme.connectionId)
    .execute();
const adopting = (on: boolean) =>
  scim.database.db
    .updateTable('connections')
    .set({ scim_adopts_jit: on })
    .where('id', '=', scim.acme.connectionId)
    .execute();
const signedIn = async (email: string) => {
  const { id } = await scim.database.db
    .insertInto('users')
    .values({ email, username: email.replace('@', '.'), name: 'Signed In' })
    .returning('id')
    .executeTakeFirstOrThrow();
  await scim.database.db
    .insertInto('memberships')
    .values({
      organization_id: scim.acme.organizationId,
      user_id: id,
      role: 'editor',
      origin: 'jit',
      connection_id: scim.acme.connectionId,
    })
    .execute();
  return id;
};
const lookUp = async (email: string) =>
  (await scim.send(scim.acme, 'GET', `/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`)).body;

describe('role and placement', () => {
  it('follow dockerRole, dockerOrg and dockerTeam, and nothing but what the client changes', async () => {
    await scim.database.db
      .updateTable('connections')
      .set({ default_team: 'Everyone' })
      .where('id', '=', scim.acme.connectionId)
      .execute();
    const plain = await post('/Users', { userName: address() });
    expect(await places(plain.userName)).toEqual({ memberships: ['acme member scim'], teams: ['Everyone'] });
    const named = await post('/Users', { userName: address(), [DOCKER]: { dockerOrg: 'acme' } });
    expect(await places(named.userName)).toEqual({ memberships: ['acme member scim'], teams: [] });
    const team = await post('/Users', {
      userName: address(),
      [DOCKER]: { dockerTeam: 'Blue', dockerRole: 'Editor' },
    });
    expect(await places(team.userName)).toEqual({ memberships: ['acme editor scim'], teams: ['Blue'] });
    // An owner's decision in the console stays until the client says another role.
    await scim.database.db
      .updateTable('memberships')
      .set({ role: 'member' })
      .where(
        'user_id',
        '=',
        (
          await scim.database.db
            .selectFrom('users')
            .select('id')
            .where('email', '=', team.userName)
            .executeTakeFirstOrThrow()
        ).id,
      )
      .execute();
    await change(`/Users/${team.id}`, { op: 'replace', path: 'displayName', value: 'T' });
    expect((await places(team.userName)).memberships).toEqual(['acme member scim']);
    await change(`/Users/${team.id}`, { op: 'remove', path: `${DOCKER}:dockerTeam` });
    expect((await places(team.userName)).teams).toEqual(['Everyone']);
    await scim.database.db
      .updateTable('connections')
      .set({ default_team: null })
      .where('id', '=', scim.acme.connectionId)
      .execute();
  });

  it('make owners whose password alone is no proof any more, but for somebody whom the operator let in', async () => {
    const { pool } = scim.database;
    const email = address();
    const { id } = await post('/Users', { userName: email });
    await pool.query('update organizations set second_factor_required = true where id = $1', [
      scim.acme.organizationId,
    ]);
    await pool.query(
      `insert into browser_sessions (id_hash, user_id, created_at, expires_at, proved_at, recovery)
       select decode(md5(email || r::text), 'hex'), id, now(), now() + interval '1 day', now(), r
         from users, unnest(array[true, false]) r where email = $1`,
      [email],
    );
    await change(`/Users/${id}`, { op: 'replace', path: 'dockerRole', value: 'owner' });
    const { rows } = await pool.query(
      `select recovery from browser_sessions b join users u on u.id = b.user_id
        where u.email = $1 and b.proved_at <= to_timestamp(0)`,
      [email],
    );
    expect([(await places(email)).memberships, rows]).toEqual([['acme owner scim'], [{ recovery: false }]]);
    await pool.query('update organizations set second_factor_required = false');
  });

  it.each(['dockerRole', 'dockerOrg', 'dockerTeam'])('%s of blanks says nothing', async (attribute) => {
    const defaultTeam = (team: string | null) =>
      scim.database.db
        .updateTable('connections')
        .set({ default_team: team })
        .where('id', '=', scim.acme.connectionId)
        .execute();
    await defaultTeam('Everyone');
    const { userName } = await post('/Users', { userName: address(), [DOCKER]: { [attribute]: ' \t ' } });
    await defaultTeam(null);
    expect(await places(userName)).toEqual({ memberships: ['acme member scim'], teams: ['Everyone'] });
  });

  it('reach an organization that accepted, never as owner, and end when it withdraws', async () => {
    const userName = address();
    const refused = { userName, [DOCKER]: { dockerOrg: 'globex' } };
    expect((await scim.send(scim.acme, 'POST', '/Users', refused)).body.detail).toContain(
      'organization_not_allowed',
    );
    await accept();
    const owner = { userName, [DOCKER]: { dockerOrg: 'globex', dockerRole: 'owner' } };
    expect((await scim.send(scim.acme, 'POST', '/Users', owner)).status).toBe(400);
    const user = await post('/Users', refused);
    const group = await post('/Groups', { displayName: 'globex:Guests', members: [{ value: user.id }] });
    expect(await places(userName)).toEqual({ memberships: ['globex member scim'], teams: ['Guests'] });
    // Where it happened it is to be seen: whose connection did it has a log of its own.
    expect(await teamEvents(scim.globex.organizationId, 'Guests')).toEqual([
      ['team.create', null],
      ['team.add-member', userName],
    ]);
    const own = await post('/Groups', { displayName: 'acme:Hosts', members: [{ value: user.id }] });
    expect(await places(userName)).toEqual({
      memberships: ['acme member scim', 'globex member scim'],
      teams: ['Guests', 'Hosts'],
    });
    await withdraw();
    expect(
      (await change(`/Users/${user.id}`, { op: 'replace', path: 'displayName', value: 'x' })).status,
    ).toBe(400);
    const inGroup = await change(`/Groups/${group.id}`, { op: 'remove', path: 'members' });
    expect(inGroup).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    // What comes next of the client ends what is not allowed any more.
    expect((await change(`/Groups/${own.id}`, { op: 'remove', path: 'members' })).status).toBe(204);
    expect(await places(userName)).toEqual({ memberships: [], teams: [] });
    expect((await scim.send(scim.acme, 'DELETE', `/Groups/${group.id}`)).status).toBe(204);
  });
});

it('overrides of somebody who is deactivated end, and the audit log says so', async () => {
  const user = await post('/Users', { userName: address() });
  const { db } = scim.database;
  const { organizationId } = scim.acme;
  const wanted = { name: 'Broken glass', description: '', document: {}, reason: '' };
  const policy = await createPolicy(db, OPERATOR, organizationId, wanted);
  const account = sql<string>`(select id from users where lower(email) = lower(${user.userName}))`;
  await sql`
    insert into overrides (organization_id, user_id, policy_id, device_id, setting, value, reason, granted_at, until)
    values (${organizationId}, ${account}, ${policy.id}, ${randomUUID()}, 'memoryMiB', '8192', 'A build', now(), now() + interval '1 hour')`.execute(
    db,
  );
  const end = { op: 'replace', path: 'active', value: false };
  expect((await change(`/Users/${user.id}`, end)).status).toBe(200);
  const { rows } = await sql<{ because: string }>`
    select after ->> 'because' as because from audit_events
     where action = 'override.end' and target_label like ${`%${String(user.userName)}`}`.execute(db);
  expect(rows).toEqual([{ because: 'withdrawn' }]);
});

describe('sessions', () => {
  it.each([
    [
      'deactivated',
      'account_deactivated',
      (id: string) => change(`/Users/${id}`, { op: 'replace', path: 'active', value: false }),
    ],
    ['deleted', 'account_removed', (id: string) => scim.send(scim.acme, 'DELETE', `/Users/${id}`)],
  ] as const)('of somebody who is %s end, and say why', async (_how, reason, end) => {
    const user = await post('/Users', { userName: address() });
    const { db } = scim.database;
    const account = await db
      .selectFrom('users')
      .select(['id', 'sign_in_epoch'])
      .where(sql<boolean>`lower(email) = lower(${user.userName})`)
      .executeTakeFirstOrThrow();
    const at = new Date();
    const expires_at = new Date(at.getTime() + 3_600_000);
    const grant_hash = randomBytes(32);
    const id_hash = randomBytes(32);
    const row = { created_at: at, expires_at };
    await db
      .insertInto('device_sessions')
      .values({
        ...row,
        grant_hash,
        user_id: account.id,
        client_id: 'desktop',
        sealed: Buffer.of(1),
        last_used_at: at,
      })
      .execute();
    await db
      .insertInto('oidc_entities')
      .values({ ...row, model: 'RefreshToken', id_hash, grant_hash, sealed: Buffer.of(1) })
      .execute();
    await db
      .insertInto('browser_sessions')
      .values({ ...row, id_hash, user_id: account.id, proved_at: at })
      .execute();
    await end(user.id);
    expect(
      await db.selectFrom('device_sessions').selectAll().where('grant_hash', '=', grant_hash).execute(),
    ).toEqual([]);
    const ended = await db
      .selectFrom('session_ends')
      .select('reason')
      .where('token_hash', '=', id_hash)
      .execute();
    expect(ended).toEqual([{ reason }]);
    const browsers = db.selectFrom('browser_sessions').select('ended_reason').where('id_hash', '=', id_hash);
    expect(await browsers.execute()).toEqual([{ ended_reason: reason }]);
  });
});

describe('groups', () => {
  it('stand for a team whose name begins after the first colon, whatever colons follow', async () => {
    const { id, userName } = await post('/Users', { userName: address() });
    const group = await post('/Groups', { displayName: 'acme:ops: eu:west', members: [{ value: id }] });
    expect(group.displayName).toBe('acme:ops: eu:west');
    expect((await places(userName)).teams).toEqual(['ops: eu:west']);
  });

  it('hold inactive people, who come back into their teams', async () => {
    const user = await post('/Users', { userName: address(), active: false });
    expect(await places(user.userName)).toEqual({ memberships: [], teams: [] });
    const group = await post('/Groups', { displayName: 'acme:Sleepers', members: [{ value: user.id }] });
    expect(await places(user.userName)).toEqual({ memberships: [], teams: [] });
    await change(`/Users/${user.id}`, { op: 'Replace', path: 'active', value: 'True' });
    expect(await places(user.userName)).toEqual({ memberships: ['acme member scim'], teams: ['Sleepers'] });
    await change(`/Users/${user.id}`, { op: 'Replace', path: 'active', value: 'False' });
    const { body } = await scim.send(scim.acme, 'GET', `/Groups/${group.id}`);
    expect(body.members).toHaveLength(1);
    expect(await places(user.userName)).toEqual({ memberships: [], teams: [] });
  });

  it('are renamed, deleted and made again; people stay, their places follow', async () => {
    const user = await post('/Users', { userName: address() });
    const group = await post('/Groups', { displayName: 'acme:First', members: [{ value: user.id }] });
    const renamed = { op: 'replace', value: { id: group.id, displayName: 'acme:Second' } };
    expect((await change(`/Groups/${group.id}`, renamed)).status).toBe(204);
    expect((await places(user.userName)).teams).toEqual(['Second']);
    expect((await scim.send(scim.acme, 'DELETE', `/Groups/${group.id}`)).status).toBe(204);
    expect(await places(user.userName)).toEqual({ memberships: ['acme member scim'], teams: [] });
    const again = await post('/Groups', { displayName: 'acme:Second', members: [{ value: user.id }] });
    expect(again.id).not.toBe(group.id);
    expect((await places(user.userName)).teams).toEqual(['Second']);
    expect(await teamEvents(scim.acme.organizationId, 'Second')).toEqual([
      ['team.create', null],
      ['team.add-member', user.userName],
      ['team.remove-member', user.userName],
      ['team.add-member', user.userName],
    ]);
    await scim.send(scim.acme, 'DELETE', `/Users/${user.id}`);
    expect((await scim.send(scim.acme, 'GET', `/Groups/${again.id}`)).body.members).toEqual([]);
  });

  it('do not take away a place that somebody gave by hand', async () => {
    const user = await post('/Users', { userName: address() });
    const group = await post('/Groups', { displayName: 'acme:Shared' });
    const { db } = scim.database;
    const team = await db
      .selectFrom('teams')
      .select('id')
      .where('name', '=', 'Shared')
      .executeTakeFirstOrThrow();
    const account = await db
      .selectFrom('users')
      .select('id')
      .where('email', '=', user.userName)
      .executeTakeFirstOrThrow();
    await db
      .insertInto('team_members')
      .values({
        organization_id: scim.acme.organizationId,
        team_id: team.id,
        user_id: account.id,
        origin: 'manual',
      })
      .execute();
    await change(`/Groups/${group.id}`, { op: 'add', path: 'members', value: [{ value: user.id }] });
    await change(`/Groups/${group.id}`, { op: 'remove', path: `members[value eq "${user.id}"]` });
    expect((await places(user.userName)).teams).toEqual(['Shared']);
  });
});

describe('people whom the hub does not know', () => {
  it('get account, membership, sequence and events in one step, and a user name of their own', async () => {
    const local = `twin${serial}`;
    const first = await post('/Users', { userName: `${local}@acme.example`, displayName: 'First' });
    const second = await scim.send(scim.globex, 'POST', '/Users', { userName: `${local}@globex.example` });
    expect(second.status, JSON.stringify(second.body)).toBe(201);
    const { db } = scim.database;
    const accounts = await db
      .selectFrom('users as u')
      .innerJoin('bundle_sequences as b', 'b.user_id', 'u.id')
      .where('u.email', 'like', `${local}@%`)
      .select(['u.username', 'u.name', 'b.seq'])
      .orderBy('u.email')
      .execute();
    expect(accounts).toMatchObject([
      { username: local, name: 'First' },
      { username: expect.stringMatching(new RegExp(`^${local}\\d{4,}$`)), name: local },
    ]);
    expect(accounts.every(({ seq }) => seq > 1_700_000_000_000)).toBe(true);
    const events = await db
      .selectFrom('audit_events')
      .select(['action', 'target_kind', 'after'])
      .where('target_label', '=', first.userName)
      .orderBy('id')
      .execute();
    expect(events).toMatchObject([
      { action: 'scim.user.create', target_kind: 'scim-user', after: { active: true, role: 'member' } },
      { action: 'member.add', target_kind: 'member', after: { role: 'member', origin: 'scim' } },
    ]);
    const read = await scim.send(scim.acme, 'GET', `/Users/${first.id}`);
    expect(read.body).toEqual(first);
  });

  it('are one person in whatever case their name is written, and may have a long one', async () => {
    const loud = await post('/Users', { userName: 'JÖRG@acme.example' });
    const quiet = await scim.send(scim.acme, 'POST', '/Users', { userName: 'jörg@acme.example' });
    expect(quiet).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } });
    expect(quiet.body.detail).toContain(loud.id);
    expect((await lookUp('jörg@ACME.example')).Resources).toMatchObject([{ id: loud.id }]);
    await post('/Groups', { displayName: 'acme:Büro' });
    const group = await scim.send(scim.acme, 'POST', '/Groups', { displayName: 'acme:BÜRO' });
    expect(group).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } });
    const long = `${'x'.repeat(240)}@acme.example`;
    expect((await post('/Users', { userName: long })).userName).toBe(long);
  });

  it('are no members while they are inactive, and leave nothing behind when they are refused', async () => {
    const inactive = await post('/Users', { userName: address(), active: false });
    expect((await places(inactive.userName)).memberships).toEqual([]);
    const refused = await scim.send(scim.acme, 'POST', '/Users', {
      userName: `nobody${serial}@elsewhere.example`,
      [DOCKER]: { dockerTeam: 'Not to be made' },
    });
    expect(refused).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
    const { rows } = await sql`select 1 from users where email like 'nobody%'
      union all select 1 from teams where name = 'Not to be made'`.execute(scim.database.db);
    expect(rows).toEqual([]);
  });
});

describe('the role of whom the client gave none', () => {
  const role = `${DOCKER}:dockerRole`;
  const found = async (filter: string) => {
    const answer = await scim.send(scim.acme, 'GET', `/Users?filter=${encodeURIComponent(filter)}`);
    return answer.body.Resources.map(({ userName }: { userName: string }) => userName);
  };

  it('is member: shown, found and sorted by, and saying so changes nothing', async () => {
    const [plain, placed, editor] = [address(), address(), address()];
    const { id, meta } = await post('/Users', { userName: plain });
    await post('/Users', { userName: placed, [DOCKER]: { dockerTeam: 'Unset' } });
    await post('/Users', { userName: editor, [DOCKER]: { dockerRole: 'Editor' } });
    const shown = (await scim.send(scim.acme, 'GET', `/Users/${id}`)).body;
    expect(shown[DOCKER]).toEqual({ dockerRole: 'member' });
    expect(shown.schemas).toContain(DOCKER);
    const asked = await scim.send(scim.acme, 'GET', `/Users/${id}?attributes=${role}`);
    expect(asked.body[DOCKER]).toEqual({ dockerRole: 'member' });
    const three = [plain, placed, editor].map((each) => `userName eq "${each}"`).join(' or ');
    for (const name of [role, 'dockerRole']) {
      expect(await found(`${name} eq "Member" and (${three})`)).toEqual([plain, placed]);
      expect(await found(`${name} ne "member" and (${three})`)).toEqual([editor]);
      expect(await found(`${name} pr and (${three})`)).toEqual([plain, placed, editor]);
      expect(await found(`not (${name} eq "member") and (${three})`)).toEqual([editor]);
    }
    const sorted = await scim.send(
      scim.acme,
      'GET',
      `/Users?sortBy=${role}&filter=${encodeURIComponent(three)}`,
    );
    expect(sorted.body.Resources[0].userName).toBe(editor);
    const said = await change(`/Users/${id}`, { op: 'replace', path: role, value: 'member' });
    expect([said.status, said.body.meta.version]).toEqual([200, meta.version]);
    // Without its URN the attribute is found as well, and not passed over in silence.
    const raised = await change(`/Users/${id}`, { op: 'replace', path: 'dockerRole', value: 'editor' });
    expect(raised.body[DOCKER]).toEqual({ dockerRole: 'editor' });
    expect((await places(plain)).memberships).toEqual(['acme editor scim']);
    const lowered = await change(`/Users/${id}`, { op: 'remove', path: DOCKER });
    expect(lowered.body[DOCKER]).toEqual({ dockerRole: 'member' });
    expect((await places(plain)).memberships).toEqual(['acme member scim']);
  });

  it('is not said of members that sign-in created: their role is not of SCIM', async () => {
    const email = address();
    await signedIn(email);
    expect((await lookUp(email)).Resources[0]).not.toHaveProperty([DOCKER]);
    expect(await found(`dockerRole eq "member" and userName eq "${email}"`)).toEqual([]);
    expect(await found(`schemas eq "${DOCKER}" and userName eq "${email}"`)).toEqual([]);
  });

  it('is what the schemas of the resource say, which are found as well', async () => {
    const email = address();
    await post('/Users', { userName: email });
    const group = await post('/Groups', { displayName: `acme:Of ${email}` });
    for (const filter of [
      `schemas eq "${DOCKER}"`,
      'schemas eq "urn:ietf:params:scim:schemas:core:2.0:User"',
      'schemas pr',
    ])
      expect(await found(`${filter} and userName eq "${email}"`)).toEqual([email]);
    expect(await found(`schemas co "enterprise" and userName eq "${email}"`)).toEqual([]);
    const groups = async (schema: string) => {
      const filter = `schemas eq "${schema}" and displayName eq "${group.displayName}"`;
      return (await scim.send(scim.acme, 'GET', `/Groups?filter=${encodeURIComponent(filter)}`)).body
        .totalResults;
    };
    expect(await groups('urn:ietf:params:scim:schemas:core:2.0:Group')).toBe(1);
    expect(await groups(DOCKER)).toBe(0);
  });
});

describe('members that sign-in created', () => {
  it('are found and read, and written to only by a connection that adopts', async () => {
    const email = address();
    await signedIn(email);
    const found = await lookUp(email);
    expect(found).toMatchObject({ totalResults: 1, Resources: [{ userName: email, active: true }] });
    const { id } = found.Resources[0];
    const group = await post('/Groups', { displayName: 'acme:Adopted' });
    const add = { op: 'add', path: 'members', value: [{ value: id }] };
    for (const answer of [
      await scim.send(scim.acme, 'POST', '/Users', { userName: email }),
      await change(`/Users/${id}`, { op: 'replace', path: 'active', value: false }),
      await scim.send(scim.acme, 'DELETE', `/Users/${id}`),
      await change(`/Groups/${group.id}`, add),
    ]) {
      expect(answer).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } });
      expect(answer.body.detail).toContain('SCIM adopts');
    }
    expect((await places(email)).memberships).toEqual(['acme editor jit']);
    await adopting(true);
    expect((await change(`/Groups/${group.id}`, add)).status).toBe(204);
    await adopting(false);
    // The same membership, the same role, and now SCIM's to change.
    expect(await places(email)).toEqual({ memberships: ['acme editor scim'], teams: ['Adopted'] });
    await change(`/Groups/${group.id}`, { op: 'remove', path: 'members' });
    expect((await places(email)).memberships).toEqual(['acme editor scim']);
    expect((await change(`/Users/${id}`, { op: 'replace', path: 'active', value: false })).status).toBe(200);
    expect((await places(email)).memberships).toEqual([]);
  });

  it('lose the teams that sign-in gave once they are adopted, and keep those given by hand', async () => {
    const email = address();
    const userId = await signedIn(email);
    const { acme, database } = scim;
    for (const [name, origin] of [
      ['By sign-in', 'jit'],
      ['By hand', 'manual'],
    ] as const) {
      const { id } = await database.db
        .insertInto('teams')
        .values({ organization_id: acme.organizationId, name })
        .returning('id')
        .executeTakeFirstOrThrow();
      await database.db
        .insertInto('team_members')
        .values({
          organization_id: acme.organizationId,
          team_id: id,
          user_id: userId,
          origin,
          connection_id: origin === 'jit' ? acme.connectionId : null,
        })
        .execute();
    }
    expect((await places(email)).teams).toEqual(['By hand', 'By sign-in']);
    const { id } = (await lookUp(email)).Resources[0];
    await adopting(true);
    const created = await scim.send(scim.acme, 'POST', '/Users', { userName: email, displayName: 'Adopted' });
    await adopting(false);
    expect([created.status, created.body.id]).toEqual([201, id]);
    expect(await places(email)).toEqual({ memberships: ['acme editor scim'], teams: ['By hand'] });
    const events = await database.db
      .selectFrom('audit_events')
      .select(['action', 'before', 'after'])
      .where('target_id', '=', userId)
      .where('action', '=', 'scim.user.adopt')
      .execute();
    expect(events).toMatchObject([{ before: { origin: 'jit' }, after: { origin: 'scim' } }]);
  });

  it('are not found any more once they are removed', async () => {
    const email = address();
    const userId = await signedIn(email);
    await scim.database.db.deleteFrom('memberships').where('user_id', '=', userId).execute();
    expect((await lookUp(email)).totalResults).toBe(0);
    await post('/Users', { userName: email });
  });
});

it('shows a member that an owner removed as inactive, and brings them back when the client does', async () => {
  const user = await post('/Users', { userName: address() });
  await scim.database.db
    .deleteFrom('memberships')
    .where('user_id', 'in', (from) =>
      from.selectFrom('users').select('id').where('email', '=', user.userName),
    )
    .execute();
  expect((await scim.send(scim.acme, 'GET', `/Users/${user.id}`)).body.active).toBe(false);
  await change(`/Users/${user.id}`, { op: 'replace', path: 'active', value: true });
  expect((await places(user.userName)).memberships).toEqual(['acme member scim']);
});

it('does not carry an account away by renaming it when its present address is not its own domain', async () => {
  const user = await post('/Users', { userName: address() });
  await scim.database.db
    .updateTable('users')
    .set({ email: 'elsewhere@other.example' })
    .where('email', '=', user.userName)
    .execute();
  const answer = await change(`/Users/${user.id}`, { op: 'replace', path: 'userName', value: address() });
  expect(answer.status).toBe(400);
  await change(`/Users/${user.id}`, { op: 'replace', path: 'displayName', value: 'Hijacked' });
  const account = await scim.database.db
    .selectFrom('users')
    .select('name')
    .where('email', '=', 'elsewhere@other.example')
    .executeTakeFirst();
  expect(account?.name).not.toBe('Hijacked');
});

it('pushes, changes and deletes a group of five thousand', async () => {
  const { db } = scim.database;
  await sql`with made as (
      insert into users (email, username, name)
      select 'crowd' || n || '@acme.example', 'crowd' || n, 'Crowd ' || n from generate_series(1, 5000) n returning id, email)
    insert into scim_users (connection_id, user_id, managed, user_name, active, resource, placement_organization_id, created_at, updated_at)
    select ${scim.acme.connectionId}, id, true, email, true, '{}', ${scim.acme.organizationId}, now(), now() from made`.execute(
    db,
  );
  const { rows } = await sql<{
    id: string;
  }>`select id from scim_users where user_name like 'crowd%' order by id`.execute(db);
  const group = await post('/Groups', {
    displayName: 'acme:Crowd',
    members: rows.map(({ id }) => ({ value: id })),
  });
  const count = async () => {
    const counted = await sql<{ members: number }>`select count(*) as members from team_members tm
      join teams t on t.id = tm.team_id where t.name = 'Crowd'`.execute(db);
    return counted.rows[0]?.members;
  };
  expect(await count()).toBe(5000);
  const half = rows.slice(0, 2500).map(({ id }) => ({ value: id }));
  expect((await change(`/Groups/${group.id}`, { op: 'remove', path: 'members', value: half })).status).toBe(
    204,
  );
  expect(await count()).toBe(2500);
  const shown = await scim.send(scim.acme, 'GET', `/Groups/${group.id}`);
  expect(shown.body.members).toHaveLength(2500);
  expect((await scim.send(scim.acme, 'DELETE', `/Groups/${group.id}`)).status).toBe(204);
  expect(await count()).toBe(0);
});

describe('a change that waits for its turn', () => {
  const LOSSES = [
    ['SCIM was switched off', 403, `update connections set scim_enabled = false where id = $1`],
    ['its token was revoked', 401, `update scim_tokens set revoked_at = now() where connection_id = $1`],
    ['its connection was deleted', 401, `delete from connections where id = $1`],
  ] as const;
  it.each(LOSSES)('is refused, and leaves nothing, when %s meanwhile', async (_what, status, loss) => {
    const { db } = scim.database;
    const { organizationId } = scim.acme;
    const { id: connectionId } = await db
      .insertInto('connections')
      .values({ organization_id: organizationId, name: `lost ${status} ${serial}`, kind: 'saml' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const operator = {
      actor: { kind: 'system' as const, name: 'test' },
      sourceAddress: null,
      at: new Date(),
    };
    const made = await createScimToken(db, operator, { organizationId, connectionId });
    const client = { organizationId, connectionId, token: made?.secret ?? '' };
    const [kept, late] = [address(), address()];
    const user = await scim.send(client, 'POST', '/Users', { userName: kept });
    expect(user.status).toBe(201);
    const owner = await scim.database.pool.connect();
    try {
      await owner.query('begin');
      await owner.query('select 1 from organizations where id = $1 for no key update', [organizationId]);
      const waiting = [
        scim.send(client, 'POST', '/Users', { userName: late }),
        scim.send(
          client,
          'PATCH',
          `/Users/${user.body.id}`,
          patch({ op: 'replace', path: 'active', value: false }),
        ),
        scim.send(client, 'DELETE', `/Users/${user.body.id}`),
        scim.send(client, 'POST', '/Groups', { displayName: `acme:Late ${status} ${serial}` }),
      ];
      await vi.waitFor(async () => expect(await waitingForLocks(scim.database)).toBe(waiting.length), 60_000);
      await owner.query(loss, [connectionId]);
      await owner.query('commit');
      const answers = await Promise.all(waiting);
      expect(answers.map((answer) => answer.status)).toEqual(waiting.map(() => status));
    } finally {
      owner.release();
    }
    expect(await places(kept)).toEqual({ memberships: ['acme member scim'], teams: [] });
    expect(await places(late)).toEqual({ memberships: [], teams: [] });
    const teams = await db.selectFrom('teams').select('name').where('name', 'like', 'Late%').execute();
    expect(teams).toEqual([]);
  });
});

it('ends with what the last change said, when fifty changes of a group cross', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 10; index += 1) ids.push((await post('/Users', { userName: address() })).id);
  const { id } = await post('/Groups', {
    displayName: 'acme:Crossing',
    members: ids.map((value) => ({ value })),
  });
  // Half of the people are only ever added, half only ever removed; each by several clients at once.
  const [stay, go] = [ids.slice(0, 5), ids.slice(5)];
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) => {
      const value = ids[index % 10] ?? '';
      return stay.includes(value)
        ? change(`/Groups/${id}`, { op: 'add', path: 'members', value: [{ value }] })
        : change(`/Groups/${id}`, { op: 'remove', path: `members[value eq "${value}"]` });
    }),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 204));
  const { body } = await scim.send(scim.acme, 'GET', `/Groups/${id}`);
  expect(body.members.map((member: { value: string }) => member.value)).toEqual(stay);
  for (const [whose, expected] of [
    [stay, ['Crossing']],
    [go, []],
  ] as const)
    for (const userId of whose) {
      const user = await scim.send(scim.acme, 'GET', `/Users/${userId}`);
      expect((user.body.groups ?? []).map((group: { value: string }) => group.value)).toEqual(
        expected.length > 0 ? [id] : [],
      );
      expect((await places(user.body.userName)).teams).toEqual(expected);
    }
});

it('takes a group of a thousand by PUT, again and again, and changes nothing the second time', async () => {
  const { rows } = await sql<{
    id: string;
  }>`select id from scim_users where user_name like 'crowd%' order by id limit 1000`.execute(
    scim.database.db,
  );
  const ids = rows.map(({ id }) => id);
  const group = await post('/Groups', { displayName: 'acme:Thousand' });
  const put = (members: readonly string[]) =>
    scim.send(scim.acme, 'PUT', `/Groups/${group.id}`, {
      displayName: 'acme:Thousand',
      members: members.map((value) => ({ value, display: 'whoever' })),
    });
  const first = await put(ids);
  expect([first.status, first.body.members.length]).toEqual([200, 1000]);
  const again = await put(ids);
  expect(again.body.meta).toEqual(first.body.meta);
  const fewer = await put(ids.slice(0, 999));
  expect(fewer.body.members.map((member: { value: string }) => member.value)).toEqual(ids.slice(0, 999));
});
