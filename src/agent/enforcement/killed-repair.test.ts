import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type DiskFault,
  type EnforcementWorld,
  enforcementWorld,
  faultyDisk,
  inputsOf,
} from '../../../test/enforcement-world.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Enforcement } from './model.ts';

/*
 * The process ends before the n-th call of the disk that a repair makes, for every n. Whatever stood then, the next
 * start ends with the right content, and with one line in the log for what was wrong.
 */

let world: EnforcementWorld | null = null;
afterEach(() => world?.end());

const POLICY = inputsOf({ 'organization-policy': { theme: { locked: true, value: 'light' } } });
const clock = systemClock();
/** A file that may be in the middle of its replacement is not waited for. */
const HASTY: Clock = { ...clock, after: (ms, then) => clock.after(ms < 1_000 ? 0 : ms, then) };
/** More calls than any repair makes. */
const MOST_CALLS = 80;

interface Harm {
  readonly name: string;
  readonly kind: string;
  readonly file?: string;
  readonly harm: (world: EnforcementWorld) => Promise<unknown>;
}

const HARMS: readonly Harm[] = [
  { name: 'a wrong value', kind: 'value', harm: (at) => at.editStore({ ThemeSource: 'dark' }) },
  { name: 'a file taken away', kind: 'deleted_file', harm: (at) => rm(at.paths.store) },
  { name: 'a file that is no store', kind: 'unparsable', harm: (at) => at.writeStore('{ "half": ') },
  {
    name: 'a link in its place',
    kind: 'replaced',
    harm: async (at) => {
      await rm(at.paths.store);
      await symlink('/etc/passwd', at.paths.store);
    },
  },
  {
    name: 'rights given to others',
    kind: 'permissions',
    file: 'settings-store.json',
    harm: (at) => chmod(at.paths.store, 0o666),
  },
];

/** A disk that a process no longer reaches after so many calls. */
function dyingDisk() {
  let left = Number.POSITIVE_INFINITY;
  let changed = 0;
  const fault: DiskFault = () => {
    left -= 1;
    if (left >= 0) return null;
    changed += 1;
    return 'EIO';
  };
  const disk = faultyDisk(() => fault);
  return {
    disk,
    dieAfter: (calls: number) => {
      left = calls;
      changed = 0;
    },
    died: () => changed > 0,
  };
}

const linesOf = async (path: string) =>
  (await readFile(path, 'utf8').catch(() => ''))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

describe.skipIf(process.platform === 'win32').each(HARMS)('of $name', ({ kind, file, harm }) => {
  it('no kill leaves a repair without its line in the log, or two lines of one', async () => {
    let calls = 0;
    for (let died = true; died; calls += 1) {
      expect(calls).toBeLessThan(MOST_CALLS);
      const dying = dyingDisk();
      world = await enforcementWorld({ disk: dying.disk, clock: HASTY });
      const first = await world.begin(POLICY);
      await harm(world);
      dying.dieAfter(calls);
      await first.check();
      died = dying.died();
      dying.dieAfter(Number.POSITIVE_INFINITY);
      const next = await world.begin(POLICY);
      const where = `killed before call ${calls + 1}`;
      expect(await world.readStore(), where).toMatchObject({ ThemeSource: 'light' });
      const entries = (await linesOf(world.paths.drift)).filter((line) => !('begun' in line));
      expect(
        entries.map((entry) => entry.kind).filter((each) => each === kind),
        where,
      ).toHaveLength(1);
      if (file !== undefined) expect(entries[0], where).toMatchObject({ file });
      expect(new Set(numbersOf(next)).size, where).toBe(numbersOf(next).length);
      await world.end();
    }
    expect(calls).toBeGreaterThan(5);
  });
});

const numbersOf = (agent: Enforcement) => agent.loggedRepairs().map(({ number }) => number);

describe.skipIf(process.platform === 'win32')('the folder that is ours', () => {
  it('is taken back from others, logged and shown; one of another program is left as it is', async () => {
    world = await enforcementWorld();
    const ours = join(world.folder, 'ours');
    await mkdir(ours, { mode: 0o777 });
    await chmod(ours, 0o777);
    await chmod(world.folder, 0o775);
    const kept = join(ours, 'hub-keys.json');
    await writeFile(kept, '{}', { mode: 0o600 });
    const agent = await world.begin(POLICY, false, { userData: ours, others: [kept] });
    const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
    expect([await modeOf(ours), await modeOf(world.folder)]).toEqual(['755', '775']);
    const opened = { kind: 'permissions', file: `${basename(ours)}/`, wrong: '0777', right: '0755' };
    expect(agent.drift()).toMatchObject([opened]);
    expect(
      agent
        .resolution()
        .problems.map(({ message }) => message)
        .join(),
    ).toContain('the folder ours');
    await chmod(kept, 0o666);
    await agent.check();
    expect(await modeOf(kept)).toBe('600');
    expect(agent.drift()).toMatchObject([opened, { file: 'hub-keys.json', wrong: '0666', right: '0600' }]);
  });
});
