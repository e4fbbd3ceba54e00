import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import { systemCommandRunner } from '../../src/agent/run-command.ts';
import { hasTrayHost } from '../../src/main/tray/tray-host.ts';
import { installedElectron, openLauncher } from './desktop.ts';

/*
 * Who shows tray icons on Linux, asked of a real D-Bus session; and the icon of the real app there, where Electron is
 * to be had. Where programs are missing the tests are reported as not run.
 */
const installed = (program: string) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const here = process.platform === 'linux' && ['dbus-run-session', 'dbus-send'].every(installed);

const lineSchema = z.object({
  bus: z.string().optional(),
  shows: z.boolean().optional(),
  item: z.string().optional(),
  pid: z.number().optional(),
});
type Line = z.infer<typeof lineSchema>;

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).toReversed()) await end();
});

/** A D-Bus session in which nobody shows icons until `show` is called. */
async function session() {
  const home = await mkdtemp(join(tmpdir(), 'mooring-bus-'));
  const program = join(import.meta.dirname, '..', 'fixtures', 'tray-host.ts');
  const child = spawn('dbus-run-session', ['--', process.execPath, program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH, HOME: home, XDG_RUNTIME_DIR: home, NODE_NO_WARNINGS: '1' },
  });
  const gone = new Promise((resolve) => child.once('close', resolve));
  ends.push(async () => {
    child.stdin.end();
    await gone;
    await rm(home, { recursive: true, force: true });
  });
  const lines: Line[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(lineSchema.parse(JSON.parse(line))));
  const told = async <T>(look: (line: Line) => T | undefined): Promise<T> => {
    const found = () => lines.map(look).find((each) => each !== undefined);
    await expect.poll(found).toBeDefined();
    const first = found();
    if (first === undefined) throw new Error('nothing was told');
    return first;
  };
  const bus = await told((line) => line.bus);
  const pid = await told((line) => line.pid);
  return {
    environment: { DBUS_SESSION_BUS_ADDRESS: bus },
    told,
    show: async () => {
      process.kill(pid, 'SIGUSR1');
      await told((line) => line.shows);
    },
  };
}

const hostIn = (environment: Readonly<Record<string, string>>) =>
  hasTrayHost('linux', (file, args, options) =>
    systemCommandRunner()(file, args, { ...options, environment }),
  );

test.runIf(here)('a session without a host is told from one with a host', async () => {
  const bus = await session();
  expect(await hostIn(bus.environment)).toBe(false);
  await bus.show();
  expect(await hostIn(bus.environment)).toBe(true);
  // The host hears of an icon as it would of the app's.
  const asked = spawnSync(
    'dbus-send',
    [
      ...['--session', '--print-reply', '--dest=org.kde.StatusNotifierWatcher', '/StatusNotifierWatcher'],
      ...['org.kde.StatusNotifierWatcher.RegisterStatusNotifierItem', 'string:org.example.Item'],
    ],
    { env: { PATH: process.env.PATH, ...bus.environment } },
  );
  expect(asked.status).toBe(0);
  expect(await bus.told((line) => line.item)).toBe('org.example.Item');
});

const electronHere = here && installed('Xvfb') && installedElectron() !== null;

test.runIf(electronHere)('Electron itself puts its icon into the session', async () => {
  const bus = await session();
  await bus.show();
  const display = await openDisplay();
  const launcher = await openLauncher();
  ends.push(() => launcher.close());
  const desktop = await launcher.launch({
    words: ['--background'],
    environment: { ...bus.environment, DISPLAY: display },
  });
  expect(desktop.kind).toBe('electron');
  expect(await bus.told((line) => line.item)).not.toBe('');
});

/** An X server without a screen, on a number that it chooses itself. */
async function openDisplay(): Promise<string> {
  const server: ChildProcess = spawn('Xvfb', ['-displayfd', '3', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const gone = new Promise((resolve) => server.once('close', resolve));
  ends.push(async () => {
    server.kill();
    await gone;
  });
  const numbers = server.stdio[3];
  if (!numbers || !('on' in numbers)) throw new Error('Xvfb was started without its pipe');
  const number = await new Promise<string>((resolve) =>
    numbers.once('data', (data) => resolve(String(data))),
  );
  return `:${number.trim()}`;
}
