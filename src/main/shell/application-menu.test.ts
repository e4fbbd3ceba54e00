import { expect, test, vi } from 'vitest';
import { desktopText } from '../../shared/text/desktop-text.ts';
import { applicationMenu } from './application-menu.ts';

interface Item {
  readonly role?: string;
  readonly label?: string;
  readonly type?: string;
  readonly submenu?: readonly Item[];
}
vi.mock('electron', () => ({ Menu: { buildFromTemplate: (items: readonly Item[]) => items } }));

const menu = (installed: boolean, language: string): readonly Item[] =>
  (applicationMenu('darwin', installed, desktopText([language])) ?? []) as never;
const all = (items: readonly Item[]): readonly Item[] =>
  items.flatMap((item) => [item, ...all(item.submenu ?? [])]);

test('the menu of mac speaks the language of the session, whatever Electron calls its roles', () => {
  expect(menu(true, 'de-AT').map(({ label }) => label)).toEqual([
    'Mooring',
    'Bearbeiten',
    'Darstellung',
    'Fenster',
  ]);
  const labels = all(menu(true, 'de')).flatMap(({ role, label }) =>
    role === undefined ? [] : [`${role}: ${label}`],
  );
  expect(labels).toEqual(
    expect.arrayContaining(['copy: Kopieren', 'quit: Mooring beenden', 'hideOthers: Andere ausblenden']),
  );
  for (const item of all(menu(false, 'en')))
    if (item.type === undefined) expect(item.label).toMatch(/^[A-Z]/);
});

test('it can be copied, pasted and made larger; only a copy that is not installed reloads and has developer tools', () => {
  const roles = (installed: boolean) => all(menu(installed, 'en')).map(({ role }) => role);
  expect(roles(true)).toEqual(
    expect.arrayContaining(['copy', 'paste', 'selectAll', 'zoomIn', 'zoomOut', 'quit']),
  );
  for (const role of ['reload', 'forceReload', 'toggleDevTools']) {
    expect(roles(true)).not.toContain(role);
    expect(roles(false)).toContain(role);
  }
});

test('elsewhere the window has none', () => {
  expect(applicationMenu('linux', false, desktopText(['en']))).toBe(null);
});
