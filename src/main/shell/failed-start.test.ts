import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { failStart } from './failed-start.ts';

const electron = vi.hoisted(() => ({ did: [] as string[], languages: ['en'] }));
vi.mock('electron', () => ({
  app: {
    getPreferredSystemLanguages: () => electron.languages,
    exit: (code: number) => electron.did.push(`exit ${code}`),
  },
  dialog: { showErrorBox: (title: string, text: string) => electron.did.push(`${title}: ${text}`) },
}));

let folder: string;
let written = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mooring-start-'));
  vi.stubEnv('MOORING_ROOT', folder);
  electron.did.length = 0;
  written = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    written += text;
    return true;
  });
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

test('a start that nobody foresaw to fail is told in a box and on standard error, in both languages, and logged', () => {
  electron.languages = ['de-AT'];
  failStart(new Error('Cannot find module “x”\nRequire stack:\n- /secret/place'), true);
  const [box = '', exit] = electron.did;
  expect(box).toMatch(/^Mooring konnte nicht gestartet werden: .*: Cannot find module “x”\. Starten Sie /);
  expect([exit, written]).toEqual(['exit 1', `${box}\n`]);
  expect(box).not.toContain('Require stack');
  const log = /(\S+mooring\.log)/.exec(box)?.[1] ?? '';
  expect(readFileSync(log, 'utf8')).toContain('Require stack');
});

test('where there is no display nobody waits for a box that nobody can close', () => {
  electron.languages = ['en'];
  failStart('broken', false);
  expect(electron.did).toEqual(['exit 1']);
  expect(written).toContain(
    'Mooring could not start: It met a fault that nobody foresaw: broken. Start Mooring',
  );
});
