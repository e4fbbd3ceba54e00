import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EnforcementWorld, enforcementWorld, inputsOf } from '../../../test/enforcement-world.ts';
import { changeRequestSchema } from '../../shared/contracts/local-api.ts';
import { checkValue } from '../../shared/settings/check-value.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';

let world: EnforcementWorld;
beforeEach(async () => {
  // Nobody waits for a slow writer here: every content is final.
  const after = (_: number, run: () => void) => {
    queueMicrotask(run);
    return () => {};
  };
  // A minute passes with every look at the clock: repairs are never paced.
  let now = 0;
  const monotonic = () => {
    now += 60_000;
    return now;
  };
  world = await enforcementWorld({ clock: { wall: () => 1e12, monotonic, after } });
});
afterEach(() => world.end());

const POLICY = inputsOf({
  'admin-settings': { analyticsEnabled: { locked: true, value: false }, proxy: { locked: true } },
});
const ids = desktopCatalog.settings.map(({ id }) => id);
const keys = desktopCatalog.settings.map(({ storeKey }) => storeKey);
const name = (known: readonly string[]) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...known) },
    fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', ''),
    fc.string({ unit: 'binary' }),
  );
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(true, false, 'dark', '', 'a,b', 2048, -1, '\u0000', '\ud800', 'http://u:p@h'),
);
const objectText = (known: readonly string[]) =>
  fc
    .array(fc.tuple(name(known), value), { maxLength: 30 })
    .map(
      (entries) =>
        `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${JSON.stringify(each)}`).join(',')}}`,
    );
const anyText = (known: readonly string[]) =>
  fc.oneof({ weight: 4, arbitrary: objectText(known) }, fc.json(), fc.string({ unit: 'binary' }));

describe('whatever others write into our files', () => {
  test('no lock opens, no invalid value is chosen, every file stays whole, and nothing is left to do', async () => {
    const enforcement = await world.begin(POLICY);
    const deed = fc.oneof(
      fc.record({ store: anyText(keys) }),
      fc.record({ choices: anyText(ids) }),
      fc.record({ change: fc.dictionary(name(ids), value, { maxKeys: 4 }) }),
    );
    await fc.assert(
      fc.asyncProperty(deed, async (act) => {
        if ('store' in act) await world.writeStore(act.store);
        else if ('choices' in act) await world.writeChoices(act.choices);
        else await enforcement.change(changeRequestSchema.parse({ set: act.change }));
        await enforcement.check();
        expect(await world.readStore()).toMatchObject({ AnalyticsEnabled: false, ProxyHTTPMode: 'system' });
        for (const [id, chosen] of enforcement.choices()) {
          const setting = desktopCatalog.byId.get(id);
          expect(setting !== undefined && checkValue(setting, chosen).ok, id).toBe(true);
        }
        const before = await world.storeText();
        await enforcement.check();
        expect(await world.storeText()).toBe(before);
        expect(await world.readChoices()).toBeTypeOf('object');
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 150 },
    );
    expect(enforcement.choices().has('analyticsEnabled')).toBe(false);
    const choices = await world.readChoices();
    await world.begin(POLICY);
    expect(await world.readChoices()).toEqual(choices);
  });
});
