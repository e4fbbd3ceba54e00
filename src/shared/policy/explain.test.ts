import { describe, expect, it } from 'vitest';
import { desktopCatalog } from '../settings/desktop-catalog.ts';
import { diff } from './diff.ts';
import { explain } from './explain.ts';
import type { Freeze } from './model.ts';
import { readChoices } from './read-choices.ts';
import { readDocument } from './read-document.ts';
import { resolve } from './resolve.ts';

const of = (document: unknown, choices: unknown = {}, freeze?: Freeze) =>
  resolve({
    catalog: desktopCatalog,
    platform: 'linux',
    layers: [readDocument(document, 'user-policy', desktopCatalog)],
    choices: readChoices(choices, desktopCatalog),
    ...(freeze === undefined ? {} : { freeze }),
  });
const explainIn = (resolution: ReturnType<typeof of>, id: string) => explain(resolution, desktopCatalog, id);

describe('explaining a setting', () => {
  it.each<[string, unknown, unknown, string]>([
    ['locked', { cpus: { locked: true, value: 2 } }, {}, "cpus is locked by the user's policy."],
    [
      'suggested',
      { cpus: { value: 2 } },
      {},
      "cpus follows what the user's policy suggests; the user may choose another value.",
    ],
    ['chosen', { cpus: { value: 2 } }, { cpus: 3 }, 'cpus was chosen by the user.'],
    ['untouched', {}, {}, 'cpus has its built-in default: no policy speaks of it, and nobody chose.'],
  ])('that is %s', (_, document, choices, summary) => {
    expect(explainIn(of(document, choices), 'cpus')).toMatchObject({
      state: 'resolved',
      summary,
      resolved: { id: 'cpus' },
    });
  });

  it('that is held', () => {
    for (const code of ['policy_source_broken', 'policy_stale'] as const) {
      const { summary } = explainIn(of({}, {}, { code, source: 'user-policy', present: new Map() }), 'cpus');
      expect(summary).toContain('held at its present value');
    }
  });

  it('that is of another platform', () => {
    expect(explainIn(of({}), 'useGrpcfuse')).toMatchObject({ state: 'not_applicable', platforms: ['mac'] });
  });

  it('that there is not', () => {
    expect(explainIn(of({}), 'proxyHTTP')).toMatchObject({ state: 'unknown_setting', nearest: 'proxyHttp' });
    expect(explainIn(of({}), '__proto__')).toMatchObject({ state: 'unknown_setting', nearest: null });
  });
});

describe('comparing resolutions', () => {
  it('names only what is not as it was', () => {
    const before = of({ cpus: { value: 2 }, proxy: { exclude: ['a'] } });
    expect(diff(before, of({ proxy: { exclude: ['a'] }, cpus: { value: 2 } }))).toEqual([]);
    const after = of({ cpus: { locked: true, value: 2 }, proxy: { exclude: ['a', 'b'] } });
    expect(diff(before, after).map(({ id }) => id)).toEqual(['cpus', 'proxyExclude']);
    expect(diff(before, after)[0]).toMatchObject({ before: { locked: false }, after: { locked: true } });
  });

  it('names everything at first', () => {
    expect(diff(null, of({}))).toHaveLength(desktopCatalog.onPlatform.linux.length);
  });
});
