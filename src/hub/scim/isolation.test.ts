import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { waitingForLocks } from '../database/test-database.ts';
import { updateScimSettings } from './settings.ts';
import { startTestScim, type TestScim, type TestTenant } from './test-scim.ts';
import { createScimToken, revokeScimTokens } from './tokens.ts';

/* What a connection must not reach: other organizations, other connections, what came another way. */

const DOCKER = 'urn:ietf:params:scim:schemas:extension:docker:2.0:User';
const OPERATOR = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };
let scim: TestScim;
let email = '';
let serial = 0;
beforeAll(async () => {
  scim = await startTestScim();
});
beforeEach(() => {
  serial += 1;
  email = `kept${serial}@acme.example`;
});
afterAll(() => scim.stop());

const send = (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) =>
  scim.send(scim.acme, method, path, body);
const post = async (path: '/Users' | '/Groups', body: object, tenant: TestTenant = scim.acme) => {
  const answer = await scim.send(tenant, 'POST', path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
};
const patch = (...Operations: unknown[]) => ({ Operations });
const set = (path: string, value: unknown) => patch({ op: 'replace', path, value });
const domain = (name: string, verified: boolean) =>
  scim.database.db
    .insertInto('domains')
    .values({
      ...{ organization_id: scim.acme.organizationId, name, challenge: 'x' },
      verified_at: verified ? new Date() : null,
    })
    .execute();
const account = async (address: string) =>
  (
    await scim.database.db
      .insertInto('users')
      .values({ email: address, username: address.replace('@', '.'), name: 'Their own' })
      .returning('id')
      .executeTakeFirstOrThrow()
  ).id;
const userOf = (address: string) =>
  scim.database.db.selectFrom('users').selectAll().where('email', '=', address).executeTakeFirstOrThrow();
const join = async (userId: string, organizationId: string, values: object = {}) =>
  scim.database.db
    .insertInto('memberships')
    .values({ organization_id: organizationId, user_id: userId, role: 'member', origin: 'manual', ...values })
    .execute();
const memberships = async (address: string) =>
  (
    await scim.database.db
      .selectFrom('memberships as m')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .innerJoin('organizations as o', 'o.id', 'm.organization_id')
      .where('u.email', '=', address)
      .select(['o.name', 'm.role', 'm.origin'])
      .orderBy('o.name')
      .execute()
  ).map(({ name, role, origin }) => `${name} ${role} ${origin}`);
const teams = async (address: string) =>
  (
    await scim.database.db
      .selectFrom('team_members as tm')
      .innerJoin('users as u', 'u.id', 'tm.user_id')
      .innerJoin('teams as t', 't.id', 'tm.team_id')
      .where('u.email', '=', address)
      .select(['t.name', 'tm.origin'])
      .orderBy('t.name')
      .execute()
  ).map(({ name, origin }) => `${name} ${origin}`);
const acceptance = (connectionId: string, organizationId: string) => ({
  begin: () =>
    scim.database.db
      .insertInto('connection_organizations')
      .values({ connection_id: connectionId, organization_id: organizationId })
      .execute(),
  end: () =>
    scim.database.db
      .deleteFrom('connection_organizations')
      .where('connection_id', '=', connectionId)
      .where('organization_id', '=', organizationId)
      .execute(),
});

describe('a domain', () => {
  it('that is only claimed gives nobody, whether they have an account or not', async () => {
    await domain('claimed.example', false);
    await account('present@claimed.example');
    const { id } = await post('/Users', { userName: email });
    for (const [method, path, body] of [
      ['POST', '/Users', { userName: 'present@claimed.example' }],
      ['POST', '/Users', { userName: 'absent@claimed.example' }],
      ['PATCH', `/Users/${id}`, set('userName', 'renamed@claimed.example')],
      ['PUT', `/Users/${id}`, { userName: 'renamed@claimed.example' }],
    ] as const) {
      const answer = await send(method, path, body);
      expect([answer.status, answer.body.scimType]).toEqual([400, 'invalidValue']);
      expect(answer.body.detail).toContain('"claimed.example" is not verified for acme');
    }
    expect(await memberships('present@claimed.example')).toEqual([]);
    expect((await userOf('present@claimed.example')).name).toBe('Their own');
  });

  it('that the connection does not serve gives nobody and takes nobody’s name, though it is verified', async () => {
    await domain('other.example', true);
    const here = await post('/Users', { userName: email });
    const there = await post('/Users', { userName: 'there@other.example', displayName: 'Theirs' });
    await account('boss@other.example');
    const limited = (domains: readonly string[]) =>
      scim.database.db
        .updateTable('connections')
        .set({ domain_names: [...domains] })
        .where('id', '=', scim.acme.connectionId)
        .execute();
    await limited(['acme.example']);
    for (const [method, path, body] of [
      ['POST', '/Users', { userName: 'boss@other.example', [DOCKER]: { dockerRole: 'owner' } }],
      ['POST', '/Users', { userName: 'absent@Other.Example' }],
      ['PATCH', `/Users/${here.id}`, set('userName', 'moved@other.example')],
      ['PATCH', `/Users/${there.id}`, set('userName', `moved${serial}@acme.example`)],
    ] as const) {
      const answer = await send(method, path, body);
      expect([answer.status, answer.body.scimType]).toEqual([400, 'invalidValue']);
      expect(answer.body.detail).toContain(
        'does not serve the domain "other.example"; it serves acme.example',
      );
    }
    expect((await send('PATCH', `/Users/${there.id}`, set('displayName', 'Mine'))).status).toBe(200);
    expect((await userOf('there@other.example')).name).toBe('Theirs');
    expect(await memberships('boss@other.example')).toEqual([]);
    // Whom it has it may still let go.
    expect((await send('PATCH', `/Users/${there.id}`, set('active', false))).status).toBe(200);
    expect(await memberships('there@other.example')).toEqual([]);
    await post('/Users', { userName: `second${serial}@ACME.example` });
    await limited([]);
    await post('/Users', { userName: 'boss@other.example' });
  });

  it('that was lost leaves the account’s name to whoever has it now', async () => {
    await domain('lost.example', true);
    const { id } = await post('/Users', { userName: 'theirs@lost.example', displayName: 'First' });
    const renamed = async (name: string) => {
      expect((await send('PATCH', `/Users/${id}`, set('displayName', name))).body.displayName).toBe(name);
      return (await userOf('theirs@lost.example')).name;
    };
    expect(await renamed('Second')).toBe('Second');
    const change = scim.database.db.updateTable('domains').where('name', '=', 'lost.example');
    await change.set({ verified_at: null }).execute();
    expect(await renamed('Third')).toBe('Second');
    await change.set({ verified_at: new Date(), organization_id: scim.globex.organizationId }).execute();
    expect(await renamed('Fourth')).toBe('Second');
  });
});

describe('another organization', () => {
  it('has groups that cannot be read, written or filled with strangers', async () => {
    const [mine, theirs] = [
      await post('/Users', { userName: email }),
      await post('/Users', { userName: `kept${serial}@globex.example` }, scim.globex),
    ];
    const group = await post(
      '/Groups',
      { displayName: 'globex:Secret', members: [{ value: theirs.id }] },
      scim.globex,
    );
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { displayName: 'acme:Taken', members: [{ value: mine.id }] }],
      ['PATCH', patch({ op: 'add', path: 'members', value: [{ value: mine.id }] })],
      ['DELETE', undefined],
    ] as const) {
      const answer = await send(method, `/Groups/${group.id}`, body);
      expect([method, answer.status]).toEqual([method, 404]);
      expect(JSON.stringify(answer.body)).not.toContain('Secret');
    }
    const own = await post('/Groups', { displayName: `acme:Own ${serial}`, members: [{ value: mine.id }] });
    for (const [method, path, body] of [
      ['POST', '/Groups', { displayName: `acme:New ${serial}`, members: [{ value: theirs.id }] }],
      ['PUT', `/Groups/${own.id}`, { displayName: own.displayName, members: [{ value: theirs.id }] }],
      ['PATCH', `/Groups/${own.id}`, patch({ op: 'add', path: 'members', value: [{ value: theirs.id }] })],
    ] as const) {
      const answer = await send(method, path, body);
      expect([method, answer.status, answer.body.scimType]).toEqual([method, 400, 'invalidValue']);
    }
    const shown = (answer: { body: { members: { value: string }[] } }) =>
      answer.body.members.map(({ value }) => value);
    expect(shown(await send('GET', `/Groups/${own.id}`))).toEqual([mine.id]);
    expect(shown(await scim.send(scim.globex, 'GET', `/Groups/${group.id}`))).toEqual([theirs.id]);
  });

  it('is not open because it accepted another connection, and is closed again when it withdraws', async () => {
    const { organizationId, connectionId } = scim.acme;
    const { id: other } = await scim.database.db
      .insertInto('connections')
      .values({ organization_id: organizationId, name: 'the accepted one', kind: 'oidc' })
      .returning('id')
      .executeTakeFirstOrThrow();
    await acceptance(other, scim.globex.organizationId).begin();
    const wanted = { userName: email, [DOCKER]: { dockerOrg: 'globex' } };
    for (const [path, body] of [
      ['/Users', wanted],
      ['/Groups', { displayName: 'globex:Mine' }],
    ] as const) {
      const answer = await send('POST', path, body);
      expect([answer.status, answer.body.scimType]).toEqual([400, 'invalidValue']);
      expect(answer.body.detail).toContain('organization_not_allowed');
    }
    const accepted = acceptance(connectionId, scim.globex.organizationId);
    await accepted.begin();
    const { id } = await post('/Users', wanted);
    const group = await post('/Groups', { displayName: 'globex:Mine' });
    await accepted.end();
    for (const [method, body] of [
      ['PUT', { displayName: 'globex:Mine', members: [{ value: id }] }],
      ['PATCH', patch({ op: 'add', path: 'members', value: [{ value: id }] })],
    ] as const)
      expect([method, (await send(method, `/Groups/${group.id}`, body)).status]).toEqual([method, 400]);
    expect((await send('PATCH', `/Users/${id}`, set('displayName', 'Anew'))).status).toBe(400);
    // Leaving is always possible.
    expect((await send('PATCH', `/Users/${id}`, set('active', false))).status).toBe(200);
    expect(await memberships(email)).toEqual([]);
  });

  it('is taken before anything in it is changed', async () => {
    const accepted = acceptance(scim.acme.connectionId, scim.globex.organizationId);
    await accepted.begin();
    const holder = await scim.database.pool.connect();
    try {
      await holder.query('begin');
      await holder.query('select 1 from organizations where id = $1 for no key update', [
        scim.globex.organizationId,
      ]);
      const creation = post('/Users', { userName: email, [DOCKER]: { dockerOrg: 'globex' } });
      await vi.waitFor(async () => expect(await waitingForLocks(scim.database)).toBe(1), 60_000);
      await holder.query('delete from connection_organizations where organization_id = $1', [
        scim.globex.organizationId,
      ]);
      await holder.query('commit');
      // It withdrew while the change waited: the change finds it closed.
      await expect(creation).rejects.toThrow('organization_not_allowed');
    } finally {
      holder.release();
    }
    expect(await memberships(email)).toEqual([]);
  });
});

describe('what came another way', () => {
  it('stays: memberships elsewhere, their role, and places by hand in the same team', async () => {
    const accepted = acceptance(scim.acme.connectionId, scim.globex.organizationId);
    await accepted.begin();
    const userId = await account(email);
    await join(userId, scim.globex.organizationId, { role: 'owner' });
    const placed = { userName: email, [DOCKER]: { dockerOrg: 'globex', dockerRole: 'editor' } };
    const { id } = await post('/Users', placed);
    expect(await memberships(email)).toEqual(['globex owner manual']);
    const role = `${DOCKER}:dockerRole`;
    expect((await send('PATCH', `/Users/${id}`, set(role, 'member'))).status).toBe(200);
    expect(await memberships(email)).toEqual(['globex owner manual']);
    const team = await scim.database.db
      .insertInto('teams')
      .values({ organization_id: scim.globex.organizationId, name: `Hand ${serial}`, created_at: new Date() })
      .returning('id')
      .executeTakeFirstOrThrow();
    await scim.database.db
      .insertInto('team_members')
      .values({
        ...{
          organization_id: scim.globex.organizationId,
          team_id: team.id,
          user_id: userId,
          origin: 'manual',
        },
        added_at: new Date(),
      })
      .execute();
    const group = await post('/Groups', { displayName: `globex:Hand ${serial}`, members: [{ value: id }] });
    expect((await send('DELETE', `/Groups/${group.id}`)).status).toBe(204);
    expect(await teams(email)).toEqual([`Hand ${serial} manual`]);
    expect((await send('DELETE', `/Users/${id}`)).status).toBe(204);
    expect(await memberships(email)).toEqual(['globex owner manual']);
    await accepted.end();
  });

  it('by signing in elsewhere is not adopted with what came by signing in here', async () => {
    const { db } = scim.database;
    const userId = await account(email);
    await join(userId, scim.acme.organizationId, { origin: 'jit', connection_id: scim.acme.connectionId });
    await join(userId, scim.globex.organizationId, {
      origin: 'jit',
      connection_id: scim.globex.connectionId,
    });
    const adopts = (on: boolean) =>
      db
        .updateTable('connections')
        .set({ scim_adopts_jit: on })
        .where('id', '=', scim.acme.connectionId)
        .execute();
    await adopts(true);
    await post('/Users', { userName: email });
    await adopts(false);
    expect(await memberships(email)).toEqual(['acme member scim', 'globex member jit']);
  });

  it('has the address already: a rename to it is a conflict and changes nothing', async () => {
    await account(`taken${serial}@acme.example`);
    const { id } = await post('/Users', { userName: email });
    const answer = await send('PATCH', `/Users/${id}`, set('userName', `taken${serial}@acme.example`));
    expect([answer.status, answer.body.scimType]).toEqual([409, 'uniqueness']);
    expect((await send('GET', `/Users/${id}`)).body.userName).toBe(email);
  });

  it('decides about the connection itself: a new default team moves nobody who was not changed', async () => {
    const { id } = await post('/Users', { userName: email });
    const defaultTeam = (name: string | null) =>
      scim.database.db
        .updateTable('connections')
        .set({ default_team: name })
        .where('id', '=', scim.acme.connectionId)
        .execute();
    await defaultTeam('Later');
    expect((await send('PATCH', `/Users/${id}`, set('displayName', 'Anew'))).status).toBe(200);
    // Nor what clients send back as they read it, with the role that they never set.
    const read = (await send('GET', `/Users/${id}`)).body;
    expect((await send('PUT', `/Users/${id}`, { ...read, displayName: 'Sent back' })).status).toBe(200);
    expect(await teams(email)).toEqual([]);
    await defaultTeam(null);
  });
});

describe('somebody with an account', () => {
  it('whose connections were deleted is taken over in this organization, and stays what they are in the other', async () => {
    const { db } = scim.database;
    const userId = await account(email);
    for (const { organizationId } of [scim.acme, scim.globex]) {
      await join(userId, organizationId, { origin: 'scim' });
      const { id: team_id } = await db
        .insertInto('teams')
        .values({ organization_id: organizationId, name: `Left ${serial}` })
        .returning('id')
        .executeTakeFirstOrThrow();
      await db
        .insertInto('team_members')
        .values({ organization_id: organizationId, team_id, user_id: userId, origin: 'scim' })
        .execute();
    }
    const teams = async () =>
      (
        await db
          .selectFrom('team_members')
          .select('organization_id')
          .where('user_id', '=', userId)
          .orderBy('organization_id')
          .execute()
      ).map((row) => row.organization_id);
    const { id } = await post('/Users', { userName: email });
    expect(await memberships(email)).toEqual(['acme member scim', 'globex member scim']);
    // The team that no connection names any more goes with the taking over, but only here.
    expect(await teams()).toEqual([scim.globex.organizationId]);
    expect((await send('PATCH', `/Users/${id}`, set('active', false))).status).toBe(200);
    expect(await memberships(email)).toEqual(['globex member scim']);
  });

  it('by hand elsewhere is no reason to refuse them here', async () => {
    await join(await account(email), scim.globex.organizationId);
    await post('/Users', { userName: email });
    expect(await memberships(email)).toEqual(['acme member scim', 'globex member manual']);
  });

  it('gets the name that the client gives, in whatever case the domain is written', async () => {
    const [kept, sent] = ['@Acme.EXAMPLE', '@ACME.Example'].map((at) => email.replace('@acme.example', at));
    await account(kept ?? '');
    await post('/Users', { userName: sent, name: { formatted: 'Given Name' } });
    expect((await userOf(kept ?? '')).name).toBe('Given Name');
    expect(await memberships(kept ?? '')).toEqual(['acme member scim']);
  });

  it('keeps their own name while their address is in a domain that is not this organization’s', async () => {
    await domain(`claimed${serial}.example`, false);
    const { id } = await post('/Users', { userName: email, name: { formatted: 'First' } });
    const { id: userId } = await userOf(email);
    for (const elsewhere of ['globex.example', `claimed${serial}.example`, 'nobodys.example']) {
      const address = `moved${serial}@${elsewhere}`;
      await scim.database.db.updateTable('users').set({ email: address }).where('id', '=', userId).execute();
      const answer = await send('PATCH', `/Users/${id}`, set('name.formatted', `For ${elsewhere}`));
      expect(answer.status).toBe(200);
      expect((await userOf(address)).name).toBe('First');
    }
  });
});

it('does not take the role of the last owner either', async () => {
  const owned = { userName: email, [DOCKER]: { dockerRole: 'owner' } };
  const { id } = await post('/Users', owned);
  for (const [method, body] of [
    ['PATCH', set(`${DOCKER}:dockerRole`, 'member')],
    ['PUT', { userName: email }],
  ] as const) {
    const answer = await send(method, `/Users/${id}`, body);
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining('last owner')]);
  }
  expect(await memberships(email)).toEqual(['acme owner scim']);
  const second = await account(`second${serial}@acme.example`);
  await join(second, scim.acme.organizationId, { role: 'owner' });
  const disable = (disabled_at: Date | null) =>
    scim.database.db.updateTable('users').set({ disabled_at }).where('id', '=', second).execute();
  // Who may not sign in cannot manage it.
  await disable(new Date());
  for (const said of [set(`${DOCKER}:dockerRole`, 'member'), set('active', false)])
    expect((await send('PATCH', `/Users/${id}`, said)).status).toBe(409);
  expect((await send('DELETE', `/Users/${id}`)).status).toBe(409);
  await disable(null);
  expect((await send('PATCH', `/Users/${id}`, set(`${DOCKER}:dockerRole`, 'member'))).status).toBe(200);
});

describe('versions', () => {
  it('are named by a star or a list, and count nothing that changes nothing', async () => {
    const { id, meta } = await post('/Users', { userName: email, displayName: 'Once' });
    const write = (ifMatch: string, name: string) =>
      scim.send(scim.acme, 'PATCH', `/Users/${id}`, set('displayName', name), { 'if-match': ifMatch });
    expect((await write('*', 'Once')).body.meta.version).toBe(meta.version);
    expect((await write(`W/"41", ${meta.version}`, 'Once')).headers.etag).toBe(meta.version);
    const written = await scim.database.db
      .selectFrom('audit_events')
      .select('action')
      .where('target_id', '=', id)
      .execute();
    expect(written.map(({ action }) => action)).toEqual(['scim.user.create']);
    expect((await write('W/"41", W/"42"', 'Twice')).status).toBe(412);
    expect((await write('*', 'Twice')).body.meta.version).not.toBe(meta.version);
  });

  it.each<readonly [what: string, method: 'PATCH' | 'PUT' | 'DELETE', body: () => unknown]>([
    ['new name, by PATCH', 'PATCH', () => set('userName', `n.${email}`)],
    ['new name, by PUT', 'PUT', () => ({ userName: `n.${email}` })],
    ['end', 'DELETE', () => undefined],
  ])('of a group change, and its time, with one of its people’s %s', async (_what, method, body) => {
    const { id } = await post('/Users', { userName: email });
    const group = await post('/Groups', { displayName: `acme:V ${serial}`, members: [{ value: id }] });
    await vi.waitUntil(() => Date.now() > Date.parse(group.meta.lastModified), { timeout: 20_000 });
    expect((await send(method, `/Users/${id}`, body())).status).toBe(method === 'DELETE' ? 204 : 200);
    const after = await send('GET', `/Groups/${group.id}`);
    expect(after.body.members.map(({ display }: { display: string }) => display)).toEqual(
      method === 'DELETE' ? [] : [`n.${email}`],
    );
    expect(after.headers.etag).toBe(after.body.meta.version);
    expect(after.body.meta.version).not.toBe(group.meta.version);
    expect(after.body.meta.lastModified > group.meta.lastModified).toBe(true);
  });
});

it('takes what a database reads as a pattern for what it is', async () => {
  const names = ['100%', 'a_b', 'back\\slash', "O'Hara; --", 'plain'];
  for (const [index, displayName] of names.entries())
    await post('/Users', { userName: `${index}${email}`, displayName });
  const found = async (filter: string) => {
    const all = `${filter} and userName ew "${email}"`;
    const answer = await send('GET', `/Users?filter=${encodeURIComponent(all)}`);
    return answer.body.Resources.map((each: { displayName: string }) => each.displayName);
  };
  expect(await found('displayName co "%"')).toEqual(['100%']);
  expect(await found('displayName ew "%"')).toEqual(['100%']);
  expect(await found('displayName sw "%"')).toEqual([]);
  expect(await found('displayName co "_"')).toEqual(['a_b']);
  expect(await found('displayName sw "_"')).toEqual([]);
  expect(await found('displayName sw "a_b"')).toEqual(['a_b']);
  expect(await found('displayName sw "p_a"')).toEqual([]);
  expect(await found(String.raw`displayName co "\\"`)).toEqual(['back\\slash']);
  expect(await found('displayName eq "o\'hara; --"')).toEqual(["O'Hara; --"]);
});

it('finds people by their own groups, and groups by their own people', async () => {
  const [inside, outside] = [
    await post('/Users', { userName: email }),
    await post('/Users', { userName: `not${email}` }),
  ];
  const group = await post('/Groups', { displayName: `acme:Own ${email}`, members: [{ value: inside.id }] });
  const empty = await post('/Groups', { displayName: `acme:Empty ${email}` });
  const found = async (path: '/Users' | '/Groups', filter: string) =>
    (await send('GET', `${path}?filter=${encodeURIComponent(filter)}`)).body.Resources.map(
      (each: { id: string }) => each.id,
    );
  expect(await found('/Users', `groups.value eq "${group.id}"`)).toEqual([inside.id]);
  expect(await found('/Users', `groups[display eq "acme:own ${email}"]`)).toEqual([inside.id]);
  expect(await found('/Users', `userName ew "${email}" and not (groups pr)`)).toEqual([outside.id]);
  expect(await found('/Groups', `members.value eq "${inside.id}"`)).toEqual([group.id]);
  expect(await found('/Groups', `members[display eq "${email.toUpperCase()}"]`)).toEqual([group.id]);
  expect(await found('/Groups', `displayName ew "${email}" and not (members pr)`)).toEqual([empty.id]);
});

describe('a token', () => {
  it('is a bearer token in any spelling of the word, and nothing else', async () => {
    const { token } = scim.acme;
    for (const [authorization, status] of [
      [`bEaReR ${token}`, 200],
      [`Basic ${token}`, 401],
      [`Basic ${Buffer.from(`${token}:`).toString('base64')}`, 401],
      [token, 401],
      [`Bearer ${token.slice(0, -1)}`, 401],
      [`Bearer ${token} more`, 401],
    ] as const) {
      const answer = await scim.send(null, 'GET', '/Users?count=0', undefined, { authorization });
      expect([authorization.split(' ')[0], answer.status]).toEqual([authorization.split(' ')[0], status]);
    }
  });

  it('and the switch are changed only when no request is under way', async () => {
    const { db, pool } = scim.database;
    const { organizationId } = scim.acme;
    const { id: connectionId } = await db
      .insertInto('connections')
      .values({ organization_id: organizationId, name: 'waits', kind: 'oidc' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const where = { organizationId, connectionId };
    const changes = [
      () => createScimToken(db, OPERATOR, where),
      () => updateScimSettings(db, OPERATOR, where, { adoptsSignInMembers: true }),
      () => revokeScimTokens(db, OPERATOR, where),
    ];
    for (const change of changes) {
      const request = await pool.connect();
      try {
        await request.query('begin');
        await request.query('select 1 from organizations where id = $1 for no key update', [organizationId]);
        const waiting = change();
        await vi.waitFor(async () => expect(await waitingForLocks(scim.database)).toBe(1), 60_000);
        await request.query('commit');
        await waiting;
      } finally {
        request.release();
      }
    }
  });
});
