import { createHash } from 'node:crypto';
import { chmod, readFile, stat, writeFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AgentReport } from '../src/shared/contracts/device-report.ts';
import { managedHash, managedPairs } from '../src/shared/policy/managed-hash.ts';
import { withOverrides } from '../src/shared/policy/overrides.ts';
import { readDocument } from '../src/shared/policy/read-document.ts';
import { desktopCatalog } from '../src/shared/settings/desktop-catalog.ts';
import { type Machine, makeMachine, type RunningAgent } from './agent-at-hub.ts';
import { publish, type StandInHub, standInAccount, standInKey, startStandInHub } from './stand-in-hub.ts';

const DOCUMENT = {
  configurationFileVersion: 2,
  theme: { locked: true, value: 'light' },
  analyticsEnabled: { locked: true, value: false },
  allowBetaFeatures: { locked: false, value: true },
};

let hub: StandInHub;
let machine: Machine;

beforeAll(async () => {
  hub = await startStandInHub();
});
afterAll(() => hub.stop());
beforeEach(async () => {
  hub.accounts.clear();
  hub.accounts.set('ada', standInAccount('ada', ['acme']));
  hub.accounts.set('bob', standInAccount('bob', ['acme']));
  hub.policies.clear();
  hub.keys = [await standInKey()];
  hub.requests.length = 0;
  hub.reports.length = 0;
  machine = await makeMachine();
});
afterEach(async () => {
  hub.intercept = null;
  hub.grant = null;
  await machine.end();
  expect(machine.time.waiting()).toBe(0);
});

/** What the hub computes of a document, whatever the device says. */
function expectedHash(
  document: unknown,
  overrides: readonly { setting: string; value: unknown }[] = [],
): string {
  const layer = withOverrides(
    readDocument(document, 'organization-policy', desktopCatalog),
    overrides,
    desktopCatalog,
  );
  return managedHash(managedPairs(layer, desktopCatalog, 'linux'), (text) =>
    createHash('sha256').update(text).digest('hex'),
  );
}

/** Time goes on until the hub has so many reports; answers the last of them. */
async function reported(count: number): Promise<AgentReport> {
  await expect
    .poll(() => {
      machine.time.advance(1_000);
      return hub.reports.length;
    })
    .toBe(count);
  const last = hub.reports.at(-1);
  if (last === undefined) throw new Error('no report');
  return last;
}

/** Time goes on, and nothing is reported. */
async function nothingMore(agent: RunningAgent): Promise<void> {
  const before = hub.reports.length;
  for (let turn = 0; turn < 20; turn += 1) {
    machine.time.advance(3_000);
    await agent.status();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(hub.reports.length).toBe(before);
}

async function signedIn(person = 'ada'): Promise<RunningAgent> {
  await publish(hub, person, 'acme', 10, { document: DOCUMENT });
  const agent = await machine.launch();
  await agent.signIn(hub, person);
  return agent;
}

describe('a report', () => {
  it('says what is in force, with the hash that the hub computes itself', async () => {
    const agent = await signedIn();
    await agent.ask('PATCH', '/v1/settings', { set: { allowBetaFeatures: false, memoryMiB: 4242 } });
    await agent.ask('PATCH', '/v1/settings', { set: { kubernetesEnabled: true } });
    const report = await reported(1);
    expect(report).toMatchObject({
      reason: 'start',
      agentVersion: '1.2.3',
      platform: 'linux',
      policy: {
        id: 'p1',
        revision: 10,
        seq: 10,
        fetchedAt: expect.any(String),
        appliedAt: expect.any(String),
      },
      fetchedSeq: 10,
      managedHash: expectedHash(DOCUMENT),
      profileOverrides: [],
      overrides: [],
      frozen: null,
      contended: false,
      drift: [],
    });
    const outcomes = Object.fromEntries(report.settings.map(({ id, outcome }) => [id, outcome]));
    expect(outcomes).toMatchObject({
      theme: 'enforced',
      analyticsEnabled: 'enforced',
      allowBetaFeatures: 'chosen',
    });
    // Ids, never values, of what the user chose.
    expect(report.choices).toEqual(['allowBetaFeatures', 'kubernetesEnabled', 'memoryMiB']);
    expect(JSON.stringify(report)).not.toContain('4242');
    await nothingMore(agent);
  });

  it('comes at each apply, once, and each day where nothing happens', async () => {
    const agent = await signedIn();
    await reported(1);
    await publish(hub, 'ada', 'acme', 11, { document: { theme: { locked: true, value: 'dark' } } });
    await agent.sync();
    expect(await reported(2)).toMatchObject({
      reason: 'apply',
      policy: { seq: 11 },
      managedHash: expectedHash({ theme: { locked: true, value: 'dark' } }),
    });
    await nothingMore(agent);
    for (let hour = 0; hour < 25 && hub.reports.length === 2; hour += 1) {
      machine.time.advance(60 * 60_000);
      await expect.poll(async () => (await agent.status()).sync.state).not.toBe('fetching');
    }
    expect((await reported(3)).reason).toBe('daily');
  });

  it('comes sooner where the hub wants it sooner, and at once where the last one lies ahead', async () => {
    let taken = 0;
    hub.intercept = (request, response) => {
      if (!request.url?.startsWith('/v1/agent/reports') || taken > 0) return false;
      taken += 1;
      response.writeHead(202, { 'content-type': 'application/json' });
      response.end('{"accepted":true,"nextSeconds":18000}');
      return true;
    };
    const agent = await signedIn();
    await expect
      .poll(() => {
        machine.time.advance(1_000);
        return taken;
      })
      .toBe(1);
    const hour = async () => {
      machine.time.advance(60 * 60_000);
      await expect.poll(async () => (await agent.status()).sync.state).not.toBe('fetching');
    };
    for (let passed = 0; passed < 4; passed += 1) await hour();
    await nothingMore(agent);
    await hour();
    expect(await reported(1)).toMatchObject({ reason: 'daily' });
    // From here on it is a day again; the clock was four hours ahead, and is mended.
    await nothingMore(agent);
    machine.time.setWallBy(-4 * 60 * 60_000);
    await hour();
    expect(await reported(2)).toMatchObject({ reason: 'daily' });
    await nothingMore(agent);
  });

  it('leaves out what a configuration profile overrides, and names it', async () => {
    await machine.write('etc/mooring/policy.json', { settings: { theme: { locked: true, value: 'dark' } } });
    await signedIn();
    const { theme: _theme, ...rest } = DOCUMENT;
    expect(await reported(1)).toMatchObject({ profileOverrides: ['theme'], managedHash: expectedHash(rest) });
  });

  it('tells of a refused bundle once, with its reason', async () => {
    const agent = await signedIn();
    await reported(1);
    await publish(hub, 'ada', 'acme', 9);
    await agent.sync();
    expect(await reported(2)).toMatchObject({
      reason: 'refusal',
      refused: { reason: 'rolled_back' },
      policy: { seq: 10 },
    });
    // Asked for again, it is refused again.
    machine.time.advance(60_000);
    await agent.sync();
    await nothingMore(agent);
  });

  it('tells of every reason for which bundles were refused between two reports', async () => {
    const agent = await signedIn();
    await reported(1);
    await publish(hub, 'ada', 'acme', 9);
    expect((await agent.sync()).error?.code).toBe('rolled_back');
    await publish(hub, 'ada', 'acme', 8);
    await agent.sync();
    await publish(hub, 'ada', 'acme', 12, { sub: 'eve' });
    expect((await agent.sync()).error?.code).toBe('wrong_subject');
    // By the time of a report one is in force again.
    await publish(hub, 'ada', 'acme', 13);
    expect((await agent.sync()).outcome).toBe('updated');
    await reported(3);
    expect(hub.reports.slice(1).map(({ refused }) => [refused?.reason, refused?.message])).toEqual([
      ['rolled_back', expect.stringContaining('(8)')],
      ['wrong_subject', expect.any(String)],
    ]);
    await nothingMore(agent);
  });
});

describe('drift', () => {
  it('is reported after its repair: wrong values of locked settings, none of what the user may choose', async () => {
    const agent = await signedIn();
    await agent.ask('PATCH', '/v1/settings', { set: { memoryMiB: 4242 } });
    await reported(1);
    const store = await agent.store();
    const wrong = { ...store, ThemeSource: 'dark', MemoryMiB: 'a word that only the user wrote' };
    await writeFile(agent.agent.paths.store, JSON.stringify(wrong));
    await agent.sync();
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light', MemoryMiB: 4242 });
    const report = await reported(2);
    expect(report.reason).toBe('drift');
    expect(report.drift).toHaveLength(2);
    expect(report.drift).toContainEqual({
      ...{ at: expect.any(String), kind: 'value', setting: 'theme', wrong: 'dark', right: 'light' },
    });
    expect(report.drift).toContainEqual({
      at: expect.any(String),
      kind: 'invalid_value',
      setting: 'memoryMiB',
    });
    expect(JSON.stringify(report)).not.toContain('a word that only');
    await nothingMore(agent);
  });

  it.skipIf(process.platform === 'win32')(
    'of rights names the file, in the log and in the report',
    async () => {
      const agent = await signedIn();
      await reported(1);
      await chmod(agent.agent.paths.store, 0o666);
      await agent.sync();
      expect((await stat(agent.agent.paths.store)).mode & 0o777).toBe(0o644);
      const report = await reported(2);
      expect(report).toMatchObject({ reason: 'drift' });
      expect(report.drift).toEqual([
        { at: expect.any(String), kind: 'permissions', setting: null, file: 'settings-store.json' },
      ]);
      await nothingMore(agent);
    },
  );

  it('that was repaired while the hub could not be reached arrives later, also after a restart', async () => {
    const agent = await signedIn();
    await reported(1);
    hub.intercept = (_request, response) => {
      response.destroy();
      return true;
    };
    await writeFile(
      agent.agent.paths.store,
      JSON.stringify({ ...(await agent.store()), ThemeSource: 'dark' }),
    );
    machine.time.advance(1_000);
    await agent.sync();
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
    for (let turn = 0; turn < 5; turn += 1) {
      machine.time.advance(60_000);
      await agent.status();
    }
    await agent.stop();
    hub.intercept = null;
    await machine.launch();
    const report = await reported(2);
    expect(report).toMatchObject({ reason: 'drift', drift: [{ setting: 'theme', wrong: 'dark' }] });
  });
});

describe('the queue', () => {
  it('sends a report whose answer was lost again under the same id, however the agent ended', async () => {
    const agent = await signedIn();
    const taken: string[] = [];
    hub.intercept = (request, response) => {
      if (!request.url?.startsWith('/v1/agent/reports')) return false;
      let text = '';
      request.on('data', (chunk) => {
        text += String(chunk);
      });
      request.on('end', () => {
        taken.push(JSON.parse(text).reportId);
        response.destroy();
      });
      return true;
    };
    await expect
      .poll(() => {
        machine.time.advance(1_000);
        return taken.length;
      })
      .toBeGreaterThan(1);
    expect(new Set(taken).size).toBe(1);
    const kept = JSON.parse(await readFile(agent.agent.paths.reports, 'utf8'));
    expect(kept.underWay.reportId).toBe(taken[0]);
    await agent.stop();
    hub.intercept = null;
    await machine.launch();
    expect((await reported(1)).reportId).toBe(taken[0]);
  });

  it('backs off, heeds what the hub asks, and gives up what the hub will never take', async () => {
    let tries = 0;
    let status = 503;
    await publish(hub, 'ada', 'acme', 10, { document: DOCUMENT });
    hub.intercept = (request, response) => {
      if (!request.url?.startsWith('/v1/agent/reports')) return false;
      tries += 1;
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '120' });
      response.end(JSON.stringify({ error: { code: 'bad_request', message: 'no' } }));
      return true;
    };
    const agent = await machine.launch();
    await agent.signIn(hub, 'ada');
    const triedUpTo = (count: number) =>
      expect
        .poll(() => {
          machine.time.advance(1_000);
          return tries;
        })
        .toBe(count);
    await triedUpTo(1);
    const first = machine.time.clock.monotonic();
    await expect.poll(() => machine.time.waiting()).toBeGreaterThan(1);
    status = 422;
    await expect
      .poll(() => {
        machine.time.advance(10_000);
        return tries;
      })
      .toBe(2);
    expect(machine.time.clock.monotonic() - first).toBeGreaterThanOrEqual(110_000);
    await nothingMore(agent);
    expect(tries).toBe(2);
  });

  it('of one account is never sent for another', async () => {
    const agent = await signedIn();
    await reported(1);
    await writeFile(
      agent.agent.paths.store,
      JSON.stringify({ ...(await agent.store()), ThemeSource: 'dark' }),
    );
    hub.intercept = (request, response) => {
      if (!request.url?.startsWith('/v1/agent/reports')) return false;
      response.destroy();
      return true;
    };
    await agent.sync();
    await publish(hub, 'bob', 'acme', 20, { document: DOCUMENT });
    await agent.signIn(hub, 'bob');
    hub.intercept = null;
    const report = await reported(2);
    expect(report).toMatchObject({ reason: 'start', drift: [], policy: { seq: 20 } });
  });
});
