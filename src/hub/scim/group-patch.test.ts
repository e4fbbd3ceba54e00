import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startTestScim, type TestScim } from './test-scim.ts';

/* Who is in a group after each form of PATCH, and what of people and groups follows or stays. */

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

let scim: TestScim;
const ids = new Map<string, string>();
let groupId: string;
beforeAll(async () => {
  scim = await startTestScim();
  for (const name of ['ann', 'ben', 'cid', 'dan'])
    ids.set(
      name,
      (await scim.send(scim.acme, 'POST', '/Users', { userName: `${name}@acme.example` })).body.id,
    );
  const group = {
    displayName: 'acme:Forms',
    members: ['ann', 'ben', 'cid'].map((name) => ({ value: at(name) })),
  };
  groupId = (await scim.send(scim.acme, 'POST', '/Groups', group)).body.id;
});
afterAll(() => scim.stop());

const at = (name: string) => ids.get(name) ?? '';
const names = async () => {
  const { body } = await scim.send(scim.acme, 'GET', `/Groups/${groupId}`);
  return body.members.map(({ display }: { display: string }) => display.split('@')[0]).join(' ');
};
const teams = async () =>
  (
    await scim.database.db
      .selectFrom('team_members as tm')
      .innerJoin('users as u', 'u.id', 'tm.user_id')
      .innerJoin('teams as t', 't.id', 'tm.team_id')
      .select(['u.email', 't.name'])
      .where('t.organization_id', '=', scim.acme.organizationId)
      .orderBy('u.email')
      .execute()
  ).map(({ email, name }) => `${email.split('@')[0]} ${name}`);
const named = (text: string) => text.replaceAll(/\{(\w+)\}/g, (_all, name: string) => at(name));
const patch = (...operations: unknown[]) =>
  scim.send(
    scim.acme,
    'PATCH',
    `/Groups/${groupId}`,
    JSON.parse(named(JSON.stringify({ Operations: operations }))),
  );
const reset = () =>
  patch({
    op: 'replace',
    path: 'members',
    value: [{ value: '{ann}' }, { value: '{ben}' }, { value: '{cid}' }],
  });

describe('ann, ben and cid are in it', () => {
  it.each<readonly [operations: readonly object[], left: string]>([
    [[{ op: 'add', path: 'members', value: [{ value: '{dan}' }] }], 'ann ben cid dan'],
    [[{ op: 'Add', path: 'Members', value: { value: '{dan}' } }], 'ann ben cid dan'],
    [[{ op: 'add', path: 'members', value: ['{dan}'] }], 'ann ben cid dan'],
    [[{ op: 'add', path: 'members', value: '{dan}' }], 'ann ben cid dan'],
    [[{ op: 'add', path: `${GROUP}:members`, value: [{ value: '{dan}' }] }], 'ann ben cid dan'],
    [[{ op: 'add', value: { members: [{ value: '{dan}' }] } }], 'ann ben cid dan'],
    [[{ op: 'add', value: { MEMBERS: [{ value: '{dan}' }], externalId: 'x' } }], 'ann ben cid dan'],
    [[{ op: 'add', value: { [`${GROUP}:Members`]: [{ value: '{dan}' }] } }], 'ann ben cid dan'],
    [[{ op: 'add', path: 'members', value: [{ value: '{ann}' }] }], 'ann ben cid'],
    [[{ op: 'add', path: 'members', value: [] }], 'ann ben cid'],
    [[{ op: 'replace', path: 'members', value: [{ value: '{dan}' }] }], 'dan'],
    [[{ op: 'replace', value: { members: [{ value: '{dan}' }, { value: '{ann}' }] } }], 'ann dan'],
    [[{ op: 'replace', path: 'members', value: [] }], ''],
    [[{ op: 'remove', path: 'members' }], ''],
    [[{ op: 'remove', path: 'members', value: null }], ''],
    [[{ op: 'remove', path: 'members', value: [] }], 'ann ben cid'],
    [[{ op: 'Remove', path: 'members', value: [{ $ref: null, value: '{ann}' }] }], 'ben cid'],
    [[{ op: 'remove', path: 'members', value: [{ value: '{ann}' }, { value: '{dan}' }] }], 'ben cid'],
    [[{ op: 'remove', path: 'members', value: [{ value: 'no id' }] }], 'ann ben cid'],
    [[{ op: 'remove', path: 'members[value eq "{ann}"]' }], 'ben cid'],
    [[{ op: 'remove', path: 'members[VALUE EQ "{dan}"]' }], 'ann ben cid'],
    [[{ op: 'remove', path: 'members[value eq "no id"]' }], 'ann ben cid'],
    [[{ op: 'remove', path: 'members[value eq null]' }], 'ann ben cid'],
    [[{ op: 'remove', path: 'members[value ne "{ann}"]' }], 'ann'],
    [[{ op: 'remove', path: 'members[not (value eq "{ann}")]' }], 'ann'],
    [[{ op: 'remove', path: 'members[value eq "{ann}" or value eq "{cid}"]' }], 'ben'],
    [[{ op: 'remove', path: 'members[value eq "{ann}" and value eq "{cid}"]' }], 'ann ben cid'],
    [[{ op: 'remove', path: 'members[display eq "BEN@acme.example"]' }], 'ann cid'],
    [[{ op: 'remove', path: 'members[display sw "a" and type eq "User"]' }], 'ben cid'],
    [[{ op: 'remove', path: 'members[value pr]' }], ''],
    // In order: what is removed can be added again, and the other way round.
    [
      [
        { op: 'remove', path: 'members', value: [{ value: '{ann}' }] },
        { op: 'add', path: 'members', value: [{ value: '{dan}' }] },
      ],
      'ben cid dan',
    ],
    [
      [
        { op: 'add', path: 'members', value: [{ value: '{dan}' }] },
        { op: 'add', path: 'members', value: [{ value: '{dan}' }] },
        { op: 'remove', path: 'members[value eq "{dan}"]' },
        { op: 'remove', path: 'members', value: [{ value: '{ben}' }] },
        { op: 'add', path: 'members', value: [{ value: '{ben}' }] },
      ],
      'ann ben cid',
    ],
    [
      [
        { op: 'remove', path: 'members' },
        { op: 'add', path: 'members', value: [{ value: '{dan}' }] },
        { op: 'replace', value: { id: 'other', displayName: 'acme:Forms', members: [{ value: '{cid}' }] } },
      ],
      'cid',
    ],
  ])('%j', async (operations, left) => {
    await reset();
    const { status, body } = await patch(...operations);
    expect([status, body]).toEqual([204, undefined]);
    expect(await names()).toBe(left);
    expect(await teams()).toEqual(left === '' ? [] : left.split(' ').map((name) => `${name} Forms`));
  });

  it.each<readonly [operation: object, scimType: string]>([
    [{ op: 'remove', path: 'members[shoe eq "x"]' }, 'invalidPath'],
    [{ op: 'remove', path: 'members[$ref eq "x"]' }, 'invalidPath'],
    [{ op: 'remove', path: 'members[members[value eq "x"]]' }, 'invalidPath'],
    [{ op: 'replace', path: 'members[value eq "{ann}"]', value: { value: '{dan}' } }, 'noTarget'],
    [{ op: 'add', path: 'members[value eq "{dan}"]', value: {} }, 'noTarget'],
    [{ op: 'remove', path: 'members[value eq "{ann}"].value' }, 'mutability'],
    [{ op: 'replace', path: 'members.value', value: '{dan}' }, 'mutability'],
    [{ op: 'add', path: 'members' }, 'invalidValue'],
    [{ op: 'add', path: 'members', value: [{ value: '{ann}' }, { value: 'nobody' }] }, 'invalidValue'],
    [{ op: 'add', path: 'members', value: [{ display: 'x' }] }, 'invalidValue'],
    [{ op: 'add', path: 'members', value: 7 }, 'invalidValue'],
    [{ op: 'remove' }, 'noTarget'],
    [{ op: 'remove', path: 'displayName' }, 'mutability'],
  ])('%j is refused, with all that came before it', async (operation, scimType) => {
    await reset();
    const { status, body } = await patch({ op: 'remove', path: 'members[value eq "{ben}"]' }, operation);
    expect([status, body?.scimType], JSON.stringify(body)).toEqual([400, scimType]);
    expect(await names()).toBe('ann ben cid');
  });

  it('and are found by their ids in any case', async () => {
    await reset();
    expect(
      (await patch({ op: 'add', path: 'members', value: [{ value: at('dan').toUpperCase() }] })).status,
    ).toBe(204);
    expect(await names()).toBe('ann ben cid dan');
    expect(
      (await patch({ op: 'remove', path: `members[value eq "${at('dan').toUpperCase()}"]` })).status,
    ).toBe(204);
    expect(await names()).toBe('ann ben cid');
  });
});

const stateOf = async (path: string) => {
  const { body, headers } = await scim.send(scim.acme, 'GET', path);
  return { etag: headers.etag, lastModified: body.meta.lastModified };
};

it('keeps version and time of what is not changed, and moves both with what is', async () => {
  await reset();
  const path = `/Groups/${groupId}`;
  const before = await stateOf(path);
  await reset();
  const put = {
    displayName: 'acme:Forms',
    members: ['cid', 'ben', 'ann'].map((name) => ({ value: at(name) })),
  };
  const { externalId } = (await scim.send(scim.acme, 'GET', path)).body;
  expect((await scim.send(scim.acme, 'PUT', path, { ...put, externalId })).status).toBe(200);
  expect((await patch({ op: 'remove', path: 'members[value eq "{dan}"]' })).status).toBe(204);
  expect(await stateOf(path)).toEqual(before);
  expect((await patch({ op: 'replace', path: 'externalId', value: 'only this' })).status).toBe(204);
  const after = await stateOf(path);
  expect(after.etag).not.toBe(before.etag);
  expect(Date.parse(after.lastModified)).toBeGreaterThanOrEqual(Date.parse(before.lastModified));
  expect((await scim.send(scim.acme, 'GET', path)).body.externalId).toBe('only this');
  expect((await patch({ op: 'remove', path: 'externalId' })).status).toBe(204);
  expect((await scim.send(scim.acme, 'GET', path)).body).not.toHaveProperty('externalId');
  expect(
    (
      await scim.send(scim.acme, 'PATCH', `${path}?attributes=displayName`, {
        Operations: [{ op: 'add', value: {} }],
      })
    ).body,
  ).toEqual({
    schemas: [GROUP],
    id: groupId,
    displayName: 'acme:Forms',
  });
});

it('takes its people to the team that it is renamed to, and out of it when it is deleted', async () => {
  const made = await scim.send(scim.acme, 'POST', '/Groups', {
    displayName: 'acme:First',
    members: [{ value: at('dan') }],
  });
  const path = `/Groups/${made.body.id}`;
  const ofDan = async () => (await teams()).filter((one) => one.startsWith('dan'));
  const user = `/Users/${at('dan')}`;
  const before = await stateOf(user);
  expect(await ofDan()).toEqual(['dan First']);
  const renamed = { Operations: [{ op: 'replace', value: { displayName: 'acme:Second' } }] };
  expect((await scim.send(scim.acme, 'PATCH', path, renamed)).status).toBe(204);
  expect(await ofDan()).toEqual(['dan Second']);
  expect((await stateOf(user)).etag).not.toBe(before.etag);
  expect((await scim.send(scim.acme, 'GET', user)).body.groups).toMatchObject([{ display: 'acme:Second' }]);
  const settled = await stateOf(user);
  expect((await scim.send(scim.acme, 'DELETE', path)).status).toBe(204);
  expect(await ofDan()).toEqual([]);
  expect((await stateOf(user)).etag).not.toBe(settled.etag);
  expect((await scim.send(scim.acme, 'GET', user)).body).not.toHaveProperty('groups');
});

describe('a person', () => {
  const make = async (name: string) =>
    (await scim.send(scim.acme, 'POST', '/Users', { userName: `${name}@acme.example`, externalId: name }))
      .body;

  it('stays inactive when a PUT does not say, loses what it leaves out, and is the same when nothing changed', async () => {
    const { id } = await make('eve');
    const path = `/Users/${id}`;
    const body = { userName: 'eve@acme.example', displayName: 'Eve', active: false };
    const put = await scim.send(scim.acme, 'PUT', path, body);
    expect(put.body).toMatchObject({ active: false, displayName: 'Eve' });
    expect(put.body).not.toHaveProperty('externalId');
    expect(put.headers.etag).toBe(put.body.meta.version);
    const { active: _, ...silent } = body;
    const again = await scim.send(scim.acme, 'PUT', path, silent);
    expect([again.status, again.body, again.headers.etag]).toEqual([200, put.body, put.headers.etag]);
    const bare = await scim.send(scim.acme, 'PUT', path, { userName: 'eve@acme.example' });
    expect(bare.body).toMatchObject({ active: false });
    expect(bare.body).not.toHaveProperty('displayName');
    const back = await scim.send(scim.acme, 'POST', '/Users', { userName: 'EVE@acme.example' });
    expect([back.status, back.body.id, back.body.active]).toEqual([201, id, true]);
    expect(back.headers.location).toBe(back.body.meta.location);
  });

  it('and a group tell when they last changed, and still when they were made', async () => {
    const { id, meta } = await make('hal');
    const group = (await scim.send(scim.acme, 'POST', '/Groups', { displayName: 'acme:Times' })).body;
    await vi.waitUntil(() => Date.now() > Date.parse(group.meta.created), { timeout: 20_000 });
    for (const [path, before] of [
      [`/Users/${id}`, meta],
      [`/Groups/${group.id}`, group.meta],
    ] as const) {
      const change = { Operations: [{ op: 'replace', path: 'externalId', value: 'changed' }] };
      expect((await scim.send(scim.acme, 'PATCH', path, change)).status).toBeLessThan(300);
      const after = (await scim.send(scim.acme, 'GET', path)).body.meta;
      expect(after.created).toBe(before.created);
      expect(Date.parse(after.lastModified)).toBeGreaterThan(Date.parse(before.lastModified));
    }
  });

  it('signs in by the address that they are renamed to, spelled as it was sent', async () => {
    const { id } = await make('fay');
    const rename = (userName: string) =>
      scim.send(scim.acme, 'PATCH', `/Users/${id}`, {
        Operations: [{ op: 'replace', path: 'userName', value: userName }],
      });
    const account = () =>
      scim.database.db
        .selectFrom('scim_users as s')
        .innerJoin('users as u', 'u.id', 's.user_id')
        .select('u.email')
        .where('s.id', '=', id)
        .executeTakeFirst();
    expect((await rename('Faye@acme.example')).body.userName).toBe('Faye@acme.example');
    expect(await account()).toEqual({ email: 'Faye@acme.example' });
    expect((await rename('FAYE@acme.example')).body.userName).toBe('FAYE@acme.example');
    expect(await rename('ann@acme.example')).toMatchObject({ status: 409, body: { scimType: 'uniqueness' } });
    expect((await rename('faye@globex.example')).status).toBe(400);
    expect((await account())?.email.toLowerCase()).toBe('faye@acme.example');
  });

  it('who was deleted is made anew under another id, out of all groups', async () => {
    const { id } = await make('gus');
    expect((await patch({ op: 'add', path: 'members', value: [{ value: id }] })).status).toBe(204);
    const before = await stateOf(`/Groups/${groupId}`);
    expect((await scim.send(scim.acme, 'DELETE', `/Users/${id}`)).status).toBe(204);
    expect((await stateOf(`/Groups/${groupId}`)).etag).not.toBe(before.etag);
    expect(await names()).not.toContain('gus');
    const again = await make('gus');
    expect(again.id).not.toBe(id);
    expect(again).not.toHaveProperty('groups');
    expect((await patch({ op: 'add', path: 'members', value: [{ value: id }] })).status).toBe(400);
  });
});
