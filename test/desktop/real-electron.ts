import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from '@playwright/test';
import type { RunningApp } from './desktop.ts';
import { seenSchema } from './seen.ts';

const RECORDER = join(import.meta.dirname, 'electron-recorder.cjs');

/** Starts the built bundles on Electron itself. What the app asks of it is noted on the way (electron-recorder.cjs). */
export async function startElectron(
  executablePath: string,
  main: string,
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<RunningApp> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const args = ['-r', RECORDER, ...sandbox, main, ...words];
  const app = await _electron.launch({ executablePath, args, env: { ...environment } });
  const child = app.process();
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const exited = new Promise<number | null>((resolve) => {
    if (child.exitCode !== null) resolve(child.exitCode);
    else child.once('exit', (code) => resolve(code));
  });
  return {
    exited,
    stderr: () => stderr,
    closeStderr: () => void child.stderr?.destroy(),
    seen: async () => seenSchema.parse(await recorder(app, 'seen')),
    page: () => shownPage(app),
    choose: (id) => recorder(app, 'choose', id).then(() => undefined),
    clickTray: () => recorder(app, 'clickTray').then(() => undefined),
    clickNotification: (index) => recorder(app, 'clickNotification', index).then(() => undefined),
    closeWindow: () => recorder(app, 'closeWindow').then(() => undefined),
    crashPage: () => recorder(app, 'crashPage').then(() => undefined),
    openUrl: (url) => recorder(app, 'openUrl', url).then(() => undefined),
    power: (event) => recorder(app, 'power', event).then(() => undefined),
    strangerOpens: async () => (await recorder(app, 'strangerOpens')) === true,
    quit: async () => {
      await recorder(app, 'quit').catch(() => undefined);
      return exited;
    },
    signal: (name) => void child.kill(name),
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Calls one function of the recorder in the main process. */
function recorder(app: ElectronApplication, name: string, argument?: unknown): Promise<unknown> {
  return app.evaluate((_, [called, given]) => Reflect.get(globalThis, 'mooringRecorder')[called](given), [
    name,
    argument,
  ] as const);
}

async function shownPage(app: ElectronApplication): Promise<Page> {
  const page = app.windows().at(-1) ?? (await app.waitForEvent('window'));
  await page.waitForLoadState();
  return page;
}
