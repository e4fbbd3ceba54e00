import { describe, expect, test } from 'vitest';
import { catalogSetting, run, settingState } from '../cli-test-host.ts';

const catalog = [
  catalogSetting({ id: 'theme', type: 'enum', choices: ['light', 'dark'], label: 'Colour theme' }),
  catalogSetting({ id: 'autoStart', label: 'Start at login' }),
  catalogSetting({ id: 'cpus', type: 'integer', range: { min: 1, max: 1024 }, category: 'Resources' }),
  catalogSetting({ id: 'port', type: 'integer', range: { min: -1 }, unit: 'ports', category: 'Resources' }),
  catalogSetting({
    id: 'exclude',
    type: 'stringList',
    category: 'Proxies',
    description: 'Hosts without proxy',
  }),
  catalogSetting({ id: 'text', type: 'string' }),
  catalogSetting({
    id: 'mirrors',
    type: 'objectList',
    items: [
      { name: 'url', type: 'string', required: true, description: '' },
      { name: 'on', type: 'boolean', required: false, description: '' },
    ],
  }),
];
const managedBy = {
  source: 'organization-policy',
  label: 'Engineering default (acme)',
  organization: 'acme',
  revision: 3,
  since: '2026-01-02T03:04:05Z',
} as const;
const states = [
  settingState({ id: 'theme', value: 'dark', locked: true, source: 'organization-policy', managedBy }),
  settingState({ id: 'autoStart', value: false, source: 'user' }),
  settingState({ id: 'cpus', value: null }),
  settingState({ id: 'exclude', value: ['a', 'b'], source: 'organization-policy', managedBy }),
];
const routes = {
  catalog: () => ({ body: { settings: catalog } }),
  settings: () => ({ body: { platform: 'linux', frozen: false, settings: states } }),
};

describe('settings set reads a value by its type', () => {
  test.each([
    [['autoStart', 'true'], true],
    [['autoStart', 'ON'], true],
    [['autoStart', 'no'], false],
    [['autoStart', 'off'], false],
    [['cpus', '8'], 8],
    [['cpus', '007'], 7],
    [['port', '--', '-1'], -1],
    [['theme', 'dark'], 'dark'],
    [['theme', 'pink'], 'pink'],
    [['text', 'true'], 'true'],
    [['text', ''], ''],
    [['text', '--', '--json'], '--json'],
    [
      ['exclude', 'a,b', ' c ', ','],
      ['a', 'b', 'c'],
    ],
    [['exclude', ''], []],
    [['exclude', '[]'], []],
    [
      ['exclude', '["a,b", "c"]'],
      ['a,b', 'c'],
    ],
    [['mirrors', '[{"url":"https://m","on":true}]'], [{ url: 'https://m', on: true }]],
    [
      ['mirrors', '{"url":"x"}', '{"url":"y"}'],
      [{ url: 'x' }, { url: 'y' }],
    ],
    [['mirrors', '[]'], []],
    [['mirrors', '{"__proto__":{"a":1}}'], [JSON.parse('{"__proto__":{"a":1}}')]],
  ])('%j', async (words, value) => {
    const { exit, seen } = await run(['settings', 'set', ...words], {
      routes: {
        ...routes,
        change: () => ({ body: { results: [{ id: words[0], outcome: 'changed', value: null }] } }),
      },
    });
    expect(exit).toBe(0);
    expect(seen.at(-1)?.body).toEqual({ set: { [words[0] ?? '']: value } });
  });

  test.each([
    [['autoStart', '1'], /true or false/],
    [['autoStart', 'true', 'false'], /exactly one value/],
    [['cpus', '1.5'], /a whole number from 1 to 1024/],
    [['cpus', '1e3'], /a whole number/],
    [['cpus', '99999999999999999999'], /a whole number/],
    [['cpus', ''], /a whole number/],
    [['port', 'x'], /a whole number from -1 \(ports\)/],
    [['exclude', '["a"'], /a JSON array of texts/],
    [['mirrors', 'x'], /an array of objects with url, on \(optional\)/],
    [['mirrors', '[1]'], /an array of objects/],
  ])('%j is refused before anything is asked', async (words, message) => {
    const { exit, seen, stderr } = await run(['settings', 'set', ...words], { routes });
    expect(exit).toBe(2);
    expect(stderr).toContain('[invalid_value]');
    expect(stderr).toMatch(message);
    expect(seen.map(({ route }) => route)).toEqual(['catalog']);
  });

  test('a setting that this platform does not have is left to the agent to judge', async () => {
    const error = { code: 'unknown_setting', message: 'No such setting.', details: { nearest: 'theme' } };
    const change = () => ({ status: 404, body: { results: [], error } });
    const { exit, seen } = await run(['settings', 'set', 'them', 'dark'], { routes: { ...routes, change } });
    expect(exit).toBe(2);
    expect(seen.at(-1)?.body).toEqual({ set: { them: 'dark' } });
  });
});

describe('the answer to a change', () => {
  test('changed and unchanged', async () => {
    const answer = (outcome: string) => ({
      ...routes,
      change: () => ({ body: { results: [{ id: 'theme', outcome, value: 'dark' }] } }),
    });
    expect((await run(['settings', 'set', 'theme', 'dark'], { routes: answer('changed') })).stdout).toBe(
      'theme is now dark\n',
    );
    expect((await run(['settings', 'set', 'theme', 'dark'], { routes: answer('unchanged') })).stdout).toBe(
      'theme stays dark\n',
    );
  });

  test('locked: exit 4, and --json keeps the answer for every setting', async () => {
    const error = {
      code: 'setting_locked',
      message: 'theme is locked by Engineering default (acme).',
      help: 'Ask ops@acme.example.',
      setting: 'theme',
    };
    const body = {
      results: [
        { id: 'theme', outcome: 'refused', error },
        { id: 'cpus', outcome: 'refused', error: { code: 'invalid_value', message: 'Out of range.' } },
        { id: 'text', outcome: 'not_applied' },
      ],
      error,
    };
    const change = () => ({ status: 423, body });
    const words = ['settings', 'reset', 'theme', 'cpus', 'text'];
    const plain = await run(words, { routes: { change } });
    expect(plain.exit).toBe(4);
    expect(plain.stderr).toBe(
      'cpus: Out of range.\nerror [setting_locked] theme is locked by Engineering default (acme).\nAsk ops@acme.example.\n',
    );
    const json = await run([...words, '--json'], { routes: { change } });
    expect(json.exit).toBe(4);
    expect(JSON.parse(json.stdout)).toEqual(body);
  });
});

describe('settings reset', () => {
  test('names or all, not both and not neither', async () => {
    for (const words of [[], ['theme', '--all']]) {
      const { exit, seen } = await run(['settings', 'reset', ...words]);
      expect([words, exit, seen]).toEqual([words, 2, []]);
    }
    const change = () => ({ body: { results: [] } });
    const all = await run(['settings', 'reset', '--all'], { routes: { change } });
    expect(all.seen[0]?.body).toEqual({ resetAll: true });
    expect(all.stdout).toBe('Nothing was chosen, so there is nothing to reset.\n');
    const two = await run(['settings', 'reset', 'theme', 'cpus'], { routes: { change } });
    expect(two.seen[0]?.body).toEqual({ reset: ['theme', 'cpus'] });
  });
});

describe('settings list', () => {
  const ids = async (...words: string[]): Promise<string[]> => {
    const { exit, stdout } = await run(['settings', 'list', ...words, '--json'], { routes });
    expect(exit).toBe(0);
    return JSON.parse(stdout).settings.map(({ id }: { id: string }) => id);
  };

  test('filters', async () => {
    expect(await ids()).toEqual(['theme', 'autoStart', 'cpus', 'exclude']);
    expect(await ids('--managed')).toEqual(['theme', 'exclude']);
    expect(await ids('--category', 'proxies')).toEqual(['exclude']);
    expect(await ids('--search', 'HOSTS proxy')).toEqual(['exclude']);
    expect(await ids('--search', 'colour', '--managed')).toEqual(['theme']);
    expect(await ids('--search', 'nothing like it')).toEqual([]);
  });

  test('an unknown category is refused with the ones there are', async () => {
    const { exit, stderr } = await run(['settings', 'list', '--category', 'Colours'], { routes });
    expect(exit).toBe(2);
    expect(stderr).toContain('General, Resources, Proxies');
  });

  test('fits a terminal of any width, and is whole in a pipe', async () => {
    const whole = await run(['settings', 'list'], { routes });
    expect(whole.stdout).toContain('theme      dark   locked     Engineering default (acme)  General');
    for (const columns of [20, 40, 60, 80, 120]) {
      const { stdout } = await run(['settings', 'list'], { routes, columns, environment: { NO_COLOR: '1' } });
      const longest = Math.max(...stdout.split('\n').map((line) => line.length));
      expect(longest).toBeLessThanOrEqual(columns);
      expect(stdout.includes('…')).toBe(columns < 65);
    }
  });

  test('colour: only on a terminal, never with NO_COLOR, always with FORCE_COLOR', async () => {
    const colored = async (columns: number | null, environment: Record<string, string>): Promise<boolean> => {
      const { stdout } = await run(['settings', 'list'], {
        routes,
        environment,
        ...(columns === null ? {} : { columns }),
      });
      return stdout.includes('\u001b[');
    };
    expect(await colored(80, {})).toBe(true);
    expect(await colored(null, {})).toBe(false);
    expect(await colored(80, { NO_COLOR: '1' })).toBe(false);
    expect(await colored(80, { NO_COLOR: '' })).toBe(true);
    expect(await colored(80, { TERM: 'dumb' })).toBe(false);
    expect(await colored(null, { FORCE_COLOR: '1' })).toBe(true);
    expect(await colored(80, { FORCE_COLOR: '0' })).toBe(false);
  });
});

describe('settings get and explain', () => {
  test.each([
    ['text as it is', 'dark', 'dark\n'],
    ['a list as JSON', ['a', 'b'], '["a","b"]\n'],
    ['a number', 8, '8\n'],
    ['false', false, 'false\n'],
    ['unset', null, '\n'],
  ])('get prints %s', async (_, value, printed) => {
    const setting = () => ({ body: settingState({ id: 'theme', value }) });
    const { stdout, seen } = await run(['settings', 'get', 'theme'], { routes: { setting } });
    expect(stdout).toBe(printed);
    expect(seen).toEqual([{ route: 'setting', id: 'theme', query: '', body: null }]);
  });

  test('an id of any shape is one path segment', async () => {
    const error = { code: 'unknown_setting', message: 'No such setting.' };
    for (const id of ['../status', 'a/b', '%2e', 'ä', '__proto__']) {
      const { exit, seen } = await run(['settings', 'get', id], {
        routes: { setting: () => ({ status: 404, body: { error } }) },
      });
      expect([id, exit, seen[0]?.id]).toEqual([id, 2, id]);
    }
  });

  test('explain names the winner, the others, and the choice that waits', async () => {
    const body = settingState({
      id: 'theme',
      value: 'dark',
      locked: true,
      source: 'organization-policy',
      choice: 'light',
      managedBy,
      contributions: [
        {
          source: 'organization-policy',
          value: 'dark',
          locked: true,
          outcome: 'wins',
          reason: 'It is the strongest.',
        },
        {
          source: 'user',
          value: 'light',
          locked: false,
          outcome: 'ignored',
          reason: 'The setting is locked.',
        },
      ],
    });
    const { stdout } = await run(['settings', 'explain', 'theme'], { routes: { setting: () => ({ body }) } });
    expect(stdout).toContain('theme = dark  locked');
    expect(stdout).toContain('Locked by Engineering default (acme), revision 3, since 2026-01-02T03:04:05Z');
    expect(stdout).toContain('Your own choice, kept for when the lock goes: light');
    expect(stdout).toMatch(/organization-policy\s+dark\s+yes\s+wins\s+It is the strongest\./);
    expect(stdout).not.toContain('brings back');
  });
});
