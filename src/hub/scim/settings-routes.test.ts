import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../test-api.ts';
import { readScimSettings } from './settings.ts';
import { startTestScim, type TestScim, type TestTenant } from './test-scim.ts';
import { createScimToken } from './tokens.ts';

/* SCIM as owners set it up, and what their identity provider then meets. */

const OPERATOR = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null };
let api: TestApi;
let scim: TestScim;
let base: string;
beforeAll(async () => {
  api = await startTestApi();
  scim = await startTestScim({}, api.database);
  base = `/v1/orgs/acme/connections/${api.ids.connectionId}/scim`;
  await api.database.db
    .insertInto('domains')
    .values({
      organization_id: api.ids.organizationId,
      name: 'acme.example',
      challenge: 'x',
      verified_at: new Date(),
    })
    .execute();
});
afterAll(async () => {
  await scim.stop();
  await api.stop();
});

const owner = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, payload?: object) =>
  api.send({ as: 'owner', method, url: `${base}${path}`, ...(payload === undefined ? {} : { payload }) });
const client = (token: string): TestTenant => ({
  organizationId: api.ids.organizationId,
  connectionId: api.ids.connectionId,
  token,
});
const newToken = async (): Promise<{ id: string; secret: string }> => {
  const made = await owner('POST', '/tokens');
  expect(made.statusCode).toBe(201);
  return { id: made.json().token.id, secret: made.json().secret };
};
const lookUp = (token: string) => scim.send(client(token), 'GET', '/Users?count=0');

describe('tokens', () => {
  it('are shown once, two stand at a time, and one is ended without the other', async () => {
    const [first, second, third] = [await newToken(), await newToken(), await newToken()];
    const shown = (await owner('GET', '')).json();
    expect(shown).toMatchObject({ enabled: true, users: 0, groups: 0 });
    expect(shown.baseUrl).toBe(`${api.publicUrl}/scim/v2`);
    expect(shown.tokens.map(({ id }: { id: string }) => id)).toEqual([third.id, second.id]);
    expect(JSON.stringify(shown)).not.toContain(third.secret);
    expect([(await lookUp(first.secret)).status, (await lookUp(second.secret)).status]).toEqual([401, 200]);
    const used = (await owner('GET', '')).json().tokens;
    expect(used[1].lastUsedAt).toEqual(expect.any(String));
    expect(used[0].lastUsedAt).toBeNull();
    expect((await owner('DELETE', `/tokens/${second.id}`)).statusCode).toBe(204);
    expect([(await lookUp(second.secret)).status, (await lookUp(third.secret)).status]).toEqual([401, 200]);
    expect((await owner('DELETE', `/tokens/${second.id}`)).statusCode).toBe(404);
  });

  it('are made by owners only, and for no connection of another organization', async () => {
    for (const as of ['editor', 'member'] as const)
      expect((await api.send({ as, method: 'POST', url: `${base}/tokens` })).statusCode).toBe(403);
    const foreign = `/v1/orgs/acme/connections/${api.ids.sharedConnectionId}/scim`;
    const { db } = api.database;
    const theirs = await db
      .selectFrom('connections')
      .select('organization_id')
      .where('id', '=', api.ids.sharedConnectionId)
      .executeTakeFirstOrThrow();
    const where = { organizationId: theirs.organization_id, connectionId: api.ids.sharedConnectionId };
    const made = await createScimToken(db, { ...OPERATOR, at: new Date() }, where);
    for (const [method, path] of [
      ['POST', '/tokens'],
      ['GET', ''],
      ['GET', '/log'],
      ['PATCH', ''],
      ['DELETE', `/tokens/${made?.token.id}`],
    ] as const) {
      const payload = method === 'PATCH' ? { payload: { enabled: false } } : {};
      const answer = await api.send({ as: 'owner', method, url: `${foreign}${path}`, ...payload });
      expect([method, path, answer.statusCode]).toEqual([method, path, 404]);
    }
    // Not only said: what is theirs is as it was.
    expect((await lookUp(made?.secret ?? '')).status).toBe(200);
    expect(await readScimSettings(db, '', where)).toMatchObject({ enabled: true, tokens: [{}] });
  });
});

describe('the switches', () => {
  it('refuse changes while SCIM is off, keep everybody, and are audited once', async () => {
    const { secret } = await newToken();
    const made = await scim.send(client(secret), 'POST', '/Users', { userName: 'kept@acme.example' });
    expect(made.status).toBe(201);
    expect((await owner('PATCH', '', { enabled: false })).json()).toMatchObject({ enabled: false, users: 1 });
    await owner('PATCH', '', { enabled: false });
    for (const [method, path] of [
      ['GET', '/Users'],
      ['DELETE', `/Users/${made.body.id}`],
    ] as const) {
      const answer = await scim.send(client(secret), method, path);
      expect(answer).toMatchObject({ status: 403, body: { status: '403' } });
      expect(answer.body.detail).toContain('switched off');
    }
    const on = await owner('PATCH', '', { enabled: true, adoptsSignInMembers: true });
    expect(on.json()).toMatchObject({ enabled: true, adoptsSignInMembers: true, users: 1 });
    expect((await scim.send(client(secret), 'GET', `/Users/${made.body.id}`)).body.active).toBe(true);
    const log = (await owner('GET', '/log')).json();
    const changes = log.events.filter(({ action }: { action: string }) => action === 'scim.settings.update');
    expect(changes).toHaveLength(2);
  });
});

describe('the log', () => {
  it('shows what was done and what was refused, the same refusal once, and no secret', async () => {
    const { id, secret } = await newToken();
    const send = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown) =>
      scim.send(client(secret), method, path, body);
    await send('POST', '/Users', { userName: 'logged@acme.example' });
    for (let time = 0; time < 3; time += 1)
      await send('POST', '/Users', { userName: 'out@elsewhere.example', password: 'not to be kept' });
    await send('POST', '/Users', '{"password":"not to be kept", oops');
    await send('GET', `/Users?filter=${encodeURIComponent('userName like "private@acme.example"')}`);
    await send('GET', '/Users/6f1f6d7e-0000-4000-8000-000000000000');
    await send('PATCH', '/Users', {});
    await owner('DELETE', `/tokens/${id}`);
    await lookUp(secret);
    await scim.send(client('mscim_never-was-one'), 'GET', '/Users');
    const log = (await owner('GET', '/log')).json();
    expect(log.events.map(({ action }: { action: string }) => action)).toContain('scim.user.create');
    expect(
      log.refused
        .slice(0, 5)
        .map((each: { method: string; status: number; scimType: string | null }) => [
          each.method,
          each.status,
          each.scimType,
        ]),
    ).toEqual([
      ['GET', 401, null],
      ['PATCH', 405, null],
      ['GET', 400, 'invalidFilter'],
      ['POST', 400, 'invalidSyntax'],
      ['POST', 400, 'invalidValue'],
    ]);
    expect(log.refused[4]).toMatchObject({ times: 3, path: '/scim/v2/Users' });
    expect(log.refused[4].detail).toContain('elsewhere.example');
    expect(log.refused[0].detail).toContain('revoked');
    for (const hidden of [secret, 'not to be kept']) expect(JSON.stringify(log)).not.toContain(hidden);
    const second = (await owner('GET', '/log?limit=1')).json();
    expect((await owner('GET', `/log?limit=1&cursor=${second.next}`)).json().refused).toEqual([]);
  });

  it('keeps the last two hundred refusals', async () => {
    const { secret } = await newToken();
    for (let index = 0; index < 210; index += 1)
      await scim.send(client(secret), 'POST', '/Users', { userName: `x@d${index}.example` });
    const { refused } = (await owner('GET', '/log')).json();
    expect(refused).toHaveLength(200);
    expect(refused[0].detail).toContain('d209.example');
  });
});
