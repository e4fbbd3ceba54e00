import { generateKeyPairSync, verify } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CompactSign, exportJWK } from 'jose';
import { verifyBundle } from '../src/agent/delivery/bundle-verification.ts';
import { createEnforcement } from '../src/agent/enforcement/enforcement.ts';
import type { EnforcementInputs } from '../src/agent/enforcement/model.ts';
import { BUNDLE_AUDIENCE, BUNDLE_TYP } from '../src/shared/contracts/bundle.ts';
import { readDocument } from '../src/shared/policy/read-document.ts';
import { resolve } from '../src/shared/policy/resolve.ts';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';
import { type Benchmark, inTurn, median, type Pair, pairedRatio, ratio } from './benchmark.ts';

const ISSUER = 'https://hub.example';
const LOCKED = {
  configurationFileVersion: 2,
  theme: { locked: true, value: 'light' },
  analyticsEnabled: { locked: true, value: false },
  disableUpdate: { locked: true, value: true },
  exposeDockerAPIOnTCP2375: { locked: true, value: false },
  enhancedContainerIsolation: { locked: true, value: true },
  proxy: { locked: true, mode: 'manual', http: 'http://proxy.example:3128', exclude: ['*.example'] },
};

const verifying: Benchmark = {
  what: 'verify a bundle, read its document and resolve it (× 20)',
  against: 'crypto.verify of the same signature',
  atMost: 4,
  unit: '×',
  async measure() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { x = '' } = await exportJWK(publicKey);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x, kid: 'bench' } as const;
    const payload = {
      ...{ iss: ISSUER, aud: BUNDLE_AUDIENCE, sub: 'user', org: 'acme', seq: 1, iat: 1, document: LOCKED },
      policy: { id: 'p', name: 'Everyone', scope: 'organization', revision: 1, updatedAt: '2026-01-01' },
      ...{ refreshSeconds: 3600, graceSeconds: null, contact: null },
    };
    const jws = await new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'EdDSA', typ: BUNDLE_TYP, kid: 'bench' })
      .sign(privateKey);
    const [header = '', body = '', signature = ''] = jws.split('.');
    const signed = Buffer.from(`${header}.${body}`);
    const bytes = Buffer.from(signature, 'base64url');
    const expected = {
      ...{ issuer: ISSUER, userId: 'user', organization: 'acme', highestSeq: 0, now: 0 },
      key: async () => jwk,
    };
    const ours = async () => {
      for (let turn = 0; turn < 20; turn += 1) {
        const verdict = await verifyBundle(jws, expected);
        if (!verdict.ok) throw new Error(verdict.message);
        const layer = readDocument(verdict.payload.document, 'organization-policy', desktopCatalog);
        resolve({ catalog: desktopCatalog, platform: 'linux', layers: [layer] });
      }
    };
    const theirs = () => {
      for (let turn = 0; turn < 20; turn += 1) {
        if (!verify(null, signed, publicKey, bytes)) throw new Error('the signature does not hold');
      }
    };
    return ratio(ours, theirs, 101);
  },
};

/** Made one after another as fast as the event loop turns. */
const EDITS = 500;
/** Made one at a time, for the figure of a single one. */
const SINGLE_EDITS = 60;
const ROUNDS = 21;

/** Something that keeps a store right, and the time it is given to be done with everything. */
interface Keeper {
  readonly store: string;
  /** Before each measurement: as far as the keeper knows, minutes have passed. */
  readonly rest: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const repairing: Benchmark = {
  what: `${EDITS} outside edits of the settings store, from the first until all are repaired`,
  against: 'a bare watcher that writes the file back, synced and renamed',
  atMost: 2,
  unit: '×',
  async measure() {
    const folder = mkdtempSync(join(tmpdir(), 'mooring-bench-'));
    const agent = await agentKeeper(join(folder, 'agent'));
    const bare = bareKeeper(join(folder, 'bare'));
    try {
      const rounds: Pair[] = [];
      for (let round = 0; round <= ROUNDS; round += 1) {
        const pair = await inTurn(
          round,
          () => editing(agent, EDITS),
          () => editing(bare, EDITS),
        );
        if (round > 0) rounds.push(pair);
      }
      const single = { ours: [] as number[], theirs: [] as number[] };
      for (let edit = 0; edit < SINGLE_EDITS; edit += 1) {
        single.theirs.push(await editing(bare, 1));
        single.ours.push(await editing(agent, 1));
      }
      const { result, ours, theirs } = pairedRatio(rounds);
      return {
        result,
        ours: `${ours}; a single edit ${median(single.ours).toFixed(1)} ms`,
        theirs: `${theirs}; a single edit ${median(single.theirs).toFixed(1)} ms`,
      };
    } finally {
      await bare.stop();
      await agent.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function agentKeeper(folder: string): Promise<Keeper> {
  mkdirSync(folder);
  const store = join(folder, 'settings-store.json');
  // It slows down for somebody who fights over the file for minutes, which is not what is measured here.
  let minutes = 0;
  const enforcement = createEnforcement({
    paths: {
      store,
      choices: join(folder, 'user-settings.json'),
      state: join(folder, 'policy-state.json'),
      drift: join(folder, 'drift.jsonl'),
    },
    ...{ catalog: desktopCatalog, platform: 'linux', log: () => {} },
    clock: {
      wall: () => Date.now() + minutes * 61_000,
      monotonic: () => performance.now() + minutes * 61_000,
      after: (ms, action) => {
        const timer = setTimeout(action, ms);
        return () => clearTimeout(timer);
      },
    },
  });
  const layer = readDocument(LOCKED, 'organization-policy', desktopCatalog);
  const inputs: EnforcementInputs = {
    layers: [{ scope: 'bench', origin: { label: 'bench' }, layer }],
    ...{ stale: false, wall: null },
  };
  await enforcement.start(inputs, { watch: true });
  const rest = async () => {
    minutes += 1;
    await enforcement.check();
    await delay(REST_MS);
  };
  return { store, rest, stop: () => enforcement.stop() };
}

/** Until nothing that came before has any event left. */
const REST_MS = 60;

function bareKeeper(folder: string): Keeper {
  mkdirSync(folder);
  const store = join(folder, 'settings-store.json');
  const right = `${JSON.stringify({ ThemeSource: 'light', padding: 'x'.repeat(3_000) }, null, 2)}\n`;
  writeFileSync(store, right);
  let running: Promise<void> = Promise.resolve();
  const repair = async () => {
    try {
      if (readFileSync(store, 'utf8') === right) return;
    } catch {
      // It is being replaced; it is written anew.
    }
    const file = await open(`${store}.new`, 'w');
    await file.writeFile(right);
    await file.sync();
    await file.close();
    renameSync(`${store}.new`, store);
  };
  const watcher = watch(folder, (_event, name) => {
    if (name !== 'settings-store.json') return;
    running = running.then(repair);
  });
  return {
    store,
    rest: async () => {
      await running;
      await delay(REST_MS);
    },
    stop: async () => {
      watcher.close();
      await running;
    },
  };
}

/** Milliseconds from the first of so many edits until the file has what it had before. */
async function editing({ store, rest }: Keeper, count: number): Promise<number> {
  await rest();
  const right = readFileSync(store, 'utf8');
  const wrong = right.replace('"ThemeSource": "light"', '"ThemeSource": "dark"');
  if (wrong === right) throw new Error('there is nothing to edit in the store');
  const before = performance.now();
  for (let edit = 0; edit < count; edit += 1) {
    writeFileSync(store, wrong);
    await new Promise((resolve) => setImmediate(resolve));
  }
  while (readFileSync(store, 'utf8') !== right) await new Promise((resolve) => setImmediate(resolve));
  return performance.now() - before;
}

export default [verifying, repairing];
