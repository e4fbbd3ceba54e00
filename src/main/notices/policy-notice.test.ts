import { describe, expect, test } from 'vitest';
import type { SettingState } from '../../shared/contracts/local-api.ts';
import { desktopText } from '../../shared/text/desktop-text.ts';
import type { AgentSnapshot } from '../agent/agent-view.ts';
import { status } from '../tray/sample-status.ts';
import { policyNotice } from './policy-notice.ts';

const TEXT = { ...desktopText(['en']), labelOf: (id: string) => (id === 'a' ? 'Setting A' : id) };
const BY = {
  source: 'organization-policy',
  label: 'Engineering default (acme)',
  organization: 'acme',
} as const;

function setting(id: string, value: SettingState['value'], managed: boolean, locked = managed): SettingState {
  const source = managed ? 'organization-policy' : 'user';
  return { id, value, locked, source, suggestion: null, managedBy: managed ? BY : null, contributions: [] };
}

function snapshot(
  settings: readonly SettingState[],
  sample: Parameters<typeof status>[0] = {},
): AgentSnapshot {
  return { status: status(sample), settings: { platform: 'linux', frozen: false, settings: [...settings] } };
}

const notice = (before: AgentSnapshot, now: AgentSnapshot) => policyNotice(before, now, TEXT);

describe('a notification about policy', () => {
  test('names what was changed, and by whom', () => {
    const before = snapshot([setting('a', 1, false)]);
    expect(notice(before, snapshot([setting('a', 2, true)]))).toEqual({
      title: '1 setting was changed by acme',
      body: 'Setting A',
      place: '/policy',
    });
  });

  test('keeps a name within itself, however it is written', () => {
    const by = { ...BY, organization: 'שלום\n' };
    const changed = { ...setting('a', 2, true), managedBy: by };
    const title = notice(snapshot([setting('a', 1, false)]), snapshot([changed]))?.title;
    expect(title).toBe('1 setting was changed by \u2068שלום\u2069');
    const wall = notice(snapshot([]), snapshot([], { wall: ['acme\u202e', 'x'.repeat(90)] }))?.body;
    expect(wall).toBe(`Sign in to acme and ${'x'.repeat(59)}… to go on changing settings.`);
  });

  test('is German for whoever reads German', () => {
    const ids = ['theme', 'cpus', 'swapMiB', 'memoryMiB', 'diskSizeMiB'];
    const all = (value: number) => snapshot(ids.map((id) => setting(id, value, true)));
    expect(policyNotice(all(1), all(2), desktopText(['de']))).toEqual({
      title: '5 Einstellungen wurden von acme geändert',
      body: 'Farbschema dieser App, Prozessoren für die virtuelle Maschine, Auslagerungsspeicher der virtuellen Maschine und 2 weitere',
      place: '/policy',
    });
  });

  test('tells of a lock that is let go', () => {
    const before = snapshot([setting('a', 1, true)]);
    expect(notice(before, snapshot([setting('a', 1, false)]))?.title).toBe('1 setting was changed by acme');
  });

  test('is short, however much changed', () => {
    const many = (value: number) =>
      snapshot(Array.from({ length: 50 }, (_, at) => setting(`s${at}`, value, true)));
    expect(notice(many(1), many(2))?.body).toBe('s0, s1, s2, and 47 more');
  });

  test('is not shown for what a person chose, for what only moved unseen, or where it is unwanted', () => {
    expect(notice(snapshot([setting('a', 1, false)]), snapshot([setting('a', 2, false)]))).toBeNull();
    expect(notice(snapshot([setting('a', 1, true)]), snapshot([setting('a', 1, true)]))).toBeNull();
    const unwanted = snapshot([setting('a', 2, true), setting('notifyGeneral', false, false)]);
    expect(notice(snapshot([setting('a', 1, true)]), unwanted)).toBeNull();
  });

  test('is not shown for what a person chose instead of a suggestion', () => {
    const suggested = { ...setting('a', 1, true, false), suggestion: 1 };
    const chosen = (value: number) => ({ ...suggested, value, source: 'user' as const, choice: value });
    expect(notice(snapshot([suggested]), snapshot([chosen(2)]))).toBeNull();
    expect(notice(snapshot([chosen(2)]), snapshot([chosen(3)]))).toBeNull();
    const locked = { ...suggested, value: 5, locked: true };
    expect(notice(snapshot([chosen(3)]), snapshot([locked]))?.title).toBe('1 setting was changed by acme');
  });

  test('tells of a sign-in wall that comes and goes, and of none where it is unwanted', () => {
    const walled = snapshot([], { wall: ['acme', 'umbrella'] });
    expect(notice(snapshot([]), walled)).toMatchObject({
      title: 'Sign-in is now required',
      body: 'Sign in to acme and umbrella to go on changing settings.',
      place: '/account',
    });
    expect(notice(walled, snapshot([]))?.title).toBe('Sign-in is no longer required');
    expect(notice(walled, walled)).toBeNull();
    const quiet = [setting('notifyGeneral', false, false)];
    expect(notice(snapshot(quiet), snapshot(quiet, { wall: ['acme'] }))).toBeNull();
  });
});
