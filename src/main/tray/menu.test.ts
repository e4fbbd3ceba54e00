import { describe, expect, test } from 'vitest';
import { sessionEndSchema } from '../../shared/contracts/agent-api.ts';
import type { StatusAnswer } from '../../shared/contracts/local-api.ts';
import { desktopText } from '../../shared/text/desktop-text.ts';
import type { UpdateState } from '../updates/updates.ts';
import { trayFace } from './face.ts';
import { type TrayItem, trayMenu } from './menu.ts';
import { status } from './sample-status.ts';

const NOW = Date.parse('2026-05-01T12:02:30.000Z');

const menu = (state: StatusAnswer | null, update: UpdateState = { state: 'idle' }, now = NOW) =>
  trayMenu({ status: state, starting: false, offersCommand: false, update, now }, desktopText(['en']));
const notes = (items: readonly TrayItem[]) =>
  items.flatMap((item) => (item.kind === 'note' ? [item.text] : []));
const action = (items: readonly TrayItem[], name: string) =>
  items.find((item) => item.kind === 'action' && item.action === name);

const alone = () => {
  const { account } = status().account;
  return account === null ? null : { ...account, organization: null };
};
const policyOf = (change: Partial<NonNullable<StatusAnswer['policy']>>) => {
  const { policy } = status();
  return policy === null ? null : { ...policy, ...change };
};
/** A sign-in that is asked for and met. */
const met = () => ({ ...status().account.signIn, enforced: true, satisfied: true });

describe('the tray menu', () => {
  test('says who manages what, since when', () => {
    const items = menu(status());
    expect(notes(items)).toEqual([
      'dev@acme.example (Acme Inc.)',
      'Managed by acme: Engineering default, revision 7, 2 minutes ago',
    ]);
    expect(items.flatMap((item) => (item.kind === 'action' ? [item.text] : []))).toEqual([
      'Open settings',
      'Policy',
      'Sync now',
      'Sign out',
      'Check for updates',
      'About Mooring',
      'Quit Mooring',
    ]);
  });

  test('offers to put the command on the PATH where no installer did', () => {
    const state = { status: status(), starting: false, update: { state: 'idle' }, now: NOW } as const;
    const offered = (offersCommand: boolean) =>
      action(trayMenu({ ...state, offersCommand }, desktopText(['en'])), 'put-command');
    expect(offered(false)).toBeUndefined();
    expect(offered(true)).toMatchObject({ text: 'Put the command “mooring” on the PATH', enabled: true });
  });

  test.each([
    [30_000, 'just now'],
    [-30_000, 'just now'],
    [-3_600_000, 'before the clock was set back'],
    [61_000, '1 minute ago'],
    [3 * 3_600_000, '3 hours ago'],
    [50 * 3_600_000, '2 days ago'],
  ])('counts %d ms as %s', (passed, words) => {
    const now = Date.parse('2026-05-01T12:00:00.000Z') + passed;
    expect(notes(menu(status(), { state: 'idle' }, now))[1]).toMatch(new RegExp(`, ${words}$`));
  });

  test('a person who is signed out signs in; nothing is synced without an agent', () => {
    const signedOut = status({ signedOut: true });
    expect(notes(menu(signedOut))).toEqual(['Signed out', 'Not managed: every setting is yours']);
    expect(action(menu(signedOut), 'sign-in')).toMatchObject({ enabled: true });
    expect(action(menu(signedOut), 'sign-out')).toBeUndefined();
    expect(notes(menu(null))).toEqual(['The agent does not answer']);
    for (const name of ['sync', 'sign-in'])
      expect(action(menu(null), name)).toMatchObject({ enabled: false });
    expect(action(menu(null), 'quit')).toMatchObject({ enabled: true });
  });

  test('names every trouble', () => {
    const troubled = status({
      frozen: 'policy_stale',
      wall: ['acme', 'umbrella'],
      syncFailed: true,
      errors: 2,
      store: 'failed',
    });
    expect(notes(menu(troubled)).slice(2)).toEqual([
      'Sign in to acme or umbrella to change settings',
      'Settings are held: a policy cannot be read or is too old',
      'Settings could not be written',
      '2 problems with policy',
      'The hub does not answer; policy stays in force',
    ]);
    const error = { code: 'rolled_back', message: 'The policy that arrived was refused.' };
    const refused = { ...troubled, sync: { ...troubled.sync, error } };
    expect(notes(menu(refused)).at(-1)).toBe('The last sync did not succeed; policy stays in force');
  });

  test.each<readonly [string, StatusAnswer, string]>([
    [
      'test paths',
      { ...status(), testPaths: true },
      'Test paths: this computer is not managed by this build',
    ],
    [
      'an account without an organization',
      { ...status(), account: { ...status().account, account: alone() } },
      'dev@acme.example (no organization)',
    ],
    [
      'no policy assigned',
      { ...status(), policy: policyOf({ name: null, revision: null }) },
      'Managed by acme, 2 minutes ago',
    ],
    [
      'a hub that was reached later than the policy was fetched',
      { ...status(), policy: policyOf({ fetchedAt: '2026-05-01T09:00:00.000Z' }) },
      'Managed by acme: Engineering default, revision 7, 2 minutes ago',
    ],
    [
      'one setting of the machine',
      { ...status({ signedOut: true }), managed: { locked: 0, suggested: 1 } },
      'Managed by this computer’s administrator: 1 setting',
    ],
    [
      'a wall whose list cannot be read',
      status({ wall: [] }),
      'Sign-in is required, and no organization can be read',
    ],
    [
      'a store that others write',
      status({ store: 'contended' }),
      'Another program keeps changing the settings',
    ],
  ])('tells of %s', (_, state, line) => expect(notes(menu(state))).toContain(line));

  test('warnings are no trouble', () => {
    const problems = [
      { severity: 'warning', source: 'admin-settings', path: '', code: 'x', message: 'x' },
    ] as const;
    const warned = { ...status(), problems: [...problems] };
    expect(notes(menu(warned))).toEqual(notes(menu(status())));
    expect(trayFace(warned)).toBe('in-force');
  });

  test('says that it starts, until the agent has answered', () => {
    const starting = {
      status: null,
      starting: true,
      offersCommand: false,
      update: { state: 'idle' },
      now: NOW,
    } as const;
    expect(notes(trayMenu(starting, desktopText(['en'])))).toEqual(['Starting…']);
  });

  test('syncs once at a time', () => {
    const fetching = { ...status(), sync: { ...status().sync, state: 'fetching' } } as const;
    expect(action(menu(fetching), 'sync')).toMatchObject({ text: 'Syncing…', enabled: false });
  });

  test('whoever has to sign in again is not asked to sign out', () => {
    const ended = { ...status(), account: { ...status().account, state: 'sign-in-again' } } as const;
    expect(action(menu(ended), 'sign-in')).toMatchObject({ enabled: true });
    expect(action(menu(ended), 'sign-out')).toBeUndefined();
    expect(trayFace(ended)).toBe('attention');
  });

  test('says why the session has ended, where the hub said', () => {
    const ended = (change: Partial<StatusAnswer['account']>) =>
      notes(menu({ ...status(), account: { ...status().account, state: 'sign-in-again', ...change } }))[0];
    expect(ended({})).toBe('dev@acme.example: sign in again');
    const said = sessionEndSchema.options.map((sessionEnd) => ended({ sessionEnd }));
    expect(said).toContain('dev@acme.example: single sign-on is required now, sign in again');
    expect(said).toContain('dev@acme.example: deactivated, ask your administrator');
    expect(new Set(said).size).toBe(sessionEndSchema.options.length);
  });

  test('a name of any length and with line breaks stays one short line', () => {
    const [, policy = ''] = notes(menu(status({ policyName: `a\nb${'c'.repeat(500)}` })));
    expect(policy).not.toContain('\n');
    expect(policy.length).toBeLessThan(130);
  });

  test('names that are written from the right stay where they belong', () => {
    const { policy } = status();
    const here = {
      ...status(),
      policy: policy === null ? null : { ...policy, organization: 'אקמה', name: 'פיתוח' },
    };
    expect(notes(menu(here))[1]).toBe(
      'Managed by \u2068אקמה\u2069: \u2068פיתוח\u2069, revision 7, 2 minutes ago',
    );
    expect(notes(menu(status({ wall: ['שלום', 'acme\u202e'] })))[2]).toBe(
      'Sign in to \u2068שלום\u2069 or acme to change settings',
    );
  });

  test.each([
    [{ state: 'checking' }, 'Checking for updates…', false],
    [{ state: 'current' }, 'Up to date; check again', true],
    [{ state: 'failed' }, 'The update failed; check again', true],
    [{ state: 'available', version: '2.0.0' }, 'Download version 2.0.0', true],
    [{ state: 'downloading', version: '2.0.0' }, 'Downloading version 2.0.0…', false],
    [{ state: 'ready', version: '2.0.0' }, 'Restart to install version 2.0.0', true],
    [{ state: 'off', why: 'checkout' }, 'This build does not update itself', false],
    [{ state: 'off', why: 'no-feed' }, 'This copy has no address to look for updates', false],
    [{ state: 'off', why: 'fleet' }, 'Updates come from your organization’s own tool', false],
    [{ state: 'off', why: 'setting' }, 'Updates are switched off by “Do not check for updates”', false],
  ] as const)('shows updates: %j', (update, text, enabled) => {
    const item = menu(status(), update).find((each) => each.kind === 'action' && each.text === text);
    expect(item).toMatchObject({ enabled });
  });
});

test('the menu is German for whoever reads German first, dates and lists with it', () => {
  const german = (state: StatusAnswer, update: UpdateState = { state: 'idle' }) =>
    trayMenu(
      { status: state, starting: false, offersCommand: false, update, now: NOW },
      desktopText(['fr-FR', 'de-AT', 'en']),
    );
  expect(notes(german(status({ wall: ['acme', 'umbrella'] })))).toEqual([
    'dev@acme.example (Acme Inc.)',
    'Verwaltet von acme: Engineering default, Revision 7, vor 2 Minuten',
    'Bei acme oder umbrella anmelden, um Einstellungen zu ändern',
  ]);
  expect(german(status(), { state: 'off', why: 'setting' })).toContainEqual({
    ...{ kind: 'action', action: 'check-updates', enabled: false },
    text: 'Updates sind durch „Nicht nach Updates suchen“ abgeschaltet',
  });
});

describe('the face of the tray', () => {
  test.each([
    ['offline', null],
    ['in-force', status()],
    ['signed-out', status({ signedOut: true })],
    ['attention', status({ signedOut: true, wall: ['acme'] })],
    ['attention', status({ frozen: 'policy_source_broken' })],
    ['attention', status({ store: 'failed' })],
    ['attention', status({ store: 'contended' })],
    ['in-force', status({ store: 'waiting' })],
    ['in-force', { ...status({ signedOut: true }), managed: { locked: 0, suggested: 1 } }],
    ['in-force', { ...status(), account: { ...status().account, signIn: met() } }],
    ['attention', status({ errors: 1, syncFailed: true })],
    ['offline', status({ syncFailed: true })],
  ] as const)('%s', (face, state) => {
    expect(trayFace(state)).toBe(face);
  });
});
