import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestScim, type TestScim } from './test-scim.ts';

/*
 * The request sequences of real clients as they are documented: Okta's SCIM 2.0 protocol reference and test plan,
 * Microsoft's "Develop and plan provisioning for a SCIM endpoint" with and without its compliance flag. `{x}` stands
 * for what an earlier step of the sequence answered.
 */

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const DOCKER = 'urn:ietf:params:scim:schemas:extension:docker:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

interface Step {
  readonly does: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  readonly answer?: object;
  /** Remember a member of the answer under a name. */
  readonly keep?: readonly [name: string, member: string];
}

const filter = (text: string) => `filter=${encodeURIComponent(text)}`;
const ops = (...Operations: unknown[]) => ({ schemas: [PATCH_OP], Operations });
const list = (total: number, Resources?: unknown) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
  totalResults: total,
  ...(Resources === undefined ? {} : { Resources }),
});

const OKTA: readonly Step[] = [
  {
    does: 'tests the connection',
    method: 'GET',
    path: '/Users?startIndex=1&count=2',
    status: 200,
    answer: { startIndex: 1 },
  },
  {
    does: 'looks for the user',
    method: 'GET',
    path: `/Users?${filter('userName eq "Okta@acme.example"')}&startIndex=1&count=100`,
    status: 200,
    answer: list(0, []),
  },
  {
    does: 'creates the user',
    method: 'POST',
    path: '/Users',
    body: {
      schemas: [CORE],
      userName: 'Okta@acme.example',
      name: { givenName: 'Test', familyName: 'User' },
      emails: [{ primary: true, value: 'Okta@acme.example', type: 'work' }],
      displayName: 'Test User',
      locale: 'en-US',
      externalId: '00ujl29u0le5T6Aj10h7',
      groups: [],
      password: '1mz050nq',
      active: true,
    },
    status: 201,
    answer: { userName: 'Okta@acme.example', active: true, meta: { resourceType: 'User' } },
    keep: ['user', 'id'],
  },
  {
    does: 'creates it twice',
    method: 'POST',
    path: '/Users',
    body: { schemas: [CORE], userName: 'okta@ACME.example' },
    status: 409,
    answer: { scimType: 'uniqueness', status: '409' },
  },
  {
    does: 'looks in capitals',
    method: 'GET',
    path: `/Users?${filter('userName eq "OKTA@ACME.EXAMPLE"')}`,
    status: 200,
    answer: list(1, [{ userName: 'Okta@acme.example' }]),
  },
  { does: 'reads', method: 'GET', path: '/Users/{user}', status: 200, answer: { id: '{user}' } },
  {
    does: 'puts the profile',
    method: 'PUT',
    path: '/Users/{user}',
    body: {
      schemas: [CORE],
      id: '{user}',
      userName: 'Okta@acme.example',
      name: { givenName: 'Another', middleName: 'Excited', familyName: 'User' },
      emails: [{ primary: true, value: 'Okta@acme.example', type: 'work', display: 'x' }],
      active: true,
      groups: [],
      meta: { resourceType: 'User' },
    },
    status: 200,
    answer: { name: { givenName: 'Another', familyName: 'User' } },
  },
  {
    does: 'deactivates',
    method: 'PATCH',
    path: '/Users/{user}',
    body: ops({ op: 'replace', value: { active: false } }),
    status: 200,
    answer: { active: false, id: '{user}' },
  },
  {
    does: 'finds the inactive one',
    method: 'GET',
    path: `/Users?${filter('userName eq "okta@acme.example"')}`,
    status: 200,
    answer: list(1, [{ active: false }]),
  },
  {
    does: 'activates',
    method: 'PATCH',
    path: '/Users/{user}',
    body: ops({ op: 'replace', value: { active: true } }),
    status: 200,
    answer: { active: true, id: '{user}' },
  },
  {
    does: 'sets a password',
    method: 'PATCH',
    path: '/Users/{user}',
    body: ops({ op: 'replace', value: { password: 'T3st!' } }),
    status: 200,
    answer: { active: true },
  },
  {
    does: 'lists groups',
    method: 'GET',
    path: '/Groups?startIndex=1&count=100',
    status: 200,
    answer: { startIndex: 1 },
  },
  {
    does: 'pushes a group',
    method: 'POST',
    path: '/Groups',
    body: { schemas: [GROUP], displayName: 'acme:Okta Group', members: [] },
    status: 201,
    answer: { displayName: 'acme:Okta Group' },
    keep: ['group', 'id'],
  },
  {
    does: 'renames with the id inside',
    method: 'PATCH',
    path: '/Groups/{group}',
    body: ops({ op: 'replace', value: { id: '{group}', displayName: 'acme:Okta Renamed' } }),
    status: 204,
  },
  {
    does: 'adds a member',
    method: 'PATCH',
    path: '/Groups/{group}',
    body: ops(
      { op: 'replace', value: { id: '{group}', displayName: 'acme:Okta Renamed' } },
      { op: 'add', path: 'members', value: [{ value: '{user}', display: 'Okta@acme.example' }] },
    ),
    status: 204,
  },
  {
    does: 'adds it again',
    method: 'PATCH',
    path: '/Groups/{group}',
    body: ops({ op: 'add', path: 'members', value: [{ value: '{user}' }] }),
    status: 204,
  },
  {
    does: 'reads the group',
    method: 'GET',
    path: '/Groups/{group}',
    status: 200,
    answer: { members: [{ value: '{user}' }] },
  },
  {
    does: 'removes and adds at once',
    method: 'PATCH',
    path: '/Groups/{group}',
    body: ops(
      { op: 'remove', path: 'members[value eq "{user}"]' },
      { op: 'add', path: 'members', value: [{ value: '{user}' }] },
    ),
    status: 204,
  },
  {
    does: 'pushes everything',
    method: 'PATCH',
    path: '/Groups/{group}',
    body: ops({ op: 'replace', path: 'members', value: [{ value: '{user}' }] }),
    status: 204,
  },
  {
    does: 'puts the group',
    method: 'PUT',
    path: '/Groups/{group}',
    body: {
      schemas: [GROUP],
      id: '{group}',
      displayName: 'acme:Okta Renamed',
      members: [{ value: '{user}' }],
    },
    status: 200,
    answer: { members: [{ value: '{user}' }] },
  },
  {
    does: 'removes the member',
    method: 'PATCH',
    path: '/Groups/{group}',
    body: ops({ op: 'remove', path: 'members[value eq "{user}"]' }),
    status: 204,
  },
  { does: 'unlinks the group', method: 'DELETE', path: '/Groups/{group}', status: 204 },
  {
    does: 'reads what is gone',
    method: 'GET',
    path: '/Groups/{group}',
    status: 404,
    answer: { status: '404' },
  },
  {
    does: 'deactivates by PUT',
    method: 'PUT',
    path: '/Users/{user}',
    body: { schemas: [CORE], userName: 'Okta@acme.example', active: false },
    status: 200,
    answer: { active: false },
  },
  {
    does: 'assigns again',
    method: 'POST',
    path: '/Users',
    body: { schemas: [CORE], userName: 'Okta@acme.example', active: true },
    status: 201,
    answer: { id: '{user}', active: true },
  },
];

const WORK = 'emails[type eq "work"].value';
const entra = (compliant: boolean): readonly Step[] => {
  const op = (name: string) => (compliant ? name.toLowerCase() : name);
  const mail = compliant ? 'e2@acme.example' : 'e1@acme.example';
  const off = compliant ? false : 'False';
  const group = compliant ? 'acme:Entra New' : 'acme:Entra Old';
  return [
    {
      does: 'looks for a random name',
      method: 'GET',
      path: `/Users?${filter('userName eq "f9ea2c0d-60f3-4cbd-a5b1-4b2d1c8c0b2f"')}`,
      status: 200,
      answer: list(0, []),
    },
    {
      does: 'creates',
      method: 'POST',
      path: '/Users',
      body: {
        schemas: [CORE, ENTERPRISE],
        externalId: `guid-${mail}`,
        userName: mail,
        active: true,
        addresses: null,
        displayName: 'Entra',
        emails: [{ type: 'work', value: mail, primary: true }],
        meta: { resourceType: 'User' },
        name: { formatted: 'g f', familyName: 'f', givenName: 'g' },
        roles: [],
        [ENTERPRISE]: { department: null },
      },
      status: 201,
      answer: { externalId: `guid-${mail}`, userName: mail },
      keep: ['user', 'id'],
    },
    {
      does: 'matches by externalId',
      method: 'GET',
      path: `/Users?${filter(`externalId eq "guid-${mail}"`)}`,
      status: 200,
      answer: list(1, [{ id: '{user}' }]),
    },
    {
      does: 'matches by mail',
      method: 'GET',
      path: `/Users?${filter(`${WORK} eq "${mail.toUpperCase()}"`)}`,
      status: 200,
      answer: list(1, [{ id: '{user}' }]),
    },
    {
      does: 'matches by two',
      method: 'GET',
      path: `/Users?${filter(`userName eq "${mail}" and externalId eq "guid-${mail}"`)}`,
      status: 200,
      answer: list(1, [{ id: '{user}' }]),
    },
    compliant
      ? {
          does: 'updates by dotted keys',
          method: 'PATCH',
          path: '/Users/{user}',
          body: ops(
            { op: 'replace', path: WORK, value: `new-${mail}` },
            {
              op: 'replace',
              value: {
                displayName: 'Pvlo',
                'name.givenName': 'Gwendolyn',
                [`${ENTERPRISE}:employeeNumber`]: '7',
                [`${DOCKER}:dockerRole`]: 'editor',
                'emails[type eq "home"].value': 'h@home.example',
              },
            },
          ),
          status: 200,
          answer: {
            displayName: 'Pvlo',
            name: { givenName: 'Gwendolyn', familyName: 'f' },
            [DOCKER]: { dockerRole: 'editor' },
            emails: [
              { type: 'work', value: `new-${mail}` },
              { type: 'home', value: 'h@home.example' },
            ],
          },
        }
      : {
          does: 'updates with capitals',
          method: 'PATCH',
          path: '/Users/{user}',
          body: ops(
            { op: 'Replace', path: WORK, value: `new-${mail}` },
            { op: 'Replace', path: 'name.familyName', value: 'Updated' },
            { op: 'Add', path: 'emails[type eq "home"].value', value: 'h@home.example' },
            { op: 'Add', path: `${ENTERPRISE}:manager`, value: [{ value: 'x' }] },
            { op: 'Replace', path: `${ENTERPRISE}:department`, value: 'd' },
            { op: 'Add', path: `${DOCKER}:dockerRole`, value: 'editor' },
          ),
          status: 200,
          answer: {
            name: { familyName: 'Updated', givenName: 'g' },
            [DOCKER]: { dockerRole: 'editor' },
            emails: [
              { type: 'work', value: `new-${mail}` },
              { type: 'home', value: 'h@home.example' },
            ],
          },
        },
    {
      does: 'disables',
      method: 'PATCH',
      path: '/Users/{user}',
      body: ops({ op: op('Replace'), path: 'active', value: off }),
      status: 200,
      answer: { active: false },
    },
    {
      does: 'enables',
      method: 'PATCH',
      path: '/Users/{user}',
      body: ops({ op: op('Add'), path: 'active', value: compliant ? true : 'True' }),
      status: 200,
      answer: { active: true },
    },
    {
      does: 'looks for a group',
      method: 'GET',
      path: `/Groups?excludedAttributes=members&${filter(`displayName eq "${group}"`)}`,
      status: 200,
      answer: list(0, []),
    },
    {
      does: 'creates a group',
      method: 'POST',
      path: '/Groups',
      body: {
        schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
        externalId: `g-${mail}`,
        displayName: group,
        meta: { resourceType: 'Group' },
      },
      status: 201,
      answer: { externalId: `g-${mail}` },
      keep: ['group', 'id'],
    },
    {
      does: 'adds members',
      method: 'PATCH',
      path: '/Groups/{group}',
      body: ops({ op: op('Add'), path: 'members', value: [{ $ref: null, value: '{user}' }] }),
      status: 204,
    },
    {
      does: 'asks without members',
      method: 'GET',
      path: '/Groups/{group}?excludedAttributes=members',
      status: 200,
      answer: { displayName: group },
    },
    {
      does: 'asks who is in it',
      method: 'GET',
      path: `/Groups?${filter('id eq "{group}" and members eq "{user}"')}`,
      status: 200,
      answer: list(1, [{ id: '{group}' }]),
    },
    {
      does: 'renames',
      method: 'PATCH',
      path: '/Groups/{group}',
      body: ops({ op: op('Replace'), path: 'displayName', value: `${group} 2` }),
      status: 204,
    },
    {
      does: 'removes a member',
      method: 'PATCH',
      path: '/Groups/{group}',
      body: ops({ op: op('Remove'), path: 'members', value: [{ $ref: null, value: '{user}' }] }),
      status: 204,
    },
    { does: 'finds it empty', method: 'GET', path: '/Groups/{group}', status: 200, answer: { members: [] } },
    { does: 'deletes the group', method: 'DELETE', path: '/Groups/{group}', status: 204 },
    { does: 'deletes the user', method: 'DELETE', path: '/Users/{user}', status: 204 },
    { does: 'reads the deleted user', method: 'GET', path: '/Users/{user}', status: 404 },
    { does: 'deletes again', method: 'DELETE', path: '/Users/{user}', status: 404 },
  ];
};

let scim: TestScim;
beforeAll(async () => {
  scim = await startTestScim();
});
afterAll(() => scim.stop());

describe.each([
  ['Okta', OKTA],
  ['Entra', entra(false)],
  ['Entra with its compliance flag', entra(true)],
] as const)('%s', (_client, steps) => {
  it('gets what it expects at every step', async () => {
    const kept = new Map<string, string>();
    const fill = <T>(value: T): T =>
      JSON.parse(
        JSON.stringify(value).replaceAll(
          /(\{|%7B)(user|group)(\}|%7D)/g,
          (_all, _open, name: string) => kept.get(name) ?? '',
        ),
      );
    for (const step of steps) {
      const answer = await scim.send(
        scim.acme,
        step.method,
        fill(step.path),
        step.body === undefined ? undefined : fill(step.body),
      );
      expect([step.does, answer.status], JSON.stringify(answer.body)).toEqual([step.does, step.status]);
      if (step.answer !== undefined) expect(answer.body, step.does).toMatchObject(fill(step.answer));
      if (step.status === 204) expect(answer.body, step.does).toBeUndefined();
      if (step.keep !== undefined) kept.set(step.keep[0], answer.body[step.keep[1]]);
    }
  });
});

describe('races', () => {
  const made = async (userName: string) =>
    (await scim.send(scim.acme, 'POST', '/Users', { userName })).body.id as string;

  it('give a group that two create at once to one of them', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => scim.send(scim.acme, 'POST', '/Groups', { displayName: 'acme:Race' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
  });

  it('lose no member when additions, removals and a deactivation cross', async () => {
    const ids = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => made(`cross${n}@acme.example`)));
    const { body: group } = await scim.send(scim.acme, 'POST', '/Groups', {
      displayName: 'acme:Cross',
      members: ids.slice(0, 3).map((value) => ({ value })),
    });
    const answers = await Promise.all([
      ...ids
        .slice(3)
        .map((value) =>
          scim.send(
            scim.acme,
            'PATCH',
            `/Groups/${group.id}`,
            ops({ op: 'add', path: 'members', value: [{ value }] }),
          ),
        ),
      ...ids
        .slice(0, 2)
        .map((value) =>
          scim.send(
            scim.acme,
            'PATCH',
            `/Groups/${group.id}`,
            ops({ op: 'remove', path: `members[value eq "${value}"]` }),
          ),
        ),
      scim.send(scim.acme, 'PATCH', `/Users/${ids[5]}`, ops({ op: 'replace', path: 'active', value: false })),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204, 200]);
    const { body } = await scim.send(scim.acme, 'GET', `/Groups/${group.id}`);
    expect(body.members.map((member: { value: string }) => member.value).sort()).toEqual(ids.slice(2).sort());
    const { rows } = await scim.database.pool.query(
      `select u.email from team_members tm join teams t on t.id = tm.team_id join users u on u.id = tm.user_id where t.name = 'Cross' order by 1`,
    );
    expect(rows.map((row: { email: string }) => row.email)).toEqual([
      'cross3@acme.example',
      'cross4@acme.example',
      'cross5@acme.example',
    ]);
  });

  it('pages do not shift while others are added', async () => {
    const first = await scim.send(scim.acme, 'GET', '/Users?startIndex=1&count=3');
    await made('late@acme.example');
    const second = await scim.send(scim.acme, 'GET', '/Users?startIndex=1&count=3');
    const ids = (answer: typeof first) => answer.body.Resources.map((one: { id: string }) => one.id);
    expect(ids(second)).toEqual(ids(first));
    const all: string[] = [];
    for (let startIndex = 1; ; startIndex += 3) {
      const page = await scim.send(scim.acme, 'GET', `/Users?startIndex=${startIndex}&count=3`);
      all.push(...ids(page));
      if (page.body.itemsPerPage < 3) break;
    }
    expect(new Set(all).size).toBe(all.length);
    expect(all).toHaveLength((await scim.send(scim.acme, 'GET', '/Users?count=0')).body.totalResults);
  });
});
