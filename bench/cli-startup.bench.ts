import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Benchmark, ratio } from './benchmark.ts';

const bundle = join(import.meta.dirname, '..', 'out', 'cli', 'mooring.js');

const POLICY = {
  configurationFileVersion: 2,
  proxy: { locked: true, mode: 'manual', http: 'http://proxy.example.com:3128', exclude: ['localhost'] },
  analyticsEnabled: { locked: true, value: false },
  kubernetes: { locked: false, enabled: true },
};

/** A person who types the command should not notice that a runtime starts first. */
const startUp: Benchmark = {
  what: 'mooring policy resolve --json, as a process',
  against: 'node -e 0, as a process',
  atMost: 2.5,
  unit: '×',
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-bench-'));
    try {
      const policy = join(folder, 'policy.json');
      writeFileSync(policy, JSON.stringify(POLICY));
      const args = [bundle, 'policy', 'resolve', '--platform', 'linux', '--org-policy', policy, '--json'];
      return await ratio(
        () => node(args),
        () => node(['-e', '0']),
        15,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function node(args: readonly string[]): void {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
}

export default startUp;
