import { describe, expect, it } from 'vitest';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import type { Layer, LayerSource, ValueSource } from './model.ts';
import { LAYER_RANKS, PRECEDENCE } from './precedence.ts';
import { readChoices } from './read-choices.ts';
import { readDocument } from './read-document.ts';
import { resolve } from './resolve.ts';

type State = 'absent' | 'unlocked' | 'locked';
const STATES: readonly State[] = ['absent', 'unlocked', 'locked'];
const SOURCES = ['configuration-profile', 'user-policy', 'organization-policy', 'admin-settings'] as const;

interface Combination {
  readonly states: Readonly<Record<LayerSource, State>>;
  readonly chosen: boolean;
}

function everyCombination(): Combination[] {
  let all: Record<LayerSource, State>[] = [
    {
      'configuration-profile': 'absent',
      'user-policy': 'absent',
      'organization-policy': 'absent',
      'admin-settings': 'absent',
    },
  ];
  for (const source of SOURCES)
    all = all.flatMap((states) => STATES.map((state) => ({ ...states, [source]: state })));
  return all.flatMap((states) => [false, true].map((chosen) => ({ states, chosen })));
}

/** What the table of docs/policy.md, section 2, says, written down a second time and without the engine. */
function expected({ states, chosen }: Combination): { source: ValueSource; locked: boolean } {
  const {
    'configuration-profile': profile,
    'user-policy': user,
    'organization-policy': org,
    'admin-settings': admin,
  } = states;
  const deciding: [LayerSource, State] =
    profile !== 'absent'
      ? ['configuration-profile', profile]
      : user !== 'absent'
        ? ['user-policy', user]
        : org !== 'absent'
          ? ['organization-policy', org]
          : ['admin-settings', admin];
  const [source, state] = deciding;
  if (state === 'locked') return { source, locked: true };
  if (chosen) return { source: 'user', locked: false };
  return { source: state === 'absent' ? 'default' : source, locked: false };
}

/** One setting by its own entry, one as a member of a group; each source has a value of its own. */
const SUBJECTS = [
  {
    id: 'swapMiB',
    values: {
      'configuration-profile': 1,
      'user-policy': 2,
      'organization-policy': 3,
      'admin-settings': 4,
      user: 5,
      default: 1024,
    },
    document: (value: unknown, locked: boolean) => ({ swapMiB: { locked, value } }),
  },
  {
    id: 'proxyHttp',
    values: {
      'configuration-profile': 'http://profile',
      'user-policy': 'http://user',
      'organization-policy': 'http://org',
      'admin-settings': 'http://admin',
      user: 'http://choice',
      default: '',
    },
    document: (value: unknown, locked: boolean) => ({ proxy: { locked, http: value } }),
  },
] as const;

describe.each(SUBJECTS)('the precedence of $id', ({ id, values, document }) => {
  const layersOf = ({ states }: Combination): Layer[] =>
    SOURCES.filter((source) => states[source] !== 'absent').map((source) =>
      readDocument(document(values[source], states[source] === 'locked'), source, desktopCatalog),
    );
  const combinations = everyCombination();

  it('is tried in every combination', () => {
    expect(SOURCES).toEqual(LAYER_RANKS.map(({ source }) => source));
    expect(PRECEDENCE.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(combinations).toHaveLength(STATES.length ** SOURCES.length * 2);
    expect(combinations).toHaveLength(162);
    expect(new Set(combinations.map((combination) => JSON.stringify(combination))).size).toBe(162);
  });

  it.each(combinations.map((combination) => [JSON.stringify(combination), combination] as const))(
    '%s',
    (_, combination) => {
      const layers = layersOf(combination);
      const choices = readChoices(combination.chosen ? { [id]: values.user } : {}, desktopCatalog);
      const resolution = resolve({ catalog: desktopCatalog, platform: 'linux', layers, choices });
      const { source, locked } = expected(combination);
      const resolved = resolution.settings.get(id);
      expect(resolved).toMatchObject({ source, locked, value: values[source] });
      expect(resolution.value(id)).toBe(values[source]);
      const contributions = resolved?.contributions ?? [];
      expect(contributions.map((each) => each.source)).toEqual([
        ...layers.map((layer) => layer.source),
        ...(combination.chosen ? ['user'] : []),
      ]);
      expect(contributions.filter(({ outcome }) => outcome === 'wins').map((each) => each.source)).toEqual(
        source === 'default' ? [] : [source],
      );
      for (const { reason } of contributions) expect(reason).toMatch(/^[A-Z].*\.$/);
      const org = contributions.find((each) => each.source === 'organization-policy');
      if (org !== undefined && combination.states['user-policy'] !== 'absent')
        expect(org.outcome).toBe('ignored');
      // Without the layer that decides, the same input resolves as if it had never been there.
      const others = layers.filter((layer) => layer.source !== source);
      const states = {
        ...combination.states,
        ...(source === 'user' || source === 'default' ? {} : { [source]: 'absent' as const }),
      };
      const without = resolve({ catalog: desktopCatalog, platform: 'linux', layers: others, choices });
      expect(without.settings.get(id)).toMatchObject(expected({ ...combination, states }));
    },
  );
});
