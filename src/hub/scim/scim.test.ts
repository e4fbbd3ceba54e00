import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ScimAnswer, startTestScim, type TestScim } from './test-scim.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const DOCKER = 'urn:ietf:params:scim:schemas:extension:docker:2.0:User';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

let scim: TestScim;
beforeAll(async () => {
  scim = await startTestScim();
});
afterAll(() => scim.stop());

let serial = 0;
const address = (name = 'user') => {
  serial += 1;
  return `${name}${serial}@acme.example`;
};
const patch = (...Operations: unknown[]) => ({ schemas: [PATCH_OP], Operations });
const createUser = async (body: Record<string, unknown> = {}) => {
  const answer = await scim.send(scim.acme, 'POST', '/Users', {
    schemas: [CORE],
    userName: address(),
    ...body,
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
};
const membership = async (userName: string, organization = 'acme') =>
  scim.database.db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .where('u.email', '=', userName)
    .where('o.name', '=', organization)
    .select(['m.role', 'm.origin', 'u.id'])
    .executeTakeFirst();
const teamsOf = async (userName: string) =>
  (
    await scim.database.db
      .selectFrom('team_members as tm')
      .innerJoin('users as u', 'u.id', 'tm.user_id')
      .innerJoin('teams as t', 't.id', 'tm.team_id')
      .where('u.email', '=', userName)
      .select('t.name')
      .orderBy('t.name')
      .execute()
  ).map((row) => row.name);

describe('what Okta does', () => {
  it('looks up, creates, updates by PUT, deactivates and brings back under the same id', async () => {
    const userName = address('Okta.User');
    const empty = await scim.send(
      scim.acme,
      'GET',
      `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}&startIndex=1&count=100`,
    );
    expect(empty.status).toBe(200);
    expect(empty.body).toMatchObject({ totalResults: 0, itemsPerPage: 0, startIndex: 1, Resources: [] });
    const created = await scim.send(scim.acme, 'POST', '/Users', {
      schemas: [CORE],
      userName,
      name: { givenName: 'Ok', familyName: 'Ta' },
      emails: [{ primary: true, value: userName, type: 'work' }],
      displayName: 'Ok Ta',
      locale: 'en-US',
      externalId: '00u1',
      groups: [],
      password: 'placeholder1!',
      active: true,
    });
    expect(created.status).toBe(201);
    expect(created.headers.location).toBe(created.body.meta.location);
    expect(created.headers['content-type']).toContain('application/scim+json');
    expect(created.body).toMatchObject({
      userName,
      active: true,
      externalId: '00u1',
      name: { givenName: 'Ok' },
    });
    expect(created.body.password).toBeUndefined();
    expect(await membership(userName)).toMatchObject({ role: 'member', origin: 'scim' });
    // The test suite of Okta looks the name up in capitals and expects the stored spelling back.
    const found = await scim.send(
      scim.acme,
      'GET',
      `/Users?filter=${encodeURIComponent(`userName eq "${userName.toUpperCase()}"`)}`,
    );
    expect(found.body.Resources.map((user: { userName: string }) => user.userName)).toEqual([userName]);
    const off = await scim.send(
      scim.acme,
      'PATCH',
      `/Users/${created.body.id}`,
      patch({ op: 'replace', value: { active: false } }),
    );
    expect(off).toMatchObject({ status: 200, body: { active: false } });
    expect(await membership(userName)).toBeUndefined();
    expect((await scim.send(scim.acme, 'GET', `/Users/${created.body.id}`)).body.active).toBe(false);
    const back = await scim.send(scim.acme, 'POST', '/Users', {
      schemas: [CORE],
      userName,
      externalId: '00u1',
    });
    expect(back).toMatchObject({ status: 201, body: { id: created.body.id, active: true } });
    expect(await membership(userName)).toMatchObject({ origin: 'scim' });
    const put = await scim.send(scim.acme, 'PUT', `/Users/${created.body.id}`, {
      ...back.body,
      name: { givenName: 'New' },
      active: false,
    });
    expect(put).toMatchObject({ status: 200, body: { active: false, name: { givenName: 'New' } } });
    expect((await scim.send(scim.acme, 'POST', '/Users', { schemas: [CORE], userName })).body.active).toBe(
      true,
    );
    expect(await scim.send(scim.acme, 'POST', '/Users', { schemas: [CORE], userName })).toMatchObject({
      status: 409,
      body: { status: '409', scimType: 'uniqueness' },
    });
  });

  it('pushes groups with the id inside the value, members added and removed in one request', async () => {
    const [a, b, c] = [await createUser(), await createUser(), await createUser()];
    const made = await scim.send(scim.acme, 'POST', '/Groups', {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
      displayName: 'acme:Platform',
      members: [{ value: a.id, display: a.userName }],
    });
    expect(made.status).toBe(201);
    expect(await teamsOf(a.userName)).toEqual(['Platform']);
    const changed = await scim.send(
      scim.acme,
      'PATCH',
      `/Groups/${made.body.id}`,
      patch(
        { op: 'replace', value: { id: made.body.id, displayName: 'acme:Platform' } },
        { op: 'remove', path: `members[value eq "${a.id}"]` },
        { op: 'add', path: 'members', value: [{ value: b.id }, { value: c.id }, { value: c.id }] },
      ),
    );
    expect(changed.status, JSON.stringify(changed.body)).toBe(204);
    expect(await teamsOf(a.userName)).toEqual([]);
    expect(await teamsOf(b.userName)).toEqual(['Platform']);
    const { body } = await scim.send(scim.acme, 'GET', `/Groups/${made.body.id}`);
    expect(body.members.map((member: { value: string }) => member.value).sort()).toEqual([b.id, c.id].sort());
    const again = await scim.send(
      scim.acme,
      'PATCH',
      `/Groups/${made.body.id}`,
      patch({ op: 'add', path: 'members', value: [{ value: c.id }] }),
    );
    expect(again.status).toBe(204);
    expect((await scim.send(scim.acme, 'GET', `/Groups/${made.body.id}`)).body.meta.version).toBe(
      body.meta.version,
    );
    expect((await scim.send(scim.acme, 'GET', `/Users/${b.id}`)).body.groups).toEqual([
      {
        value: made.body.id,
        $ref: `http://127.0.0.1:9999/scim/v2/Groups/${made.body.id}`,
        display: 'acme:Platform',
        type: 'direct',
      },
    ]);
  });
});

describe('what Entra does', () => {
  it('creates with nulls and unknown schemas, patches with capitals, strings for booleans and filters in paths', async () => {
    const userName = address('entra');
    const { body: user } = await scim.send(scim.acme, 'POST', '/Users', {
      schemas: [CORE, 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
      userName,
      active: true,
      roles: [],
      addresses: null,
      meta: { resourceType: 'User' },
      externalId: 'guid',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User': { department: 'x', manager: null },
    });
    const patched = await scim.send(
      scim.acme,
      'PATCH',
      `/Users/${user.id}`,
      patch(
        { op: 'Add', path: 'emails[type eq "work"].value', value: 'work@acme.example' },
        { op: 'Replace', path: 'displayName', value: 'Entra User' },
        {
          op: 'Add',
          path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber',
          value: '7',
        },
        { op: 'Add', path: `${DOCKER}:dockerRole`, value: 'editor' },
        { op: 'replace', value: { 'name.givenName': 'Given', [`${DOCKER}:dockerTeam`]: 'Blue' } },
      ),
    );
    expect(patched, JSON.stringify(patched.body)).toMatchObject({
      status: 200,
      body: {
        displayName: 'Entra User',
        name: { givenName: 'Given' },
        emails: [{ type: 'work', value: 'work@acme.example' }],
        [DOCKER]: { dockerRole: 'editor', dockerTeam: 'Blue' },
      },
    });
    expect(await membership(userName)).toMatchObject({ role: 'editor' });
    expect(await teamsOf(userName)).toEqual(['Blue']);
    const byMail = await scim.send(
      scim.acme,
      'GET',
      `/Users?filter=${encodeURIComponent('emails[type eq "work"].value eq "WORK@acme.example"')}`,
    );
    expect(byMail.body.Resources.map((one: { id: string }) => one.id)).toEqual([user.id]);
    const off = await scim.send(
      scim.acme,
      'PATCH',
      `/Users/${user.id}`,
      patch({ op: 'Replace', path: 'active', value: 'False' }),
    );
    expect(off.body.active).toBe(false);
    expect(await membership(userName)).toBeUndefined();
    const gone = await scim.send(scim.acme, 'DELETE', `/Users/${user.id}`);
    expect(gone.status).toBe(204);
    expect((await scim.send(scim.acme, 'GET', `/Users/${user.id}`)).status).toBe(404);
    expect((await scim.send(scim.acme, 'POST', '/Users', { schemas: [CORE], userName })).status).toBe(201);
  });

  it('removes a member named in a list, and never the whole group', async () => {
    const [a, b] = [await createUser(), await createUser()];
    const { body: group } = await scim.send(scim.acme, 'POST', '/Groups', {
      displayName: 'acme:Leavers',
      externalId: 'g',
      members: [{ value: a.id }, { value: b.id }],
    });
    await scim.send(
      scim.acme,
      'PATCH',
      `/Groups/${group.id}`,
      patch({ op: 'Remove', path: 'members', value: [{ $ref: null, value: a.id }] }),
    );
    const { body } = await scim.send(scim.acme, 'GET', `/Groups/${group.id}`);
    expect(body.members.map((member: { value: string }) => member.value)).toEqual([b.id]);
    const listed = await scim.send(
      scim.acme,
      'GET',
      `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "ACME:leavers"')}`,
    );
    expect(listed.body.Resources[0]).toMatchObject({ id: group.id });
    expect(listed.body.Resources[0].members).toBeUndefined();
  });
});

describe('refusals', () => {
  it.each([
    ['a filter that ends early', 'GET', '/Users?filter=userName%20eq', undefined, 400, 'invalidFilter'],
    [
      'an unknown attribute in a filter',
      'GET',
      '/Users?filter=shoe%20eq%20%22x%22',
      undefined,
      400,
      'invalidFilter',
    ],
    [
      'NUL in a filter',
      'GET',
      '/Users?filter=userName%20eq%20%22%5Cu0000%22',
      undefined,
      400,
      'invalidFilter',
    ],
    ['a body that is not JSON', 'POST', '/Users', '{"userName":', 400, 'invalidSyntax'],
    ['a body without userName', 'POST', '/Users', { schemas: [CORE] }, 400, 'invalidValue'],
    ['a name that is no address', 'POST', '/Users', { userName: 'nobody' }, 400, 'invalidValue'],
    [
      'a domain that is not verified',
      'POST',
      '/Users',
      { userName: 'a@elsewhere.example' },
      400,
      'invalidValue',
    ],
    [
      "another organization's domain",
      'POST',
      '/Users',
      { userName: 'a@globex.example' },
      400,
      'invalidValue',
    ],
    [
      'an organization that did not accept',
      'POST',
      '/Groups',
      { displayName: 'globex:team' },
      400,
      'invalidValue',
    ],
    ['a group without organization', 'POST', '/Groups', { displayName: 'team' }, 400, 'invalidValue'],
    [
      'a member that does not exist',
      'POST',
      '/Groups',
      { displayName: 'acme:x', members: [{ value: '6f1f6d7e-0000-4000-8000-000000000000' }] },
      400,
      'invalidValue',
    ],
    [
      'an unknown operation',
      'PATCH',
      '/Users/6f1f6d7e-0000-4000-8000-000000000000',
      { Operations: [{ op: 'move' }] },
      400,
      'invalidSyntax',
    ],
    ['bulk', 'POST', '/Bulk', {}, 501, undefined],
    ['me', 'GET', '/Me', undefined, 501, undefined],
    ['nobody', 'GET', '/Users/not-a-uuid', undefined, 404, undefined],
    ['nowhere', 'GET', '/Nowhere', undefined, 404, undefined],
    ['a filter on discovery', 'GET', '/Schemas?filter=x', undefined, 403, undefined],
  ] as const)('%s', async (_name, method, path, body, status, scimType) => {
    const answer = await scim.send(scim.acme, method, path, body);
    expect(answer.status, JSON.stringify(answer.body)).toBe(status);
    expect(answer.body).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
    });
    expect(answer.body.scimType).toBe(scimType);
    expect(answer.headers['content-type']).toContain('application/scim+json');
  });

  it('answers 401 with a challenge to a missing, wrong or foreign token, and shows nothing of another tenant', async () => {
    for (const token of ['', 'nonsense', 'mscim_wrong']) {
      const answer = await scim.send(
        null,
        'GET',
        '/Users',
        undefined,
        token === '' ? {} : { authorization: `Bearer ${token}` },
      );
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Bearer');
    }
    const user = await createUser();
    expect((await scim.send(scim.globex, 'GET', `/Users/${user.id}`)).status).toBe(404);
    expect((await scim.send(scim.globex, 'GET', '/Users')).body.totalResults).toBe(0);
    expect(
      (
        await scim.send(
          scim.globex,
          'PATCH',
          `/Users/${user.id}`,
          patch({ op: 'replace', path: 'active', value: false }),
        )
      ).status,
    ).toBe(404);
    expect((await scim.send(scim.globex, 'DELETE', `/Users/${user.id}`)).status).toBe(404);
    expect((await scim.send(scim.acme, 'GET', `/Users/${user.id}`)).body.active).toBe(true);
  });

  it('applies nothing of a request that is refused half way', async () => {
    const user = await createUser({ displayName: 'Before' });
    const answer = await scim.send(
      scim.acme,
      'PATCH',
      `/Users/${user.id}`,
      patch(
        { op: 'replace', path: 'displayName', value: 'After' },
        { op: 'replace', path: 'id', value: 'x' },
      ),
    );
    expect(answer).toMatchObject({ status: 400, body: { scimType: 'mutability' } });
    expect((await scim.send(scim.acme, 'GET', `/Users/${user.id}`)).body.displayName).toBe('Before');
  });
});

describe('the rest of the protocol', () => {
  it('serves the other base path alike', async () => {
    const { body } = await scim.send(scim.acme, 'GET', '/v2/scim/2.0/ServiceProviderConfig');
    expect(body.meta.location).toBe('http://127.0.0.1:9999/v2/scim/2.0/ServiceProviderConfig');
  });

  it('pages, counts, sorts and cuts', async () => {
    for (const name of ['zoe', 'Ada', 'moe'])
      await createUser({ userName: address(name), displayName: name, externalId: 'sorted' });
    const where = `filter=${encodeURIComponent('externalId eq "sorted"')}`;
    const sorted = await scim.send(
      scim.acme,
      'GET',
      `/Users?${where}&sortBy=displayName&attributes=displayName`,
    );
    expect(sorted.body.Resources.map((user: { displayName: string }) => user.displayName)).toEqual([
      'Ada',
      'moe',
      'zoe',
    ]);
    expect(Object.keys(sorted.body.Resources[0]).sort()).toEqual(['displayName', 'id', 'schemas']);
    const descending = await scim.send(scim.acme, 'POST', '/Users/.search', {
      filter: 'externalId eq "sorted"',
      sortBy: 'displayName',
      sortOrder: 'descending',
      startIndex: 2,
      count: 1,
    });
    expect(descending.body).toMatchObject({
      totalResults: 3,
      itemsPerPage: 1,
      startIndex: 2,
      Resources: [{ displayName: 'moe' }],
    });
    const none = await scim.send(scim.acme, 'GET', `/Users?${where}&count=0&startIndex=-4`);
    expect(none.body).toMatchObject({ totalResults: 3, itemsPerPage: 0, startIndex: 1, Resources: [] });
  });

  it('searches every kind at once, users before groups, in pages that fit together', async () => {
    for (const name of ['all1', 'all2'])
      await createUser({ userName: address(name), externalId: 'everything' });
    const group = { displayName: 'acme:Everything', externalId: 'everything' };
    expect((await scim.send(scim.acme, 'POST', '/Groups', group)).status).toBe(201);
    const search = (more: object) =>
      scim.send(scim.acme, 'POST', '/.search', { filter: 'externalId eq "everything"', ...more });
    const kinds = ({ body }: ScimAnswer) =>
      body.Resources.map((one: { meta: { resourceType: string } }) => one.meta.resourceType);
    const whole = await search({});
    expect(whole.body).toMatchObject({ totalResults: 3, itemsPerPage: 3, startIndex: 1 });
    expect(kinds(whole)).toEqual(['User', 'User', 'Group']);
    expect(kinds(await search({ startIndex: 2, count: 1 }))).toEqual(['User']);
    expect(kinds(await search({ startIndex: 2, count: 2 }))).toEqual(['User', 'Group']);
    expect(kinds(await search({ startIndex: 3, count: 5 }))).toEqual(['Group']);
    expect(kinds(await search({ startIndex: 4 }))).toEqual([]);
    // Only users have a name; groups simply do not match.
    const named = await scim.send(scim.acme, 'POST', '/.search', { filter: 'userName sw "all"' });
    expect(kinds(named)).toEqual(['User', 'User']);
    const nowhere = await scim.send(scim.acme, 'POST', '/.search', { filter: 'shoe eq "1"' });
    expect(nowhere).toMatchObject({ status: 400, body: { scimType: 'invalidFilter' } });
  });

  it('crosses from users into several groups on one page, and gives no more than was asked for', async () => {
    for (const name of ['many1', 'many2']) await createUser({ userName: address(name), externalId: 'many' });
    for (const name of ['A', 'B', 'C']) {
      const group = { displayName: `acme:Many ${name}`, externalId: 'many' };
      expect((await scim.send(scim.acme, 'POST', '/Groups', group)).status).toBe(201);
    }
    const page = async (startIndex: number, count: number) => {
      const search = { filter: 'externalId eq "many"', sortBy: 'displayName', startIndex, count };
      const { body } = await scim.send(scim.acme, 'POST', '/.search', search);
      expect(body).toMatchObject({ totalResults: 5, startIndex, itemsPerPage: body.Resources.length });
      return body.Resources.map((one: { displayName?: string }) => one.displayName ?? 'user');
    };
    expect(await page(1, 3)).toEqual(['user', 'user', 'acme:Many A']);
    expect(await page(2, 3)).toEqual(['user', 'acme:Many A', 'acme:Many B']);
    expect(await page(4, 3)).toEqual(['acme:Many B', 'acme:Many C']);
  });

  it('names the version in the header of every answer that has one', async () => {
    const group = { displayName: 'acme:Tagged', externalId: 'one' };
    for (const [path, body] of [
      ['/Users', { userName: address('tagged'), externalId: 'one' }],
      ['/Groups', group],
    ] as const) {
      const made = await scim.send(scim.acme, 'POST', path, body);
      expect([made.status, made.headers.etag]).toEqual([201, made.body.meta.version]);
      const one = `${path}/${made.body.id}`;
      const changed = await scim.send(
        scim.acme,
        'PATCH',
        one,
        patch({ op: 'replace', path: 'externalId', value: 'two' }),
      );
      const now = await scim.send(scim.acme, 'GET', one);
      expect(changed.headers.etag).toBe(now.body.meta.version);
      expect(changed.headers.etag).not.toBe(made.headers.etag);
      const replaced = await scim.send(scim.acme, 'PUT', one, body);
      expect(replaced.headers.etag).toBe(replaced.body.meta.version);
      expect(replaced.headers.etag).not.toBe(changed.headers.etag);
    }
  });

  it('keeps to entity tags', async () => {
    const user = await createUser();
    const known = await scim.send(scim.acme, 'GET', `/Users/${user.id}`, undefined, {
      'if-none-match': user.meta.version,
    });
    expect(known.status).toBe(304);
    const change = patch({ op: 'replace', path: 'displayName', value: 'x' });
    expect(
      (await scim.send(scim.acme, 'PATCH', `/Users/${user.id}`, change, { 'if-match': user.meta.version }))
        .status,
    ).toBe(200);
    expect(
      (await scim.send(scim.acme, 'PATCH', `/Users/${user.id}`, change, { 'if-match': user.meta.version }))
        .status,
    ).toBe(412);
    expect(
      (
        await scim.send(scim.acme, 'DELETE', `/Users/${user.id}`, undefined, {
          'if-match': user.meta.version,
        })
      ).status,
    ).toBe(412);
  });

  it('serialises creates of one name and patches of one group', async () => {
    const userName = address('race');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => scim.send(scim.acme, 'POST', '/Users', { schemas: [CORE], userName })),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([
      201,
      ...Array.from({ length: 7 }, () => 409),
    ]);
    const users = await Promise.all(Array.from({ length: 6 }, () => createUser()));
    const { body: group } = await scim.send(scim.acme, 'POST', '/Groups', { displayName: 'acme:Race' });
    const patches = await Promise.all(
      users.map((user) =>
        scim.send(
          scim.acme,
          'PATCH',
          `/Groups/${group.id}`,
          patch({ op: 'add', path: 'members', value: [{ value: user.id }] }),
        ),
      ),
    );
    expect(patches.map((answer) => answer.status)).toEqual(users.map(() => 204));
    expect((await scim.send(scim.acme, 'GET', `/Groups/${group.id}`)).body.members).toHaveLength(6);
  });

  it('refuses to take the last owner away', async () => {
    const user = await createUser({ [DOCKER]: { dockerRole: 'owner' } });
    expect(await membership(user.userName)).toMatchObject({ role: 'owner' });
    const off = await scim.send(
      scim.acme,
      'PATCH',
      `/Users/${user.id}`,
      patch({ op: 'replace', path: 'active', value: false }),
    );
    expect(off.status, JSON.stringify(off.body)).toBe(409);
    expect(off.body.detail).toContain('last owner');
    expect(await membership(user.userName)).toMatchObject({ role: 'owner' });
  });

  it('leaves members alone whom it did not provision', async () => {
    const email = address('manual');
    const { id } = await scim.database.db
      .insertInto('users')
      .values({ email, username: email.replace('@', '.'), name: 'By Hand', password_hash: 'x' })
      .returning('id')
      .executeTakeFirstOrThrow();
    await scim.database.db
      .insertInto('memberships')
      .values({ organization_id: scim.acme.organizationId, user_id: id, role: 'editor', origin: 'manual' })
      .execute();
    expect(
      (await scim.send(scim.acme, 'GET', `/Users?filter=${encodeURIComponent(`userName eq "${email}"`)}`))
        .body.totalResults,
    ).toBe(0);
    expect(await scim.send(scim.acme, 'POST', '/Users', { userName: email })).toMatchObject({
      status: 409,
      body: { scimType: 'uniqueness' },
    });
    expect(await membership(email)).toMatchObject({ role: 'editor', origin: 'manual' });
  });

  it('takes the credentials of an account that it links', async () => {
    const email = address('linked');
    await scim.database.db
      .insertInto('users')
      .values({ email, username: email.replace('@', '.'), name: 'Linked', password_hash: 'secret' })
      .execute();
    expect((await scim.send(scim.acme, 'POST', '/Users', { userName: email })).status).toBe(201);
    expect(
      await scim.database.db
        .selectFrom('users')
        .select('password_hash')
        .where('email', '=', email)
        .executeTakeFirst(),
    ).toEqual({ password_hash: null });
  });
});
