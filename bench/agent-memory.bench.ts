import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { createWorld } from '../scripts/demo/world.ts';
import { statusAnswerSchema, syncAnswerSchema } from '../src/shared/contracts/local-api.ts';
import { type Benchmark, median } from './benchmark.ts';

/** So many agents and bare processes, measured in turn. */
const ROUNDS = 9;

/**
 * Resident memory of the built agent, as a process of its own, signed in at a real hub, with a policy fetched and in
 * force, after answering its local API. A desktop's agent is there all day: what it holds is what it costs.
 */
const benchmark: Benchmark = {
  what: 'resident memory of the headless agent after first sync',
  against: 'bare node with an open timer',
  atMost: 45,
  unit: 'MiB',
  async measure() {
    const bare = await bareProcesses();
    const agents = await signedInAgents();
    return {
      result: median(agents) - median(bare),
      ours: `${median(agents).toFixed(1)} MiB`,
      theirs: `${median(bare).toFixed(1)} MiB`,
    };
  },
};
export default benchmark;

async function bareProcesses(): Promise<readonly number[]> {
  const children = Array.from({ length: ROUNDS }, () =>
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }),
  );
  try {
    return await Promise.all(children.map((child) => settledResident(child.pid ?? 0)));
  } finally {
    await Promise.all(children.map(end));
  }
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function signedInAgents(): Promise<readonly number[]> {
  const world = await createWorld();
  try {
    const { developerEmail, developerPassword } = world.hub;
    const person = { email: developerEmail, password: developerPassword };
    const adminSettings = { analyticsEnabled: { locked: true, value: false } };
    const pids: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const desktop = await world.desktop(`desktop-${round}`, person, adminSettings);
      const signedIn = await desktop.signIn();
      if (signedIn.code !== 0) throw new Error(`signing in failed: ${signedIn.stderr}`);
      const { policy, message } = syncAnswerSchema.parse(
        JSON.parse((await desktop.mooring('sync', '--json')).stdout),
      );
      if (policy === null) throw new Error(`no policy arrived: ${message}`);
      pids.push(statusAnswerSchema.parse(JSON.parse((await desktop.mooring('status', '--json')).stdout)).pid);
    }
    return await Promise.all(pids.map(settledResident));
  } finally {
    await world.end();
  }
}

/** Longer than an agent waits before it gives memory back. */
const LOOK_MS = 6_000;

/** MiB that a process has resident, once two looks agree. */
async function settledResident(pid: number): Promise<number> {
  for (let before = Number.NaN; ; ) {
    const now = resident(pid);
    if (Math.abs(now - before) < 0.25) return now;
    before = now;
    await delay(LOOK_MS);
  }
}

function resident(pid: number): number {
  const kibibytes =
    process.platform === 'linux'
      ? /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  return Number(kibibytes) / 1024;
}
