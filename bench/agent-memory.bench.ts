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
    const agents: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) bare.push(await bareProcess());
    const world = await createWorld();
    try {
      const { developerEmail, developerPassword } = world.hub;
      const person = { email: developerEmail, password: developerPassword };
      const adminSettings = { analyticsEnabled: { locked: true, value: false } };
      for (let round = 0; round < ROUNDS; round += 1) {
        const desktop = await world.desktop(`desktop-${round}`, person, adminSettings);
        const signedIn = await desktop.signIn();
        if (signedIn.code !== 0) throw new Error(`signing in failed: ${signedIn.stderr}`);
        const synced = syncAnswerSchema.parse(JSON.parse((await desktop.mooring('sync', '--json')).stdout));
        if (synced.policy === null) throw new Error(`no policy arrived: ${synced.message}`);
        const { pid } = statusAnswerSchema.parse(
          JSON.parse((await desktop.mooring('status', '--json')).stdout),
        );
        agents.push(await settledResident(pid));
        await desktop.mooring('agent', 'stop');
      }
    } finally {
      await world.end();
    }
    return {
      result: median(agents) - median(bare),
      ours: `${median(agents).toFixed(1)} MiB`,
      theirs: `${median(bare).toFixed(1)} MiB`,
    };
  },
};
export default benchmark;

async function bareProcess(): Promise<number> {
  const child: ChildProcess = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  try {
    return await settledResident(child.pid ?? 0);
  } finally {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
}

/** MiB that a process has resident, once two looks half a second apart agree. */
async function settledResident(pid: number): Promise<number> {
  for (let before = Number.NaN; ; ) {
    await delay(500);
    const now = resident(pid);
    if (Math.abs(now - before) < 0.25) return now;
    before = now;
  }
}

function resident(pid: number): number {
  const kibibytes =
    process.platform === 'linux'
      ? /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
      : execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  return Number(kibibytes) / 1024;
}
