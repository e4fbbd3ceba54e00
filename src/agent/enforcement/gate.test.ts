import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type EnforcementWorld,
  enforcementWorld,
  inputsOf,
  layerInput,
} from '../../../test/enforcement-world.ts';
import { type ChangeRequest, changeAnswerSchema } from '../../shared/contracts/local-api.ts';
import { brokenLayer } from '../../shared/policy/read-document.ts';
import type { Enforcement, EnforcementInputs } from './model.ts';

let world: EnforcementWorld;
beforeEach(async () => {
  world = await enforcementWorld();
});
afterEach(() => world.end());

const LOCKED: EnforcementInputs = {
  stale: false,
  wall: null,
  layers: [
    layerInput(
      'organization-policy',
      {
        analyticsEnabled: { locked: true, value: false },
        theme: { value: 'dark' },
        proxy: { locked: false },
      },
      {
        scope: 'acme/u1',
        origin: { label: 'Engineering (acme)', organization: 'acme', policy: 'Engineering', revision: 3 },
      },
    ),
  ],
};
const BROKEN: EnforcementInputs = {
  layers: [{ scope: 'machine', origin: { label: 'x' }, layer: brokenLayer('admin-settings', []) }],
  stale: false,
  wall: null,
};
const WALL = { organizations: ['acme', 'globex'], method: 'registry.json' };

/** One row of the table of docs/policy.md section 4. */
const REFUSED: readonly [string, EnforcementInputs, NonNullable<ChangeRequest['set']>, object][] = [
  [
    'setting_locked',
    LOCKED,
    { analyticsEnabled: true },
    { details: { source: 'organization-policy', policy: 'Engineering', organization: 'acme' } },
  ],
  ['setting_locked', LOCKED, { analyticsEnabled: 'nonsense' }, {}],
  ['invalid_value', LOCKED, { theme: 'pink' }, { details: { accepted: 'one of "light", "dark", "system"' } }],
  ['invalid_value', LOCKED, { theme: null }, {}],
  ['invalid_value', LOCKED, { cpus: 0 }, { details: { accepted: 'a whole number from 1 to 1024 (cores)' } }],
  ['invalid_value', LOCKED, { cpus: '4' }, {}],
  ['invalid_value', LOCKED, { diskImageLocation: 'a\u0000b' }, {}],
  ['invalid_value', LOCKED, { diskImageLocation: 'a\ud800b' }, {}],
  ['unknown_setting', LOCKED, { themes: 'dark' }, { details: { nearest: 'theme' } }],
  ['unknown_setting', LOCKED, JSON.parse('{"__proto__":true}'), {}],
  ['unknown_setting', LOCKED, { constructor: true }, {}],
  [
    'not_applicable',
    LOCKED,
    { wslEngineEnabled: true },
    { details: { platform: 'linux', platforms: ['windows'] } },
  ],
  ['policy_source_broken', BROKEN, { theme: 'dark' }, {}],
  ['policy_stale', inputsOf({}, { stale: true }), { theme: 'dark' }, {}],
  [
    'sign_in_required',
    { ...LOCKED, wall: WALL },
    { theme: 'light' },
    { details: { organizations: ['acme', 'globex'], method: 'registry.json' } },
  ],
  [
    'setting_locked',
    inputsOf({ 'admin-settings': { proxy: { locked: true } } }, { wall: WALL }),
    { proxyHttp: 'http://p:1' },
    { details: { source: 'admin-settings' } },
  ],
];

describe('the write gate', () => {
  test.each(REFUSED)('%s', async (code, inputs, set, more) => {
    const enforcement = await world.begin(inputs);
    const before = await world.storeText();
    const answer = changeAnswerSchema.parse(await enforcement.change({ set }));
    expect(answer.error).toMatchObject({ code, setting: Object.keys(set)[0], ...more });
    expect(answer.error?.message).toMatch(/\w{3,}.*\.$/);
    expect(answer.error?.help).toMatch(/\w/);
    expect(answer.results).toEqual([{ id: Object.keys(set)[0], outcome: 'refused', error: answer.error }]);
    expect(await world.storeText()).toBe(before);
    expect(enforcement.choices().size).toBe(0);
    expect(await world.readChoices()).toEqual({});
  });

  test('a locked setting is named with its policy and organization', async () => {
    const enforcement = await world.begin(LOCKED);
    const { error } = await enforcement.change({ set: { analyticsEnabled: true } });
    expect(error?.message).toContain('Engineering (acme)');
    expect(error?.help).toContain('acme');
  });

  test('setting a locked or frozen setting to the value it has succeeds and records no choice', async () => {
    let enforcement = await world.begin(LOCKED);
    expect(await enforcement.change({ set: { analyticsEnabled: false } })).toEqual({
      results: [{ id: 'analyticsEnabled', outcome: 'unchanged', value: false }],
    });
    enforcement = await world.begin(BROKEN);
    expect((await enforcement.change({ set: { theme: 'dark' } })).results).toEqual([
      { id: 'theme', outcome: 'unchanged', value: 'dark' },
    ]);
    expect(await world.readChoices()).toEqual({});
  });

  test('a choice that equals the suggestion is a choice all the same: it stays when the suggestion goes', async () => {
    const enforcement = await world.begin(LOCKED);
    expect((await enforcement.change({ set: { theme: 'dark' } })).results[0]?.outcome).toBe('changed');
    expect((await enforcement.change({ set: { theme: 'dark' } })).results[0]?.outcome).toBe('unchanged');
    await enforcement.apply(inputsOf({}));
    expect(enforcement.resolution().settings.get('theme')).toMatchObject({ value: 'dark', source: 'user' });
  });

  test('several settings are changed together or not at all, with an answer for each', async () => {
    const enforcement = await world.begin(LOCKED);
    const refused = await enforcement.change({
      set: { theme: 'light', analyticsEnabled: true, cpus: -1, memoryMiB: 4096 },
      reset: ['swapMiB'],
    });
    expect(refused.error?.code).toBe('setting_locked');
    expect(refused.results.map(({ id, outcome, error }) => [id, outcome, error?.code])).toEqual([
      ['theme', 'not_applied', undefined],
      ['analyticsEnabled', 'refused', 'setting_locked'],
      ['cpus', 'refused', 'invalid_value'],
      ['memoryMiB', 'not_applied', undefined],
      ['swapMiB', 'unchanged', undefined],
    ]);
    expect(await world.readChoices()).toEqual({});
    const done = await enforcement.change({ set: { theme: 'light', memoryMiB: 4096 } });
    expect(done.error).toBeUndefined();
    expect(done.results.map(({ id, outcome, value }) => [id, outcome, value])).toEqual([
      ['theme', 'changed', 'light'],
      ['memoryMiB', 'changed', 4096],
    ]);
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'light', MemoryMiB: 4096 });
  });

  test('reset returns to the suggestion, not to the built-in default', async () => {
    const enforcement = await world.begin(LOCKED);
    await enforcement.change({ set: { theme: 'light', memoryMiB: 4096 } });
    expect((await enforcement.change({ reset: ['theme', 'theme'] })).results).toEqual([
      { id: 'theme', outcome: 'changed', value: 'dark' },
    ]);
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'dark', MemoryMiB: 4096 });
    const { error } = await enforcement.change({ reset: ['analyticsEnabled'] });
    expect(error?.code).toBe('setting_locked');
  });

  test('resetting everything leaves the choices that wait behind a lock', async () => {
    const enforcement = await world.begin(inputsOf({}));
    await enforcement.change({ set: { theme: 'light', analyticsEnabled: false, memoryMiB: 4096 } });
    await enforcement.apply(
      inputsOf({ 'admin-settings': { analyticsEnabled: { locked: true, value: true } } }),
    );
    const answer = await enforcement.change({ resetAll: true });
    expect(answer.error).toBeUndefined();
    expect(await world.readChoices()).toEqual({ analyticsEnabled: false });
    expect(await world.readStore()).toMatchObject({ ThemeSource: 'system', AnalyticsEnabled: true });
    expect(await world.readStore()).not.toHaveProperty('MemoryMiB');
  });

  test('resetting everything is refused while settings are frozen', async () => {
    let enforcement = await world.begin(inputsOf({}));
    await enforcement.change({ set: { theme: 'light' } });
    enforcement = await world.begin(BROKEN);
    expect((await enforcement.change({ resetAll: true })).error?.code).toBe('policy_source_broken');
    expect(await world.readChoices()).toEqual({ theme: 'light' });
  });

  test('a setting both set and reset is a mistake of the caller', async () => {
    const enforcement = await world.begin(inputsOf({}));
    const answer = await enforcement.change({ set: { theme: 'light' }, reset: ['theme'] });
    expect(answer).toMatchObject({ results: [], error: { code: 'bad_request', setting: 'theme' } });
  });

  test('behind the sign-in wall the proxy can be changed, for nobody could sign in otherwise', async () => {
    const enforcement = await world.begin({ ...inputsOf({}), wall: WALL });
    const set = { proxyMode: 'manual', proxyHttp: 'http://user:secret@proxy:3128' };
    expect((await enforcement.change({ set })).error).toBeUndefined();
    expect(await world.readStore()).toMatchObject({ OverrideProxyHTTP: 'http://user:secret@proxy:3128' });
    const both = await enforcement.change({ set: { proxyMode: 'system', theme: 'dark' } });
    expect(both.error?.code).toBe('sign_in_required');
    expect((await enforcement.change({ resetAll: true })).error).toBeUndefined();
    expect(await world.readChoices()).toEqual({});
  });

  test('a wall that nobody can pass says what an administrator has to mend', async () => {
    const problem = '/etc/mooring/policy.json: allowedOrgs names no organization.';
    const wall = { organizations: [], method: 'configuration profile', problem };
    const enforcement = await world.begin({ ...inputsOf({}), wall });
    const { error } = await enforcement.change({ set: { theme: 'dark' } });
    expect(error).toMatchObject({ code: 'sign_in_required', help: expect.stringContaining(problem) });
  });

  test('the password of a refused address is not repeated', async () => {
    const enforcement = await world.begin(inputsOf({}));
    const set = { extensionsPrivateMarketplaceAdminContactURL: 'ftp://user:secret@host/' };
    const text = JSON.stringify(await enforcement.change({ set }));
    expect(text).toContain('invalid_value');
    expect(text).not.toContain('secret');
  });

  test('an address that comes back as it was shown changes nothing, and no other one without its user-info is taken', async () => {
    const proxy = { proxy: { mode: 'manual', http: 'http://user:secret@proxy:3128' } };
    const enforcement = await world.begin(inputsOf({ 'organization-policy': proxy }));
    const ask = (proxyHttp: string) => enforcement.change({ set: { proxyHttp } });
    expect((await ask('http://***@proxy:3128')).results).toMatchObject([
      { outcome: 'unchanged', value: 'http://***@proxy:3128' },
    ]);
    expect((await ask('http://***@proxy:3129')).error).toMatchObject({
      code: 'invalid_value',
      message: expect.stringContaining('write the address whole'),
    });
    expect(await world.readStore()).toMatchObject({ OverrideProxyHTTP: 'http://user:secret@proxy:3128' });
    // What the user types is theirs to read.
    const own = await ask('http://me:mine@proxy:3129');
    expect(own.results).toMatchObject([{ outcome: 'changed', value: 'http://me:mine@proxy:3129' }]);
  });

  test('changes asked for at once are all made, in order', async () => {
    const enforcement = await world.begin(inputsOf({}));
    const asked = Array.from({ length: 40 }, (_, i) =>
      enforcement.change({ set: { memoryMiB: 1024 + i, cpus: 1 + i } }),
    );
    const answers = await Promise.all(asked);
    expect(answers.every(({ error }) => error === undefined)).toBe(true);
    expect(await world.readChoices()).toEqual({ cpus: 40, memoryMiB: 1063 });
    expect(await world.readStore()).toMatchObject({ Cpus: 40, MemoryMiB: 1063 });
  });

  test('an agent that has stopped accepts nothing', async () => {
    const enforcement: Enforcement = await world.begin(inputsOf({}));
    await enforcement.stop();
    expect((await enforcement.change({ set: { theme: 'dark' } })).error?.code).toBe('internal');
    expect(await world.readChoices()).toEqual({});
  });
});
