import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { passwordLinkSchema } from '../shared/contracts/hub-sso.ts';
import { errorBodySchema } from '../shared/contracts/local-api.ts';
import { startTestApi, type TestApi } from './test-api.ts';
import { bodyOfOperation } from './test-bodies.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

/** With the ids that exist in acme, as paths have them. */
const bodyOf = (key: string): object => bodyOfOperation(key, api.ids);

describe('the OpenAPI document and the routes', () => {
  it('name the same things, both ways', async () => {
    const documented = api.operations().map(({ method, path }) => `${method} ${path}`);
    expect([...documented].sort()).toEqual([...api.registered].sort());
    expect(documented.length).toBeGreaterThan(30);
  });

  it('every operation says what it requires and how it refuses', () => {
    for (const { key, operation } of api.operations()) {
      expect(operation['x-requires'], key).toMatch(/^(nothing|account|member|editor|owner)$/);
      expect(Object.keys(operation.responses), key).toEqual(expect.arrayContaining(['4XX', '5XX']));
      expect(operation.summary, key).not.toBe('');
    }
  });
});

/**
 * The table of roles of docs/identity.md, written here once more by hand: what a route declares of itself is held
 * against it. Within an organization whatever is not named here is for owners alone.
 */
const O = '/v1/orgs/{organization}';
const P = `${O}/policies/{policyId}`;
const NOT_FOR_OWNERS_ALONE: Readonly<Record<'nothing' | 'account' | 'member' | 'editor', readonly string[]>> =
  {
    nothing: ['GET /healthz', 'GET /readyz'],
    account: ['GET /v1/me', 'GET /v1/orgs'],
    member: [`GET ${O}`, `GET ${O}/changes`, `GET ${O}/effective-policy`],
    editor: [
      // What needs attention, and the list of it that concerns editors.
      `GET ${O}/overview`,
      `GET ${O}/attention`,
      // Create, edit, simulate, roll out, roll back.
      `GET ${O}/policies`,
      `POST ${O}/policies`,
      `POST ${O}/policies/simulate`,
      `POST ${O}/policy-check`,
      `GET ${O}/policy-order`,
      `PUT ${O}/policy-order`,
      `GET ${P}`,
      `PATCH ${P}`,
      `DELETE ${P}`,
      `GET ${P}/export`,
      `POST ${P}/duplicate`,
      `GET ${P}/revisions`,
      `GET ${P}/revisions/{revision}`,
      `POST ${P}/revisions/{revision}/restore`,
      `POST ${P}/rollback`,
      `POST ${P}/rollout`,
      `PATCH ${P}/rollout`,
      `POST ${P}/rollout/promote`,
      `GET ${O}/deleted-policies`,
      `POST ${O}/deleted-policies/{deletedPolicyId}/restore`,
      // Assign.
      `GET ${O}/default-policy`,
      `PUT ${O}/default-policy`,
      `GET ${P}/users`,
      `POST ${P}/users`,
      `GET ${P}/teams`,
      `PUT ${O}/members/{userId}/policy`,
      `DELETE ${O}/members/{userId}/policy`,
      `PUT ${O}/teams/{teamId}/policy`,
      `DELETE ${O}/teams/{teamId}/policy`,
      // Read devices, compliance, members, and look at teams and at image access.
      `GET ${O}/devices`,
      `GET ${O}/devices/export`,
      `GET ${O}/devices/trend`,
      `GET ${O}/devices/{deviceId}`,
      `GET ${O}/devices/{deviceId}/drift`,
      `GET ${O}/policy-compliance`,
      `GET ${O}/report-settings`,
      `GET ${O}/members`,
      `GET ${O}/members/{userId}`,
      `GET ${O}/members/{userId}/effective-policy`,
      `GET ${O}/teams`,
      `GET ${O}/teams/{teamId}`,
      `GET ${O}/teams/{teamId}/members`,
      `GET ${O}/access-policies`,
    ],
  };

it('describes a file that is sent in pieces as the text that it is', () => {
  const files = api.operations().filter(({ path }) => /\/(export|changes)$/.test(path));
  expect(files.length).toBeGreaterThan(3);
  for (const { key, operation } of files) {
    const [content] = Object.values(operation.responses['200']?.content ?? {});
    expect([key, content?.schema]).toEqual([key, { type: 'string', description: 'The file' }]);
  }
});

describe('secrets', () => {
  const parametersSchema = z.array(z.object({ name: z.string(), in: z.string() })).default([]);

  it('stand in no address, which histories and logs keep, and are answered only where they were just made', () => {
    const inAddresses: string[] = [];
    const answered: string[] = [];
    for (const { key, operation } of api.operations()) {
      for (const { name } of parametersSchema.parse(operation.parameters))
        if (/secret|password|assertion|bearer|^(token|code|key|link)$/i.test(name))
          inAddresses.push(`${key} ${name}`);
      const text = JSON.stringify(operation.responses);
      if (/"(secret|link|url)":\{"type":"string"/.test(text)) answered.push(key);
    }
    expect(inAddresses).toEqual([]);
    // The address of an organization is that of whom its users may ask.
    expect(answered.filter((key) => !/ \/v1\/orgs(\/\{organization\})?$/.test(key)).sort()).toEqual([
      'POST /v1/orgs/{organization}/connections/{connectionId}/scim/tokens',
      'POST /v1/orgs/{organization}/connections/{connectionId}/tests',
      'POST /v1/orgs/{organization}/invitations/{invitationId}/resend',
      'POST /v1/orgs/{organization}/members',
      'POST /v1/orgs/{organization}/members/{userId}/password-link',
      'POST /v1/orgs/{organization}/tokens',
    ]);
  });
});

describe('every route', () => {
  it('asks for no lower role than the table gives it', () => {
    const lower: Record<string, string[]> = { nothing: [], account: [], member: [], editor: [] };
    for (const { key, operation } of api.operations()) lower[operation['x-requires']]?.push(key);
    const sorted = (lists: Readonly<Record<string, readonly string[]>>) =>
      Object.fromEntries(Object.entries(lists).map(([role, keys]) => [role, [...keys].sort()]));
    expect(sorted(lower)).toEqual(sorted(NOT_FOR_OWNERS_ALONE));
  });

  it('sends the link to a new password to the member, and answers it to be handed over', async () => {
    const url = `/v1/orgs/acme/members/${api.ids.people.editor}/password-link`;
    const answer = await api.send({ method: 'POST', url, as: 'owner' });
    const link = passwordLinkSchema.parse(answer.json());
    expect(link.mailed).toBe(true);
    expect(api.letters.at(-1)).toMatchObject({
      to: 'editor@acme.example',
      text: expect.stringContaining(`\n${link.url}\n`),
    });
    // Whom SCIM made a member gets no mail: the link is handed over.
    const origin = (to: string) =>
      api.database.pool.query('update memberships set origin = $1 where user_id = $2', [
        to,
        api.ids.people.editor,
      ]);
    const before = api.letters.length;
    await origin('scim');
    const unsent = passwordLinkSchema.parse((await api.send({ method: 'POST', url, as: 'owner' })).json());
    await origin('manual');
    expect([unsent.mailed, api.letters.length]).toEqual([false, before]);
  });

  it('answers an owner what it documents', async () => {
    for (const { key, method, path, operation } of api.operations()) {
      if (method === 'DELETE') continue;
      const url = `${api.fill(path)}${path.endsWith('effective-policy') ? '?platform=linux' : ''}`;
      const payload = /^PUT .*\/(members\/\{userId\}|teams\/\{teamId\})\/policy$/.test(key)
        ? { policyId: api.ids.policyId }
        : bodyOf(key);
      const body = method === 'GET' ? {} : { payload };
      const answer = await api.send({ method, url, ...body, headers: { 'if-match': '*' }, as: 'owner' });
      // What can be there already answers 200 then; nothing of it is, so that it was made is what is documented first of all.
      const successes = Object.keys(operation.responses).filter((status) => status.startsWith('2'));
      const success = successes.includes('201') ? '201' : successes[0];
      expect([key, String(answer.statusCode)]).toEqual([key, success]);
      if (/\/(export|changes)$/.test(path) || success === '204') continue; // a file, a stream, and nothing
      api.expectMatches(operation, String(answer.statusCode), answer.json(), key);
    }
  });

  const RANK = { nothing: 0, account: 1, member: 1, editor: 2, owner: 3 } as const;

  it('asks who is there, hides other organizations, and keeps to the table of roles', async () => {
    // Whoever may read first, whoever may delete last: nothing that a later step needs is gone by then.
    const order = ['GET', 'PUT', 'POST', 'PATCH', 'DELETE'];
    const operations = api.operations().toSorted((a, b) => order.indexOf(a.method) - order.indexOf(b.method));
    for (const { key, method, path, operation } of operations) {
      const requires = operation['x-requires'];
      const url = api.fill(path);
      const body = method === 'GET' ? {} : { payload: bodyOf(key) };
      const headers = { 'if-match': '*' };
      const anonymous = await api.send({ method, url, ...body, headers });
      if (requires === 'nothing') {
        expect(anonymous.statusCode, key).toBe(200);
        continue;
      }
      expect([key, anonymous.statusCode]).toEqual([key, 401]);
      expect(errorBodySchema.parse(anonymous.json()).error.code).toBe('unauthenticated');
      for (const role of ['member', 'editor', 'owner'] as const) {
        if (method !== 'GET' && role === 'owner') continue; // owners' changes are tested one by one
        const answer = await api.send({ method, url, ...body, headers, as: role });
        const allowed = RANK[role] >= RANK[requires];
        if (allowed) expect([key, role, answer.statusCode]).not.toEqual([key, role, 403]);
        else expect([key, role, answer.statusCode]).toEqual([key, role, 403]);
        expect([key, role, answer.statusCode]).not.toEqual([key, role, 500]);
      }
      if (!path.includes('{organization}')) continue;
      const stranger = await api.send({ method, url, ...body, headers, as: 'stranger' });
      expect([key, stranger.statusCode]).toEqual([key, 404]);
      const missing = await api.send({
        method,
        url: url.replace('/acme', '/nowhere'),
        ...body,
        headers,
        as: 'stranger',
      });
      // What exists elsewhere and what exists nowhere cannot be told apart.
      expect(missing.json()).toEqual(stranger.json());
    }
  });
});

it('does not know an account that was disabled, whatever it still proves itself with', async () => {
  const disabled = (at: string) =>
    api.database.pool.query(`update users set disabled_at = ${at} where id = $1`, [api.ids.people.editor]);
  const status = async () =>
    (await api.send({ method: 'GET', url: '/v1/orgs/acme/policies', as: 'editor' })).statusCode;
  await disabled('now()');
  expect(await status()).toBe(404);
  await disabled('null');
  expect(await status()).toBe(200);
});

it('hides one organization from another inside the paths too', async () => {
  // An owner of globex asks for acme's policy and member by way of globex.
  for (const path of [
    `policies/${api.ids.policyId}`,
    `members/${api.ids.userId}`,
    `teams/${api.ids.teamId}/members`,
  ]) {
    const answer = await api.send({ method: 'GET', url: `/v1/orgs/globex/${path}`, as: 'stranger' });
    expect([path, answer.statusCode]).toEqual([path, 404]);
  }
  const assign = await api.send({
    method: 'PUT',
    url: `/v1/orgs/globex/default-policy`,
    payload: { policyId: api.ids.policyId },
    as: 'stranger',
  });
  expect(assign.statusCode).toBe(404);
});

it('refuses what it cannot read with the reason, and never with a stack', async () => {
  const send = (payload: string, type = 'application/json') =>
    api.send({
      method: 'POST',
      url: '/v1/orgs/acme/policies',
      payload,
      headers: { 'content-type': type },
      as: 'owner',
    });
  expect((await send('{')).statusCode).toBe(400);
  expect((await send('{}', 'text/xml')).statusCode).toBe(415);
  const large = await send(JSON.stringify({ name: 'x'.repeat(4_000_000) }));
  expect(large.statusCode).toBe(413);
  expect(errorBodySchema.parse(large.json()).error).toMatchObject({
    code: 'too_large',
    help: expect.stringContaining('in parts'),
  });
  const shape = await send(JSON.stringify({ name: '' }));
  expect(shape.statusCode).toBe(400);
  expect(errorBodySchema.parse(shape.json()).error.message).toContain('name');
  const nowhere = await api.send({ method: 'GET', url: '/v1/nothing-here', as: 'owner' });
  expect(errorBodySchema.parse(nowhere.json()).error.code).toBe('not_found');
  expect(nowhere.body).not.toContain('node_modules');
});

it('fails on no text that a database cannot keep, in whatever field', async () => {
  /** The body once for each of its texts, with that one spoilt; and with the texts that may always be added. */
  const spoilt = (body: object, bad: string): object[] => [
    ...Object.entries(body).flatMap(([key, value]): object[] => {
      if (typeof value === 'string') return [{ ...body, [key]: `${value}${bad}` }];
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
      return spoilt(value, bad).map((inner) => ({ ...body, [key]: inner }));
    }),
    ...['reason', 'description'].map((key) => ({ ...body, [key]: bad })),
  ];
  // Of its own: what is changed here is nobody else's.
  const whole = await startTestApi();
  onTestFinished(() => whole.stop());
  let sent = 0;
  for (const { key, method, path } of whole.operations()) {
    if (method === 'GET' || method === 'DELETE') continue;
    for (const payload of ['\0', '\ud800'].flatMap((bad) => spoilt(bodyOfOperation(key, whole.ids), bad))) {
      sent += 1;
      const url = whole.fill(path);
      const answer = await whole.send({ method, url, payload, headers: { 'if-match': '*' }, as: 'owner' });
      expect([key, JSON.stringify(payload), answer.statusCode < 500]).toEqual([
        key,
        expect.any(String),
        true,
      ]);
    }
  }
  expect(sent).toBeGreaterThan(100);
});

it('takes changes of a browser session only from its own pages', async () => {
  const change = {
    method: 'PATCH' as const,
    url: '/v1/orgs/acme',
    payload: { displayName: 'Acme' },
    as: 'owner' as const,
  };
  for (const headers of [
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    expect((await api.send({ ...change, headers, session: true })).statusCode).toBe(403);
  }
  expect((await api.send({ ...change, headers: { origin: api.publicUrl }, session: true })).statusCode).toBe(
    200,
  );
  const taken: string[] = [];
  for (const { key, method, path } of api.operations()) {
    if (method === 'GET') continue;
    const headers = { origin: 'https://evil.example', 'if-match': '*' };
    const wanted = { method, url: api.fill(path), payload: bodyOf(key), headers, as: 'owner' as const };
    const answer = await api.send({ ...wanted, session: true });
    const { code, message } = errorBodySchema.parse(answer.json()).error;
    if (code !== 'forbidden' || !message.includes('page'))
      taken.push(`${key} ${answer.statusCode} ${message}`);
  }
  expect(taken).toEqual([]);
});

it('lets an API token do what its role allows, in its own organization, until it is revoked', async () => {
  const made = await api.send({
    method: 'POST',
    url: '/v1/orgs/acme/tokens',
    payload: { name: 'ci', role: 'editor' },
    as: 'owner',
  });
  expect(made.statusCode).toBe(201);
  const { token, secret } = made.json<{ token: { id: string }; secret: string }>();
  const bearer = { authorization: `Bearer ${secret}` };
  const ask = (url: string, method: 'GET' | 'PATCH' = 'GET') =>
    api.send({ method, url, headers: bearer, ...(method === 'PATCH' ? { payload: {} } : {}) });
  expect((await ask('/v1/orgs/acme/policies')).statusCode).toBe(200);
  expect((await ask('/v1/orgs')).json<{ organizations: object[] }>().organizations).toHaveLength(1);
  expect((await ask('/v1/orgs/acme', 'PATCH')).statusCode).toBe(403);
  expect((await ask('/v1/orgs/globex/policies')).statusCode).toBe(404);
  const list = await api.send({ method: 'GET', url: '/v1/orgs/acme/tokens', as: 'owner' });
  expect(list.body).not.toContain(secret);
  const revoked = await api.send({ method: 'DELETE', url: `/v1/orgs/acme/tokens/${token.id}`, as: 'owner' });
  expect(revoked.statusCode).toBe(204);
  expect((await ask('/v1/orgs/acme/policies')).statusCode).toBe(401);
});

describe('a change that opens doors', () => {
  const OPENS_DOORS = [
    'DELETE /v1/orgs/{organization}/connections/{connectionId}',
    'DELETE /v1/orgs/{organization}/connections/{connectionId}/saml-keys/{fingerprint}',
    'PATCH /v1/orgs/{organization}/connections/{connectionId}',
    'PATCH /v1/orgs/{organization}/connections/{connectionId}/saml-keys/{fingerprint}',
    'PATCH /v1/orgs/{organization}/connections/{connectionId}/scim',
    'PATCH /v1/orgs/{organization}/sign-in-settings',
    'POST /v1/orgs/{organization}/connections',
    'POST /v1/orgs/{organization}/connections/{connectionId}/saml-keys',
    'POST /v1/orgs/{organization}/connections/{connectionId}/scim/tokens',
    'POST /v1/orgs/{organization}/members/remove',
    'POST /v1/orgs/{organization}/members/{userId}/ownership',
    'POST /v1/orgs/{organization}/members/{userId}/password-link',
    'POST /v1/orgs/{organization}/signing-keys/rotate',
    'POST /v1/orgs/{organization}/tokens',
    'PUT /v1/orgs/{organization}/accepted-connections/{sharedConnectionId}',
    'PUT /v1/orgs/{organization}/connections/{connectionId}/metadata',
  ];
  const codeOf = (answer: { json(): unknown }) => errorBodySchema.parse(answer.json()).error.code;
  const longAgo = { 'x-test-proved': 'long-ago', 'if-match': '*' };

  it('is refused to a person whose sign-in is too long ago, and only such a change', async () => {
    const refused: string[] = [];
    for (const { key, method, path } of api.operations()) {
      if (method === 'GET' || key === 'DELETE /v1/orgs/{organization}/members/{userId}') continue;
      // A team, a policy and the like must be there still for those that come later.
      if (method === 'DELETE' && !OPENS_DOORS.includes(key)) continue;
      const body = { payload: bodyOf(key) };
      const answer = await api.send({ method, url: api.fill(path), ...body, headers: longAgo, as: 'owner' });
      if (answer.statusCode === 403 && codeOf(answer) === 'recent_sign_in_required') refused.push(key);
    }
    expect(refused.sort()).toEqual(OPENS_DOORS);
    const documented = api.operations().filter(({ operation }) => operation['x-recent-sign-in'] === true);
    expect(documented.map(({ key }) => key).sort()).toEqual(OPENS_DOORS);
  });

  it('is also making, unmaking and removing owners, and removing members in batches', async () => {
    const members = '/v1/orgs/acme/members';
    const owner = `${members}/${api.ids.ownerId}`;
    const invited = await api.send({
      method: 'POST',
      url: '/v1/orgs/acme/invitations',
      payload: { emails: ['owner-to-be@acme.example'], role: 'owner' },
      as: 'owner',
    });
    const [{ invitationId }] = z
      .object({ results: z.tuple([z.object({ invitationId: z.string() })]) })
      .parse(invited.json()).results;
    const jobs = '/v1/orgs/acme/member-jobs';
    const tries = [
      // The link that it answers makes an owner.
      ['POST', `/v1/orgs/acme/invitations/${invitationId}/resend`, {}],
      ['POST', jobs, { action: { kind: 'role', role: 'owner' }, userIds: [api.ids.people.editor] }],
      ['POST', jobs, { action: { kind: 'role', role: 'member' }, userIds: [api.ids.ownerId] }],
      ['POST', jobs, { action: { kind: 'remove' }, userIds: [api.ids.people.editor] }],
      ['POST', api.fill('/v1/orgs/acme/migrations/{migrationId}/advance'), { action: 'remove' }],
      ['POST', api.fill('/v1/orgs/acme/migrations/{migrationId}/advance'), { action: 'remove-all' }],
      ['POST', members, { email: 'second@acme.example', role: 'owner' }],
      ['POST', '/v1/orgs/acme/invitations', { emails: ['third@acme.example'], role: 'owner' }],
      ['PATCH', `${members}/${api.ids.people.editor}`, { role: 'owner' }],
      ['PATCH', owner, { role: 'member' }],
      ['DELETE', owner, {}],
    ] as const;
    for (const [method, url, payload] of tries) {
      const answer = await api.send({ method, url, payload, headers: longAgo, as: 'owner' });
      expect([method, url, answer.statusCode, codeOf(answer)]).toEqual([
        method,
        url,
        403,
        'recent_sign_in_required',
      ]);
    }
    const editor = { email: 'fourth@acme.example', role: 'editor' };
    const other = await api.send({
      method: 'POST',
      url: members,
      payload: editor,
      headers: longAgo,
      as: 'owner',
    });
    expect(other.statusCode).toBe(201);
    const others = { action: { kind: 'role', role: 'member' }, userIds: [api.ids.people.editor] };
    const job = await api.send({ method: 'POST', url: jobs, payload: others, headers: longAgo, as: 'owner' });
    expect(job.statusCode).toBe(201);
  });

  it('is taken from an API token only when it was made for that', async () => {
    const make = async (payload: object) =>
      api.send({ method: 'POST', url: '/v1/orgs/acme/tokens', payload, as: 'owner' });
    const use = async (secret: string) =>
      api.send({
        method: 'POST',
        url: '/v1/orgs/acme/tokens',
        payload: { name: 'another', role: 'member' },
        headers: { authorization: `Bearer ${secret}` },
      });
    const secretOf = (answer: { json<T>(): T }) => answer.json<{ secret: string }>().secret;
    const ordinary = await use(secretOf(await make({ name: 'ordinary', role: 'owner' })));
    expect([ordinary.statusCode, codeOf(ordinary)]).toEqual([403, 'forbidden']);
    const made = await make({ name: 'for access', role: 'owner', managesAccess: true });
    expect((await use(secretOf(made))).statusCode).toBe(201);
    const editor = await make({ name: 'too little', role: 'editor', managesAccess: true });
    expect([editor.statusCode, codeOf(editor)]).toEqual([422, 'invalid_value']);
  });

  it('is asked for as programs do: the answers are JSON whoever asks, and 401 names the way to prove oneself', async () => {
    const answer = await api.send({
      method: 'GET',
      url: '/v1/orgs/acme/members',
      headers: { accept: 'text/html' },
    });
    expect([answer.statusCode, codeOf(answer)]).toEqual([401, 'unauthenticated']);
    expect(answer.headers).toMatchObject({
      'www-authenticate': 'Bearer',
      'content-type': expect.stringContaining('application/json'),
    });
  });
});
