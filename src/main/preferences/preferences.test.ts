import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ipcMain } from 'electron';
import { afterAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { openPreferences } from './preferences.ts';

/*
 * electron-store itself, on files that somebody or something has ruined. It asks Electron for little, which is given here to
 * it and to us alike; what stands in node_modules no mock reaches.
 */
const electron = await vi.hoisted(async () => {
  const { registerHooks } = await import('node:module');
  const text = `import { EventEmitter } from 'node:events';
    export const app = { getPath: () => '/', getVersion: () => '1.2.3' };
    export const ipcMain = new EventEmitter();
    export default { app, ipcMain, shell: {} };`;
  const url = `data:text/javascript,${encodeURIComponent(text)}`;
  const hooks = registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'electron' ? { url, format: 'module', shortCircuit: true } : next(specifier, context),
  });
  return { url, hooks };
});
vi.mock('electron', () => import(electron.url));
afterAll(() => electron.hooks.deregister());

const NOTHING = { bounds: null, maximized: false, theme: 'system' };
const PLACE = { x: 10, y: 20, width: 900, height: 700 };
let folder: string;
let file: string;
let log: string[];
const open = (at = folder) => openPreferences(at, (message) => log.push(message));
const asides = () => readdirSync(folder).filter((name) => /^window\.\w+\.bad\.json$/.test(name));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mooring-preferences-'));
  file = join(folder, 'window.json');
  log = [];
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

test('what is kept is there the next time', () => {
  open().keep({ bounds: PLACE, theme: 'dark' });
  open().keep({ maximized: true });
  expect(open().read()).toEqual({ bounds: PLACE, maximized: true, theme: 'dark' });
  expect([log, readdirSync(folder)]).toEqual([[], ['window.json']]);
});

test.each([
  ['nothing', ''],
  ['half of it', '{ "theme": "dark", "bou'],
  ['bytes', Buffer.from([0, 255, 254, 1, 2])],
  ['a list', '[1, 2]'],
  ['a number', '7'],
  ['null', 'null'],
  ['a text', '"dark"'],
  ['the mark that some editors put before it', '\uFEFF{ "theme": "dark" }'],
  ['deep nesting', '['.repeat(200_000)],
])('a file of %s is put aside, nothing of it lost, and the window opens as the first time', (_, content) => {
  writeFileSync(file, content);
  const preferences = open();
  expect(preferences.read()).toEqual(NOTHING);
  const [aside = ''] = asides();
  expect(readFileSync(join(folder, aside)).equals(Buffer.from(content))).toBe(true);
  preferences.keep({ theme: 'light' });
  expect(open().read().theme).toBe('light');
  expect([log, asides().length]).toEqual([[], 1]);
});

test.each([
  [{ bounds: 'everywhere', maximized: 'perhaps', theme: 'purple' }, NOTHING],
  [
    { bounds: { ...PLACE, width: -1 }, theme: 'dark' },
    { ...NOTHING, theme: 'dark' },
  ],
  [
    { bounds: { ...PLACE, x: 1e12 }, maximized: true },
    { ...NOTHING, maximized: true },
  ],
  [{ bounds: { ...PLACE, y: null } }, NOTHING],
  [{ bounds: { x: 1 }, theme: ['dark'] }, NOTHING],
  [JSON.parse('{ "__proto__": { "theme": "dark" }, "constructor": 1 }'), NOTHING],
])('of %j only what makes sense is taken', (content, expected) => {
  writeFileSync(file, JSON.stringify(content));
  expect(open().read()).toEqual(expected);
  expect([log, asides()]).toEqual([[], []]);
});

test('a folder in the place of the file is put aside with what is in it', () => {
  mkdirSync(file);
  writeFileSync(join(file, 'kept'), 'mine');
  const preferences = open();
  preferences.keep({ theme: 'dark' });
  expect(open().read().theme).toBe('dark');
  const [aside = ''] = asides();
  expect(readFileSync(join(folder, aside, 'kept'), 'utf8')).toBe('mine');
});

test('where nothing can be kept the app goes on, with what was set in this run', () => {
  // A file in the place of the folder: nobody could write beneath it, whatever their rights are.
  writeFileSync(file, 'in the way');
  const preferences = open(join(file, 'in'));
  preferences.keep({ theme: 'dark' });
  preferences.keep({ bounds: PLACE });
  expect(preferences.read()).toEqual({ bounds: PLACE, maximized: false, theme: 'dark' });
  expect(new Set(log)).toEqual(new Set(['preferences of the window could not be read or written']));
  expect(readFileSync(file, 'utf8')).toBe('in the way');
});

// Root reads everything, and Windows has other rights.
test.runIf(process.platform !== 'win32' && process.getuid?.() !== 0)(
  'a file that may not be read stays as it is',
  () => {
    writeFileSync(file, '{ "theme": "dark" }');
    chmodSync(file, 0);
    expect(open().read()).toEqual(NOTHING);
    expect([asides(), existsSync(file), log.length > 0]).toEqual([[], true, true]);
  },
);

test('no page can ask the library for anything', () => {
  open();
  expect(ipcMain.eventNames()).toEqual([]);
});
