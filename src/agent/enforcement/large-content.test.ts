import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type EnforcementWorld, enforcementWorld, inputsOf } from '../../../test/enforcement-world.ts';

/*
 * What is written must be small enough to be read again: a file of ours that was taken for ruined would be kept aside
 * and written anew at every look, which the writing itself brings about.
 */
let world: EnforcementWorld;
beforeEach(async () => {
  world = await enforcementWorld();
});
afterEach(() => world.end());

const FREE = inputsOf({});
const HALF = 'x'.repeat(600_000);
const keptAside = async () => (await world.names()).filter((name) => name.includes('.bad'));

test('a change that the file of choices could not hold is refused whole; forgetting one is not', async () => {
  const enforcement = await world.begin(FREE);
  expect((await enforcement.change({ set: { proxyHttp: HALF } })).error).toBe(undefined);
  const before = await world.readChoices();
  const refused = await enforcement.change({ set: { theme: 'dark', proxyHttps: HALF } });
  expect(refused).toMatchObject({
    error: { code: 'too_large', message: expect.stringContaining('1 MiB') },
    results: [
      { id: 'theme', outcome: 'not_applied' },
      { id: 'proxyHttps', outcome: 'not_applied' },
    ],
  });
  // Bytes are counted, not characters.
  const wide = await enforcement.change({ set: { proxyHttps: 'ü'.repeat(300_000) } });
  expect(wide.error?.code).toBe('too_large');
  expect(await world.readChoices()).toEqual(before);
  expect((await enforcement.change({ reset: ['proxyHttp'] })).error).toBe(undefined);
  expect((await enforcement.change({ set: { proxyHttps: HALF } })).error).toBe(undefined);
  await enforcement.check();
  expect([await keptAside(), enforcement.drift()]).toEqual([[], []]);
});

test('a store full of choices is kept aside once, at first contact and later, and policy is in force', async () => {
  const policy = inputsOf({ 'admin-settings': { theme: { locked: true, value: 'light' } } });
  const full = { OverrideProxyHTTP: HALF, OverrideProxyHTTPS: HALF, ThemeSource: 'dark' };
  await world.writeStore(full);
  const enforcement = await world.begin(policy);
  expect(await world.readStore()).toMatchObject({ ThemeSource: 'light', OverrideProxyHTTP: '' });
  expect(await world.readChoices()).toEqual({});
  await world.editStore(full);
  for (let look = 0; look < 3; look += 1) await enforcement.check();
  expect(await world.readStore()).toMatchObject({ ThemeSource: 'light', OverrideProxyHTTP: '' });
  expect(await keptAside()).toHaveLength(2);
  expect(enforcement.drift().map(({ kind }) => kind)).toEqual(['unparsable', 'unparsable']);
});

test('a policy that is longer in the store than in its document is held there, over a restart too', async () => {
  const filesharingAllowedDirectories = Array.from({ length: 32_000 }, (_, number) => ({
    path: `/${number}`,
  }));
  const document = { filesharingAllowedDirectories };
  expect(JSON.stringify(document).length).toBeLessThan(1024 * 1024);
  const policy = inputsOf({ 'admin-settings': document });
  let enforcement = await world.begin(policy);
  const text = await world.storeText();
  expect(text.length).toBeGreaterThan(1024 * 1024);
  for (const restart of [false, true]) {
    if (restart) enforcement = await world.begin(policy);
    else await enforcement.check();
    expect(await world.storeText()).toBe(text);
    expect([await keptAside(), enforcement.drift(), enforcement.resolution().problems]).toEqual([[], [], []]);
    expect(enforcement.storeState().state).toBe('ok');
  }
  await world.writeStore(text.replace('"ThemeSource": "system"', '"ThemeSource": "pink"'));
  await enforcement.check();
  expect(await world.storeText()).toBe(text);
});

test('what is put back beside an edit by hand, and does not fit with it, is in force and said, not tried for ever', async () => {
  let enforcement = await world.begin(FREE);
  await enforcement.change({ set: { proxyHttp: HALF } });
  const locked = inputsOf({ 'admin-settings': { proxy: { locked: true, mode: 'system' } } });
  enforcement = await world.begin(locked);
  await writeFile(world.paths.choices, JSON.stringify({ kubernetesImagesRepository: HALF }));
  for (let look = 0; look < 3; look += 1) await enforcement.check();
  expect(enforcement.storeState()).toMatchObject({
    state: 'failed',
    message: expect.stringContaining('too large'),
  });
  expect(enforcement.choices().get('proxyHttp')).toBe(HALF);
  expect(await keptAside()).toEqual([]);
  await enforcement.change({ reset: ['kubernetesImagesRepository'] });
  expect(enforcement.storeState().state).toBe('ok');
  expect(await world.readChoices()).toEqual({ proxyHttp: HALF });
});
