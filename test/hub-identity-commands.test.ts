import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type HubProcess, runHubCommand, startHubProcess, temporaryDataDirectory } from './hub-process.ts';

/*
 * What an operator does about people from the command line beside a running hub, while an identity provider speaks
 * SCIM to it: the demo's world, real processes.
 */
const data = temporaryDataDirectory();
let hub: HubProcess;
beforeAll(async () => {
  hub = await startHubProcess(data.path, ['--demo']);
});
afterAll(async () => {
  await hub.end('SIGKILL');
  await data.remove();
});

const anything = z.record(z.string(), z.any());
const inAcme = () => ['--organization', 'acme', '--data', data.path];

/** The JSON answer of a command that succeeded. */
async function answer(...args: readonly string[]) {
  const result = await runHubCommand([...args, ...inAcme(), '--json']);
  expect([args, result.code, result.code === 0 ? '' : result.stderr + result.stdout]).toEqual([args, 0, '']);
  return anything.parse(JSON.parse(result.stdout));
}

/** What a person reads. */
async function text(...args: readonly string[]): Promise<string> {
  const result = await runHubCommand([...args, ...inAcme()]);
  expect([result.code, result.stderr]).toEqual([0, '']);
  return result.stdout;
}

async function refused(...args: readonly string[]): Promise<{ code: number; error: string }> {
  const result = await runHubCommand([...args, ...inAcme(), '--json']);
  const { error } = anything.parse(JSON.parse(result.stdout));
  return { code: result.code, error: String(error.code) };
}

/** A request of the identity provider. */
async function scim(token: unknown, method: string, path: string, body?: object) {
  const sent = await fetch(`${String(hub.said.scimBaseUrl)}${path}`, {
    method,
    headers: { authorization: `Bearer ${String(token)}`, 'content-type': 'application/scim+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said = await sent.text();
  return { status: sent.status, body: said === '' ? {} : anything.parse(JSON.parse(said)) };
}

it('the demo says where SCIM answers, for two organizations that cannot see each other', async () => {
  const { said } = hub;
  expect(said).toMatchObject({
    url: hub.url,
    organization: 'acme',
    emailDomain: 'acme.example',
    scimBaseUrl: `${hub.url}/scim/v2`,
    ownerEmail: 'olivia@acme.example',
    ownerPassword: expect.any(String),
  });
  const made = await scim(said.scimToken, 'POST', '/Users', { userName: 'ada@acme.example' });
  expect(made.status).toBe(201);
  expect((await scim(said.otherScimToken, 'GET', `/Users/${made.body.id}`)).status).toBe(404);
  expect((await scim(said.otherScimToken, 'GET', '/Users')).body.totalResults).toBe(0);
  const foreign = await scim(said.otherScimToken, 'POST', '/Users', { userName: 'eve@acme.example' });
  expect(foreign).toMatchObject({ status: 400, body: { scimType: 'invalidValue' } });
});

describe('people', () => {
  it('are found by how they came, and put into teams', async () => {
    const { members } = await answer('members', 'list', '--origin', 'scim');
    expect(members.map(({ email }: { email: string }) => email)).toEqual(['ada@acme.example']);
    expect((await answer('teams', 'create', 'Tools', '--description', 'for work')).team).toMatchObject({
      name: 'Tools',
      members: 0,
    });
    expect(await refused('teams', 'create', 'tools')).toEqual({ code: 1, error: 'conflict' });
    await answer('teams', 'add', 'tools', 'ada@acme.example');
    expect((await answer('teams', 'show', 'Tools')).members).toMatchObject([{ email: 'ada@acme.example' }]);
    expect(await text('members', 'show', 'ada@acme.example')).toMatch(/by scim since .*\nTeams: +Tools\n/);
    expect(await refused('members', 'show', 'nobody@acme.example')).toEqual({ code: 2, error: 'not_found' });
    expect(await text('teams', 'list')).toMatch(/Tools +1 +for work/);
    await answer('teams', 'remove', 'Tools', 'ada@acme.example');
    expect((await answer('teams', 'show', 'Tools')).members).toEqual([]);
    await answer('teams', 'delete', 'Tools');
    expect(await refused('teams', 'show', 'Tools')).toEqual({ code: 2, error: 'not_found' });
  }, 120_000);

  it('outside are listed, and tokens are listed and ended', async () => {
    expect((await answer('domains', 'uncaptured')).users).toEqual([]);
    const made = await answer('tokens', 'create', 'robot', '--role', 'member');
    expect((await answer('tokens', 'list')).tokens).toMatchObject([{ name: 'robot', role: 'member' }]);
    const ask = () =>
      fetch(`${hub.url}/v1/orgs/acme`, { headers: { authorization: `Bearer ${made.secret}` } });
    expect((await ask()).status).toBe(200);
    await answer('tokens', 'revoke', 'robot');
    // The hub hears of what another process did a moment later.
    await expect.poll(async () => (await ask()).status).toBe(401);
    expect(await refused('tokens', 'revoke', 'robot')).toEqual({ code: 2, error: 'not_found' });
    const link = await answer(
      'members',
      'password-link',
      'olivia@acme.example',
      '--public-url',
      `${hub.url}/`,
    );
    expect(link.url).toMatch(new RegExp(`^${hub.url}/[a-z]`));
    expect((await fetch(link.url)).status).toBe(200);
    // Somebody else's organization is left by the name it has there, and a stranger's cannot be.
    expect(await refused('connections', 'withdraw', 'Okta', 'globex')).toEqual({
      code: 2,
      error: 'not_found',
    });
  }, 120_000);
});

describe('a domain', () => {
  it('that is claimed already says how far its proof is', async () => {
    const add = ['domains', 'add', 'twice.example'];
    expect(await text(...add)).toMatch(/^Add this TXT record to twice\.example .*\nmooring-.*\nThen: .*\n$/);
    expect(await text(...add)).toMatch(/^twice\.example is claimed already, and not proved yet\.\nAdd this /);
    await answer('domains', 'verify', 'twice.example', '--force');
    expect(await text(...add)).toBe(
      'twice.example is claimed already and verified: nothing is left to do.\n',
    );
    expect(await answer(...add)).toMatchObject({ made: false, domain: { state: 'verified' } });
  }, 120_000);
});

describe('what the console shows and does', () => {
  it('is asked for as numbers, in pages and in an order', async () => {
    const paged = ['members', 'list', '--sort', 'email', '--limit', '2'];
    const [overview, trend, { members }, first, shown] = await Promise.all([
      answer('overview'),
      answer('trend', '--days', '7'),
      answer('members', 'list', '--sort', 'email'),
      answer(...paged),
      text(...paged),
    ]);
    expect(overview).toMatchObject({ teams: expect.any(Number), checklist: { policy: true } });
    expect(trend.days.at(-1).statuses).toEqual(overview.statuses);
    expect(first).toMatchObject({ members: members.slice(0, 2), total: members.length });
    expect(shown).toMatch(/2 of \d+; the next page: --cursor \S+\n$/);
    const [second, effective, signIns, none, ...wrong] = await Promise.all([
      answer(...paged, '--cursor', first.next),
      answer('members', 'effective', 'olivia@acme.example', '--platform', 'mac'),
      answer('members', 'sign-ins', 'olivia@acme.example'),
      answer('domains', 'list', '--search', 'surely nothing', '--limit', '5'),
      refused('members', 'list', '--sort', 'age'),
      refused('tokens', 'list', '--limit', '0'),
      refused('connections', 'list', '--cursor', 'x'),
    ]);
    expect(second.members).toEqual(members.slice(2, 4));
    expect(effective.platform).toBe('mac');
    expect(signIns).toMatchObject({ signIns: [], total: 0 });
    const signOut = ['members', 'sign-out', 'olivia@acme.example'];
    expect(await answer(...signOut)).toEqual({ browsers: 0, devices: 0 });
    expect(await refused(...signOut, '--session', 'x')).toEqual({ code: 2, error: 'bad_request' });
    const nowhere = '22222222-2222-4222-8222-222222222222';
    expect(await refused(...signOut, '--session', nowhere)).toEqual({ code: 2, error: 'not_found' });
    expect(none.total).toBe(0);
    for (const each of wrong) expect(each).toEqual({ code: 2, error: 'bad_request' });
  }, 120_000);

  it('is done with many members at once, never with everybody by mistake', async () => {
    const many = ['--domain', 'many.example'];
    await Promise.all([
      ...['one', 'two'].map((name) => answer('members', 'add', `${name}@many.example`)),
      answer('teams', 'create', 'Many'),
    ]);
    const joined = await answer('members', 'bulk', ...many, '--add-to', 'Many');
    expect(joined.job).toMatchObject({ counts: { waiting: 0, done: 2, refused: 0 }, refused: [] });
    for (const each of await Promise.all([
      refused('members', 'bulk', '--remove'),
      refused('members', 'bulk', ...many, '--all', '--remove'),
      refused('members', 'bulk', ...many, '--set-role', 'king'),
    ]))
      expect(each).toEqual({ code: 2, error: 'bad_request' });
    expect((await answer('teams', 'show', 'Many')).total).toBe(2);
    expect(await text('members', 'bulk', ...many, '--remove')).toBe('remove: 2 done, 0 refused, 0 left.\n');
    const { jobs } = await answer('members', 'jobs', '--state', 'finished', '--limit', '2');
    expect(jobs[0]).toMatchObject({ action: { kind: 'remove' }, counts: { done: 2 } });
    expect((await answer('members', 'job', jobs[0].id)).job).toMatchObject({ ...jobs[0], refused: [] });
  }, 120_000);

  it('is done with policies, for people of a file, and with the organization itself', async () => {
    const file = join(data.path, 'people.csv');
    const document = join(data.path, 'policy.json');
    writeFileSync(
      document,
      '{"configurationFileVersion": 2, "analyticsEnabled": {"locked": true, "value": false}}',
    );
    writeFileSync(file, 'email,note\nolivia@acme.example,owner\nnobody@acme.example,\nnot an address,\n');
    const [{ name }] = (await answer('policy', 'list')).policies;
    await answer('policy', 'duplicate', name, 'Copy');
    await answer('policy', 'rename', 'Copy', 'By file', '--description', 'a copy');
    expect((await answer('policy', 'order', 'By file')).policies[0]).toBe('By file');
    await answer('policy', 'set', 'By file', document);
    await answer('policy', 'restore-revision', 'By file', '1', '--reason', 'as it was');
    expect(await text('policy', 'show', 'By file', '--revision', '2')).toContain('"analyticsEnabled"');
    const [first, third] = [['--revision', '1'], []].map((words) =>
      text('policy', 'show', 'By file', ...words),
    );
    expect(await first).toBe(await third);
    expect((await answer('policy', 'teams', 'By file')).teams).toEqual([]);
    expect((await answer('policy', 'compliance')).policies).toEqual([]);
    expect((await runHubCommand(['policy', 'check', document])).stdout).toBe('It can be saved.\n');
    writeFileSync(document, '{"configurationFileVersion": 2, "memoryMiB": {"value": "much"}}');
    expect(await runHubCommand(['policy', 'check', document])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error \[invalid_value\] .*\n {2}error memoryMiB/),
    });
    const { revisions } = await answer('policy', 'revisions', 'By file', '--search', 'as it was');
    expect(revisions).toMatchObject([{ revision: 3, current: true }]);
    expect(await refused('policy', 'restore-revision', 'By file', '4')).toEqual({
      code: 2,
      error: 'bad_request',
    });
    const looked = await answer('policy', 'assign-file', 'By file', file, '--dry-run');
    expect(looked.results.map(({ line }: { line: number }) => line)).toEqual([2, 3, 4]);
    expect((await answer('policy', 'users', 'By file')).total).toBe(0);
    await answer('policy', 'assign-file', 'By file', file, '--move');
    expect((await answer('policy', 'users', 'By file')).users).toMatchObject([
      { email: 'olivia@acme.example' },
    ]);
    await answer('policy', 'delete', 'By file');
    const [deleted, set, ...wrong] = await Promise.all([
      answer('policy', 'deleted', '--search', 'by file'),
      answer('organization', 'set', '--refresh', '60', '--grace', 'never', '--second-factor', 'off'),
      refused('organization', 'set', '--refresh', '5'),
      refused('organization', 'set', '--grace', '1m'),
      refused('organization', 'set', '--device-sign-in', 'maybe'),
    ]);
    expect(deleted.total).toBe(1);
    expect(set).toMatchObject({
      organization: { refreshSeconds: 60, graceSeconds: null },
      signIn: { ownersNeedSecondFactor: false },
    });
    for (const each of wrong) expect(each).toEqual({ code: 2, error: 'bad_request' });
  }, 120_000);
});

describe('provisioning', () => {
  it('is switched, read with what it refused, and asks for attention', async () => {
    const { scimToken } = hub.said;
    await scim(scimToken, 'POST', '/Users', { userName: 'out@elsewhere.example' });
    expect(await answer('scim', 'show')).toMatchObject({ enabled: true, users: 1 });
    const log = await answer('scim', 'log', '--limit', '5');
    expect(log.events.map(({ action }: { action: string }) => action)).toContain('scim.user.create');
    expect(log.refused[0]).toMatchObject({ method: 'POST', status: 400, scimType: 'invalidValue' });
    expect(await text('scim', 'log')).toMatch(/POST \/scim\/v2\/Users +400 invalidValue +The domain/);
    const { items } = await answer('attention');
    expect(items.map(({ code }: { code: string }) => code)).toContain('scim_refused');
    expect((await answer('scim', 'adopt', 'on')).adoptsSignInMembers).toBe(true);
    expect((await answer('scim', 'adopt', 'off')).adoptsSignInMembers).toBe(false);
    expect(await refused('scim', 'adopt', 'perhaps')).toEqual({ code: 2, error: 'bad_request' });
    await answer('scim', 'off');
    expect((await scim(scimToken, 'GET', '/Users')).status).toBe(403);
    await answer('scim', 'on');
    expect((await scim(scimToken, 'GET', '/Users')).status).toBe(200);
    const rotated = await answer('scim', 'token', 'create', '--public-url', hub.url);
    expect((await scim(rotated.secret, 'GET', '/Users')).status).toBe(200);
    await answer('scim', 'token', 'revoke');
    expect((await scim(rotated.secret, 'GET', '/Users')).status).toBe(401);
    expect((await answer('connections', 'accepted')).connections).toEqual([]);
  }, 120_000);

  it('is moved to in one run, which says why it cannot begin', async () => {
    const unready = await answer('migration', 'start');
    expect(unready.migration).toMatchObject({ step: 'prepared', counts: { waiting: 0 } });
    // Without a token nobody could come back.
    expect(await refused('migration', 'run')).toEqual({ code: 1, error: 'conflict' });
    const { secret } = await answer('scim', 'token', 'create');
    expect((await scim(secret, 'GET', '/Users?count=0')).status).toBe(200);
    const ran = await answer('migration', 'run');
    expect(ran.migration).toMatchObject({ step: 'verifying', counts: { waiting: 0, removed: 0 } });
    expect((await answer('migration', 'status')).people).toEqual([]);
    // As the export writes it: whoever is named must be in the move.
    const left = join(data.path, 'left.csv');
    writeFileSync(left, 'Email,State,Detail\r\nstranger@acme.example,removed,\r\n');
    expect(await refused('migration', 'finish', '--without-file', left)).toEqual({
      code: 2,
      error: 'not_found',
    });
    await answer('migration', 'cancel');
    expect(await refused('migration', 'run')).toEqual({ code: 1, error: 'conflict' });
    const { migrations, total } = await answer('migration', 'list', '--step', 'cancelled');
    expect([total, migrations]).toMatchObject([1, [{ step: 'cancelled' }]]);
    const move = String(migrations[0].id);
    expect((await answer('migration', 'status', '--move', move)).migration).toMatchObject({ id: move });
    expect((await answer('migration', 'status', '--owning', '--state', 'missing')).people).toEqual([]);
    expect(await text('migration', 'export', '--move', move)).toBe('Email,State,Detail\r\n');
    expect(await refused('migration', 'run', '--move', randomUUID())).toEqual({
      code: 2,
      error: 'not_found',
    });
  }, 120_000);
});
