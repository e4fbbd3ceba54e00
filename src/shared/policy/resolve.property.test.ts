import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import { type GrammarNode, VERSION_KEY } from '../settings/document-grammar.ts';
import { PLATFORMS, type Setting } from '../settings/setting.ts';
import { parseStore } from '../store/parse-store.ts';
import { renderStore } from '../store/render-store.ts';
import type { Layer, LayerSource, Resolution } from './model.ts';
import { LAYER_RANKS, rankOf } from './precedence.ts';
import { readChoices } from './read-choices.ts';
import { readDocument } from './read-document.ts';
import { readProfile } from './read-profile.ts';
import { resolve } from './resolve.ts';

const catalog = desktopCatalog;
const SOURCES = LAYER_RANKS.map(({ source }) => source);

/** Values that a setting takes. */
function goodValue(setting: Setting): fc.Arbitrary<unknown> {
  switch (setting.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: setting.range?.min ?? 0, max: setting.range?.max ?? 9999 });
    case 'enum':
      return fc.constantFrom(...(setting.choices ?? []));
    case 'string':
      return setting.format === undefined
        ? fc.string({ unit: 'grapheme' }).map((s) => s.replaceAll('\0', ''))
        : fc.constant('');
    case 'stringList':
      return fc.array(fc.stringMatching(/^[a-z.*]{1,6}$/), { maxLength: 3 });
    case 'objectList':
      return fc.constantFrom(
        [],
        ...(setting.id === 'filesharingAllowedDirectories'
          ? [[{ path: '$HOME', sharedByDefault: true }]]
          : []),
      );
  }
}
const badValue = fc.oneof(
  fc.constant(null),
  fc.constant('\ud800'),
  fc.constant({}),
  fc.constant([1]),
  fc.constant(-7.5),
);
const anyValue = (setting: Setting) =>
  fc.oneof({ weight: 4, arbitrary: goodValue(setting) }, { weight: 1, arbitrary: badValue });
const lock = fc.constantFrom(true, false, null, 'yes', undefined);

/** Documents of the grammar, with some mistakes in them. */
function documentFor(node: GrammarNode): fc.Arbitrary<unknown> {
  const some = (children: ReadonlyMap<string, GrammarNode>, more: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record(
      {
        ...more,
        ...Object.fromEntries(
          [...children].map(([key, child]) => [
            key,
            fc.option(documentFor(child), { nil: undefined, freq: 2 }),
          ]),
        ),
      },
      { requiredKeys: [] },
    );
  switch (node.kind) {
    case 'container':
      return some(node.children, {});
    case 'group':
      return fc.oneof(
        { weight: 9, arbitrary: some(node.children, { locked: lock }) },
        { weight: 1, arbitrary: badValue },
      );
    case 'entry':
      return fc.oneof(
        {
          weight: 9,
          arbitrary: fc.record({ locked: lock, value: anyValue(node.setting) }, { requiredKeys: [] }),
        },
        { weight: 1, arbitrary: badValue },
      );
    default:
      return anyValue(node.setting);
  }
}
const toJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const someKeys = [...catalog.document.children].filter((_, i) => i % 4 === 0 || i < 12);
const document = fc
  .record(
    {
      ...Object.fromEntries(
        someKeys.map(([key, node]) => [key, fc.option(documentFor(node), { nil: undefined, freq: 1 })]),
      ),
      [VERSION_KEY]: fc.constant(2),
      extra: fc.constant(1),
    },
    { requiredKeys: [] },
  )
  .map(toJson);
const layers: fc.Arbitrary<Layer[]> = fc
  .record(
    Object.fromEntries(SOURCES.map((source) => [source, fc.option(document)])) as Record<
      LayerSource,
      fc.Arbitrary<unknown>
    >,
  )
  .map((documents) =>
    SOURCES.filter((source) => documents[source] !== null).map((source) =>
      readDocument(documents[source], source, catalog),
    ),
  );
const choosable = catalog.settings.filter((_, i) => i % 5 === 0 || i < 10);
const choices = fc
  .record(Object.fromEntries(choosable.map((setting) => [setting.id, goodValue(setting)])), {
    requiredKeys: [],
  })
  .map((values) => readChoices(toJson(values), catalog));
const platform = fc.constantFrom(...PLATFORMS);

const plain = (resolution: Resolution) => ({
  ...resolution,
  value: null,
  settings: [...resolution.settings.values()],
});
const outcomes = (resolution: Resolution) =>
  [...resolution.settings.values()].map(({ contributions, ...rest }) => rest);

describe('whatever documents and choices say', () => {
  it('the strongest layer that mentions a setting decides its value and its lock', () => {
    fc.assert(
      fc.property(layers, choices, platform, (given, chosen, on) => {
        const { settings } = resolve({ catalog, platform: on, layers: given, choices: chosen });
        const counts = given.filter(
          ({ source }) =>
            source !== 'organization-policy' || !given.some((each) => each.source === 'user-policy'),
        );
        for (const resolved of settings.values()) {
          const decider = counts.find(({ mentions }) => mentions.has(resolved.id));
          const mention = decider?.mentions.get(resolved.id);
          expect(resolved.locked).toBe(mention?.locked ?? false);
          if (mention?.locked === true) expect(resolved.source).toBe(decider?.source);
          if (mention?.state === 'valid' && resolved.source !== 'user')
            expect(resolved.value).toEqual(mention.value);
          for (const weaker of resolved.contributions) {
            if (weaker.outcome === 'wins' && decider !== undefined && weaker.source !== 'user') {
              expect(rankOf(weaker.source)).toBe(rankOf(decider.source));
            }
          }
        }
      }),
    );
  });

  it('adding a weaker layer changes nothing that a stronger one decides, so no lock is ever lost by it', () => {
    fc.assert(
      fc.property(layers, choices, document, platform, (given, chosen, more, on) => {
        const present = new Set(given.map(({ source }) => source));
        for (const source of SOURCES) {
          if (present.has(source)) continue;
          const before = resolve({ catalog, platform: on, layers: given, choices: chosen });
          const added = [...given, readDocument(more, source, catalog)];
          const after = resolve({ catalog, platform: on, layers: added, choices: chosen });
          for (const [id, was] of before.settings) {
            const stronger = given.some(
              (layer) => rankOf(layer.source) < rankOf(source) && layer.mentions.has(id),
            );
            const selectionChanges = source === 'user-policy' && present.has('organization-policy');
            if (!stronger || (selectionChanges && was.source === 'organization-policy')) continue;
            const is = after.settings.get(id);
            expect(is).toMatchObject({ locked: was.locked, value: was.value, source: was.source });
          }
        }
      }),
    );
  });

  it('removing a layer gives exactly the resolution without it', () => {
    fc.assert(
      fc.property(layers, choices, platform, fc.nat(), (given, chosen, on, pick) => {
        fc.pre(given.length > 0);
        const gone = given[pick % given.length];
        const rest = given.filter((layer) => layer !== gone);
        const input = { catalog, platform: on, choices: chosen };
        const before = plain(resolve({ ...input, layers: rest }));
        resolve({ ...input, layers: given });
        expect(plain(resolve({ ...input, layers: rest }))).toEqual(before);
        for (const { contributions } of before.settings) {
          expect(contributions.some(({ source }) => source === gone?.source)).toBe(false);
        }
      }),
    );
  });

  it('resolving again gives the same, and the order of layers and keys does not count', () => {
    const reversed = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(reversed);
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, each]) => [key, reversed(each)]),
      );
    };
    fc.assert(
      fc.property(document, document, choices, platform, (first, second, chosen, on) => {
        const read = (turn: (value: unknown) => unknown) => [
          readDocument(turn(first), 'user-policy', catalog),
          readDocument(turn(second), 'admin-settings', catalog),
        ];
        const input = { catalog, platform: on, choices: chosen };
        const once = resolve({ ...input, layers: read((value) => value) });
        expect(plain(resolve({ ...input, layers: read((value) => value) }))).toEqual(plain(once));
        const turned = resolve({ ...input, layers: read(reversed).reverse() });
        expect(outcomes(turned)).toEqual(outcomes(once));
        expect(new Set(turned.problems.map(({ path, code }) => path + code))).toEqual(
          new Set(once.problems.map(({ path, code }) => path + code)),
        );
      }),
    );
  });

  it("what is in force, taken as the user's own choices, is in force still", () => {
    fc.assert(
      fc.property(layers, choices, platform, (given, chosen, on) => {
        const once = resolve({ catalog, platform: on, layers: given, choices: chosen });
        const values = new Map(
          [...once.settings].flatMap(([id, { value }]) => (value === null ? [] : [[id, value] as const])),
        );
        const again = resolve({
          catalog,
          platform: on,
          layers: [],
          choices: { state: 'ok', values, invalid: new Map(), problems: [] },
        });
        expect([...again.settings.values()].map(({ value }) => value)).toEqual(
          [...once.settings.values()].map(({ value }) => value),
        );
      }),
    );
  });

  it('a store that was written reads back as what is in force', () => {
    fc.assert(
      fc.property(layers, choices, platform, (given, chosen, on) => {
        const resolution = resolve({ catalog, platform: on, layers: given, choices: chosen });
        const store = parseStore(renderStore(resolution, catalog), catalog, on);
        const expected = [...resolution.settings.values()].flatMap(({ id, value }) =>
          value === null ? [] : [[id, value]],
        );
        expect(store.state === 'ok' && Object.fromEntries(store.values)).toEqual(
          Object.fromEntries(expected),
        );
        expect(store.state === 'ok' && store.invalid.size + store.unknownKeys.size).toBe(0);
      }),
    );
  });
});

describe('no input whatever', () => {
  const hostileKey = fc.constantFrom(
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'locked',
    'value',
    'proxy',
    'cpus',
    '',
  );
  const hostile = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.anything(),
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc
        .array(fc.tuple(hostileKey, tie('value')), { maxLength: 5 })
        .map((entries) => Object.fromEntries(entries)),
    ),
  })).value;

  const feedEverywhere = (input: unknown) => {
    const source = readDocument(input, 'admin-settings', catalog);
    const profile = readProfile(input, catalog);
    const chosen = readChoices(input, catalog);
    for (const on of PLATFORMS) {
      const resolution = resolve({ catalog, platform: on, layers: [source, profile.layer], choices: chosen });
      expect(resolution.settings.size).toBe(catalog.onPlatform[on].length);
      parseStore(typeof input === 'string' ? input : renderStore(resolution, catalog), catalog, on);
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Object.hasOwn({}, 'locked')).toBe(false);
  };

  it('as a value makes it throw or pollutes a prototype', () => {
    fc.assert(fc.property(hostile, feedEverywhere), { numRuns: 300 });
  });

  it('as text makes it throw or pollutes a prototype', () => {
    const almostJson = fc.array(
      fc.oneof(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '"',
          '"cpus"',
          '"locked":true',
          '"value":4',
          '//',
          '/*',
          '\\u003a',
          '\\',
          '\0',
          '\ud800',
          '"__proto__":',
          '1e999',
        ),
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(
        almostJson.map((parts) => parts.join('')),
        feedEverywhere,
      ),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.json(), feedEverywhere));
    fc.assert(
      fc.property(
        hostile.map((value) => {
          try {
            return JSON.stringify(value) ?? '';
          } catch {
            return '';
          }
        }),
        feedEverywhere,
      ),
      { numRuns: 200 },
    );
  });

  it('as bytes makes it throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), feedEverywhere), { numRuns: 300 });
  });
});
