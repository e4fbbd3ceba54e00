import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createWorld } from '../scripts/demo/world.ts';
import { statusAnswerSchema } from '../src/shared/contracts/local-api.ts';
import type { Benchmark } from './benchmark.ts';

/** Until start-up, the first sync, the first report and the giving back of memory are over. */
const SETTLE_MS = 25_000;
const LOOK_MS = 60_000;

/**
 * Processor time of the built agent that has nothing to do: signed in at a real hub, its event stream open, its files
 * watched. Linux counts it in nanoseconds; elsewhere there is no counter that fine.
 */
const benchmark: Benchmark = {
  what: 'processor time of the headless agent in 60 s in which nothing happens',
  against: 'bare node with the same watchers and a timer a second',
  atMost: 2,
  unit: '×',
  async measure() {
    const world = await createWorld();
    try {
      const { developerEmail, developerPassword } = world.hub;
      const desktop = await world.desktop(
        'idle',
        { email: developerEmail, password: developerPassword },
        { analyticsEnabled: { locked: true, value: false } },
      );
      const signedIn = await desktop.signIn();
      if (signedIn.code !== 0) throw new Error(`signing in failed: ${signedIn.stderr}`);
      const status = statusAnswerSchema.parse(JSON.parse((await desktop.mooring('status', '--json')).stdout));
      const folders = [dirname(desktop.paths.store), dirname(desktop.paths.adminSettings)];
      const bare = spawn(
        process.execPath,
        [
          '-e',
          `for (const folder of ${JSON.stringify(folders)}) require('node:fs').watch(folder, () => {}); setInterval(() => {}, 1000)`,
        ],
        { stdio: 'ignore' },
      );
      try {
        await delay(SETTLE_MS);
        const before = [cpuMs(status.pid), cpuMs(bare.pid ?? 0)] as const;
        await delay(LOOK_MS);
        const ours = cpuMs(status.pid) - before[0];
        const theirs = cpuMs(bare.pid ?? 0) - before[1];
        return { result: ours / theirs, ours: `${ours.toFixed(1)} ms`, theirs: `${theirs.toFixed(1)} ms` };
      } finally {
        const ended = once(bare, 'exit');
        bare.kill('SIGKILL');
        await ended;
      }
    } finally {
      await world.end();
    }
  },
};
export default benchmark;

/** Milliseconds that every thread of a process has run for. */
function cpuMs(pid: number): number {
  if (process.platform !== 'linux') throw new Error('measured on Linux only');
  const threads = readdirSync(`/proc/${pid}/task`);
  const running = threads.map(
    (thread) => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0],
  );
  return running.reduce((sum, nanoseconds) => sum + Number(nanoseconds) / 1e6, 0);
}
