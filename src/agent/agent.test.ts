import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { z } from 'zod';
import {
  accountAnswerSchema,
  catalogAnswerSchema,
  changeAnswerSchema,
  dashboardAnswerSchema,
  diagnosticsAnswerSchema,
  doctorAnswerSchema,
  errorBodySchema,
  LOCAL_ROUTES,
  type LocalEvent,
  type LocalRoute,
  overridesAnswerSchema,
  policyAnswerSchema,
  sessionAnswerSchema,
  settingStateSchema,
  settingsAnswerSchema,
  statusAnswerSchema,
  syncAnswerSchema,
} from '../shared/contracts/local-api.ts';
import { REFUSALS } from '../shared/contracts/refusal.ts';
import { type AgentWorld, bundle, makeWorld, person, type WorldOptions } from './testing/agent-world.ts';

let world: AgentWorld | null = null;
afterEach(async () => {
  await world?.end();
  world = null;
});

async function started(options: WorldOptions = {}, schedule = true): Promise<AgentWorld> {
  world = await makeWorld(options);
  await world.agent.start({ schedule, watch: true });
  return world;
}

const ADMIN = 'usr/share/mooring-desktop/admin-settings.json';
const REGISTRY = 'usr/share/mooring-desktop/registry/registry.json';
const PROFILE = 'etc/mooring/policy.json';

async function call(here: AgentWorld, method: string, path: string, body?: unknown): Promise<Response> {
  const init: RequestInit =
    body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return here.agent.fetch(new Request(`http://agent${path}`, init));
}

async function get<T>(here: AgentWorld, path: string, schema: z.ZodType<T>): Promise<T> {
  const answer = await call(here, 'GET', path);
  expect(answer.status).toBe(200);
  return schema.parse(await answer.json());
}

const setting = (here: AgentWorld, id: string) => get(here, `/v1/settings/${id}`, settingStateSchema);
const status = (here: AgentWorld) => get(here, '/v1/status', statusAnswerSchema);
const policy = (here: AgentWorld) => get(here, '/v1/policy', policyAnswerSchema);

/** A change of one setting: the status and, where refused, the code. */
async function set(here: AgentWorld, id: string, value: unknown): Promise<[number, string | undefined]> {
  const answer = await call(here, 'PATCH', '/v1/settings', { set: { [id]: value } });
  const body = changeAnswerSchema.parse(await answer.json());
  return [answer.status, body.error?.code];
}

/** The agent reads files by itself; this waits until it has. */
async function until(check: () => Promise<void>): Promise<void> {
  await vi.waitFor(check, { timeout: 20_000, interval: 20 });
}

const LOCKED = { analyticsEnabled: { locked: true, value: false } };

describe('every route of the contract', () => {
  interface Walk {
    readonly path?: string;
    readonly body?: unknown;
    readonly status: number;
    readonly schema: z.ZodType;
  }
  const WALK: Record<Exclude<LocalRoute, 'events'>, readonly Walk[]> = {
    status: [{ status: 200, schema: statusAnswerSchema }],
    catalog: [{ status: 200, schema: catalogAnswerSchema }],
    settings: [{ status: 200, schema: settingsAnswerSchema }],
    setting: [
      { path: '/v1/settings/analyticsEnabled', status: 200, schema: settingStateSchema },
      { path: '/v1/settings/analyticsEnable', status: 404, schema: errorBodySchema },
      { path: '/v1/settings/wslEngineEnabled', status: 422, schema: errorBodySchema },
      { path: '/v1/settings/%2e%2e%2fx', status: 404, schema: errorBodySchema },
      { path: '/v1/settings/%ff', status: 404, schema: errorBodySchema },
      { path: '/v1/settings/__proto__', status: 404, schema: errorBodySchema },
    ],
    change: [
      { body: { set: { memoryMiB: 4096 } }, status: 200, schema: changeAnswerSchema },
      { body: { set: { memoryMiB: 'much' } }, status: 422, schema: changeAnswerSchema },
      { body: { set: { nothing: 1 } }, status: 404, schema: changeAnswerSchema },
      { body: { reset: ['memoryMiB'] }, status: 200, schema: changeAnswerSchema },
      { body: { set: 5 }, status: 400, schema: errorBodySchema },
      { body: [], status: 400, schema: errorBodySchema },
    ],
    policy: [{ status: 200, schema: policyAnswerSchema }],
    sync: [{ status: 200, schema: syncAnswerSchema }],
    importPolicy: [
      { body: { bundle: 'a.b.c' }, status: 403, schema: errorBodySchema },
      { body: { bundle: 5 }, status: 400, schema: errorBodySchema },
    ],
    overrides: [{ status: 200, schema: overridesAnswerSchema }],
    requestOverride: [
      { body: { setting: 'theme', value: 'dark', reason: 'x' }, status: 403, schema: errorBodySchema },
      { body: { setting: 'nothing', value: 1, reason: 'x' }, status: 404, schema: errorBodySchema },
      { body: { setting: 'theme', value: 'dark', reason: '' }, status: 400, schema: errorBodySchema },
    ],
    endOverride: [{ body: { setting: 'theme' }, status: 403, schema: errorBodySchema }],
    account: [{ status: 200, schema: accountAnswerSchema }],
    login: [
      { body: { hub: 'https://hub.example' }, status: 502, schema: errorBodySchema },
      { body: { method: 'carrier pigeon' }, status: 400, schema: errorBodySchema },
    ],
    loginProgress: [{ path: '/v1/account/login/none?wait=x', status: 404, schema: errorBodySchema }],
    logout: [{ status: 200, schema: accountAnswerSchema }],
    useOrganization: [
      { body: { organization: 'acme' }, status: 200, schema: accountAnswerSchema },
      { body: { organization: 'other' }, status: 422, schema: errorBodySchema },
    ],
    doctor: [{ status: 200, schema: doctorAnswerSchema }],
    diagnostics: [{ status: 200, schema: diagnosticsAnswerSchema }],
    dashboard: [{ status: 200, schema: dashboardAnswerSchema }],
    session: [{ body: { token: 'wrong' }, status: 401, schema: errorBodySchema }],
    stop: [{ status: 200, schema: settingsAnswerSchema.partial() }],
  };

  test('answers by its schema', async () => {
    const here = await started({ files: { [ADMIN]: LOCKED }, delivery: bundle({}) });
    const routes = Object.entries(LOCAL_ROUTES).filter(([name]) => name !== 'events');
    expect(Object.keys(WALK).toSorted()).toEqual(routes.map(([name]) => name).toSorted());
    for (const [name, steps] of Object.entries(WALK)) {
      const route = LOCAL_ROUTES[name as LocalRoute];
      for (const step of steps) {
        const answer = await call(here, route.method, step.path ?? route.path, step.body);
        const body: unknown = await answer.json();
        expect([name, step.path, answer.status]).toEqual([name, step.path, step.status]);
        const parsed = step.schema.safeParse(body);
        expect([name, parsed.error?.issues]).toEqual([name, undefined]);
        if (answer.status !== 200) {
          const { error } = changeAnswerSchema.partial().parse(body);
          expect(error && REFUSALS[error.code].status).toBe(answer.status);
        }
        expect(answer.headers.get('cache-control')).toBe('no-store');
      }
    }
    await here.agent.stopRequested;
    expect(here.log).toEqual([]);
  });

  test('a dashboard address is exchanged for a bearer once', async () => {
    const here = await started();
    const opened = dashboardAnswerSchema.parse(await (await call(here, 'POST', '/v1/dashboard')).json());
    const token = new URLSearchParams(new URL(opened.url).hash.slice(1)).get('token');
    const exchange = () => call(here, 'POST', '/v1/session', { token });
    expect(sessionAnswerSchema.safeParse(await (await exchange()).json()).success).toBe(true);
    expect((await exchange()).status).toBe(401);
  });

  test('without an agent that stays there is no dashboard', async () => {
    const here = await started({}, false);
    expect((await call(here, 'POST', '/v1/dashboard')).status).toBe(409);
  });

  test.each<[string, string, RequestInit & { duplex?: 'half' }, number, string]>([
    ['an unknown address', '/v1/nothing', { method: 'GET' }, 404, 'not_found'],
    ['the root', '/', { method: 'GET' }, 404, 'not_found'],
    ['a path of one more step', '/v1/settings/a/b', { method: 'GET' }, 404, 'not_found'],
    ['another method', '/v1/settings', { method: 'DELETE' }, 405, 'method_not_allowed'],
    ['a method of another route', '/v1/status', { method: 'POST' }, 405, 'method_not_allowed'],
    [
      'no media type',
      '/v1/settings',
      { method: 'PATCH', body: new Uint8Array([123, 125]) },
      415,
      'unsupported_media_type',
    ],
    [
      'a form',
      '/v1/session',
      { method: 'POST', body: 'token=x', headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    [
      'a body that is no JSON',
      '/v1/settings',
      { method: 'PATCH', body: '{', headers: { 'content-type': 'application/json' } },
      400,
      'bad_request',
    ],
    [
      'an empty body',
      '/v1/settings',
      { method: 'PATCH', body: '', headers: { 'content-type': 'application/json' } },
      400,
      'bad_request',
    ],
    [
      'a body that is no UTF-8',
      '/v1/settings',
      {
        method: 'PATCH',
        body: new Uint8Array([0x22, 0xff, 0x22]),
        headers: { 'content-type': 'application/json' },
      },
      400,
      'bad_request',
    ],
    [
      'a large body',
      '/v1/settings',
      {
        method: 'PATCH',
        body: `"${'x'.repeat(4 * 1024 * 1024)}"`,
        headers: { 'content-type': 'application/json' },
      },
      413,
      'too_large',
    ],
    [
      'an announced large body',
      '/v1/settings',
      {
        method: 'PATCH',
        body: '{}',
        headers: { 'content-type': 'application/json', 'content-length': '99999999' },
      },
      413,
      'too_large',
    ],
    [
      '100,000 brackets',
      '/v1/settings',
      { method: 'PATCH', body: '['.repeat(100_000), headers: { 'content-type': 'application/json' } },
      400,
      'bad_request',
    ],
  ])('%s is an error of the contract', async (_what, path, init, expected, code) => {
    const here = await started();
    const answer = await here.agent.fetch(new Request(`http://agent${path}`, init));
    expect(answer.status).toBe(expected);
    expect(errorBodySchema.parse(await answer.json()).error.code).toBe(code);
    if (expected === 405) expect(answer.headers.get('allow')).toMatch(/GET|PATCH/);
  });
});

describe('policy flows', () => {
  test('from admin-settings.json into the store, followed live, and out again without a trace', async () => {
    const here = await started();
    expect((await setting(here, 'analyticsEnabled')).locked).toBe(false);
    expect(await set(here, 'analyticsEnabled', true)).toEqual([200, undefined]);
    await here.write(here.paths.adminSettings, LOCKED);
    await until(async () => expect((await here.store()).AnalyticsEnabled).toBe(false));
    expect(await setting(here, 'analyticsEnabled')).toMatchObject({
      ...{ value: false, locked: true, source: 'admin-settings', choice: true },
      managedBy: {
        source: 'admin-settings',
        label: 'admin-settings.json',
        location: here.paths.adminSettings,
      },
    });
    expect(await set(here, 'analyticsEnabled', true)).toEqual([423, 'setting_locked']);
    await rm(here.paths.adminSettings);
    await until(async () => expect((await here.store()).AnalyticsEnabled).toBe(true));
    expect(await setting(here, 'analyticsEnabled')).toMatchObject({ source: 'user', managedBy: null });
  });

  test('a bundle is the organization’s default or the user’s own policy, and names who decides', async () => {
    const here = await started({ files: { [ADMIN]: { analyticsEnabled: { locked: true, value: true } } } });
    here.signIn(person('acme'));
    here.deliver(bundle(LOCKED));
    await until(async () =>
      expect(await setting(here, 'analyticsEnabled')).toMatchObject({
        ...{ value: false, source: 'organization-policy' },
        managedBy: {
          label: 'Engineering default (acme)',
          organization: 'acme',
          policy: 'Engineering default',
          revision: 7,
        },
      }),
    );
    here.deliver(
      bundle(
        { analyticsEnabled: { locked: true, value: true } },
        { scope: 'user', name: 'Mine' },
        { seq: 2 },
      ),
    );
    await until(async () =>
      expect(await setting(here, 'analyticsEnabled')).toMatchObject({ value: true, source: 'user-policy' }),
    );
    expect(await status(here)).toMatchObject({
      policy: { name: 'Mine', scope: 'user', seq: 2 },
      frozen: null,
    });
    here.deliver(bundle({}, null, { seq: 3 }));
    await until(async () =>
      expect(await setting(here, 'analyticsEnabled')).toMatchObject({
        value: true,
        source: 'admin-settings',
      }),
    );
    expect((await status(here)).policy).toMatchObject({ id: null, scope: null, organization: 'acme' });
  });

  test('the policy of another person is in force but not shown', async () => {
    const here = await started();
    const { bundle: own, cache } = bundle(LOCKED);
    if (own === null) throw new Error('no bundle');
    here.deliver({ bundle: { ...own, ofPreviousAccount: true }, cache });
    await until(async () => expect((await setting(here, 'analyticsEnabled')).locked).toBe(true));
    const told = JSON.stringify([
      await status(here),
      await policy(here),
      await setting(here, 'analyticsEnabled'),
    ]);
    expect(told).not.toContain('Engineering default');
    expect((await status(here)).policy).toBeNull();
    expect((await policy(here)).sources.find(({ source }) => source === 'hub')?.document).toBeUndefined();
  });

  test('a refused bundle changes nothing and is shown with its reason', async () => {
    const here = await started({ delivery: bundle(LOCKED) });
    here.deliver({
      refused: { reason: 'rolled_back', message: 'An older policy arrived.', at: '2026-01-01T00:00:00Z' },
    });
    expect((await status(here)).problems).toMatchObject([{ code: 'rolled_back', severity: 'error' }]);
    expect((await setting(here, 'analyticsEnabled')).locked).toBe(true);
  });

  test('user-info of addresses is never shown', async () => {
    const secret = 'hunter2';
    const proxy = { proxy: { locked: true, mode: 'manual', http: `http://me:${secret}@proxy:3128` } };
    const here = await started({ files: { [ADMIN]: proxy }, delivery: bundle(proxy) });
    expect(JSON.stringify(await policy(here))).not.toContain(secret);
    expect(JSON.stringify(await policy(here))).toContain('***@proxy:3128');
    expect(JSON.stringify(await here.store())).toContain(secret);
    expect(await setting(here, 'proxyHttp')).toMatchObject({ value: 'http://***@proxy:3128', locked: true });
    expect(JSON.stringify(await setting(here, 'proxyHttp'))).not.toContain(secret);
  });
});

describe('a source that cannot be read', () => {
  test('keeps its last good content in force', async () => {
    const here = await started({ files: { [ADMIN]: LOCKED } });
    await here.write(here.paths.adminSettings, '{ "analyticsEnabled": ');
    await until(async () =>
      expect((await policy(here)).sources.find(({ source }) => source === 'admin-settings')).toMatchObject({
        ...{ state: 'broken', usingLastGood: true },
        problems: [{ code: 'malformed' }],
      }),
    );
    expect(await setting(here, 'analyticsEnabled')).toMatchObject({ value: false, locked: true });
    await here.write(here.paths.adminSettings, {});
    await until(async () => expect((await setting(here, 'analyticsEnabled')).locked).toBe(false));
  });

  test('with none ever good the settings freeze, but for what a stronger source decides', async () => {
    const here = await started({ files: { [ADMIN]: '{' } });
    expect((await status(here)).frozen).toBe('policy_source_broken');
    expect(await set(here, 'analyticsEnabled', false)).toEqual([503, 'policy_source_broken']);
    here.deliver(bundle(LOCKED));
    await until(async () =>
      expect(await setting(here, 'analyticsEnabled')).toMatchObject({ value: false, locked: true }),
    );
    expect(await set(here, 'memoryMiB', 2048)).toEqual([503, 'policy_source_broken']);
  });

  test('stale policy freezes and a successful fetch thaws', async () => {
    const fresh = bundle(LOCKED);
    const here = await started({ delivery: fresh });
    if (fresh.bundle === null) throw new Error('no bundle');
    here.deliver({ bundle: { ...fresh.bundle, stale: true } });
    await until(async () => expect((await status(here)).frozen).toBe('policy_stale'));
    expect(await set(here, 'memoryMiB', 2048)).toEqual([503, 'policy_stale']);
    here.deliver(fresh);
    await until(async () => expect(await set(here, 'memoryMiB', 2048)).toEqual([200, undefined]));
  });

  const BOUND = { hubUrl: 'https://hub.example', hubKeys: ['SHA256:x'], allowedOrgs: 'acme' };

  test('a device bound to a hub is frozen, not unmanaged, until its policy is there', async () => {
    const here = await started({ files: { [PROFILE]: { ...BOUND, settings: LOCKED } } });
    here.signIn(person('acme'));
    await until(async () => expect((await status(here)).frozen).toBe('policy_source_broken'));
    expect(await set(here, 'memoryMiB', 2048)).toEqual([503, 'policy_source_broken']);
    expect(await setting(here, 'analyticsEnabled')).toMatchObject({
      locked: true,
      source: 'configuration-profile',
    });
    expect(JSON.stringify((await status(here)).problems)).toContain('mooring sync');
    here.deliver(bundle({}));
    await until(async () => expect(await set(here, 'memoryMiB', 2048)).toEqual([200, undefined]));
  });

  test.each(['hubUrl', 'hubKeys', 'allowedOrgs'] as const)(
    'a profile without %s binds to nothing',
    async (left) => {
      const here = await started({ files: { [PROFILE]: { ...BOUND, [left]: undefined } } });
      here.signIn(person('acme'));
      await until(async () => expect(await set(here, 'memoryMiB', 2048)).toEqual([200, undefined]));
    },
  );

  test('a kept bundle that cannot be used freezes as well', async () => {
    const here = await started({ delivery: { bundle: null, cache: 'broken' } });
    expect(await set(here, 'memoryMiB', 2048)).toEqual([503, 'policy_source_broken']);
    expect((await policy(here)).sources.find(({ source }) => source === 'hub')?.state).toBe('broken');
  });

  test('a profile that breaks does not unbind the device', async () => {
    const here = await started({ files: { [PROFILE]: BOUND } });
    here.signIn(person('acme'));
    await here.write(here.paths.profile[0]?.kind === 'file' ? here.paths.profile[0].path : '', 'not JSON');
    await until(async () => expect((await status(here)).account.signIn.problem).toContain('policy.json'));
    expect((await policy(here)).sources.find(({ source }) => source === 'hub')?.location).toBe(
      'https://hub.example',
    );
    expect(await set(here, 'memoryMiB', 2048)).not.toEqual([200, undefined]);
  });
});

describe('the wall of enforced sign-in', () => {
  const signIn = async (here: AgentWorld) => (await status(here)).account.signIn;

  test('rises and falls as files and people come and go', async () => {
    const here = await started();
    expect(await signIn(here)).toMatchObject({ enforced: false, satisfied: true });
    const registry = join(here.folder, REGISTRY);
    await here.write(registry, { allowedOrgs: 'acme; beta' });
    await until(async () =>
      expect(await signIn(here)).toMatchObject({
        ...{ enforced: true, satisfied: false, method: 'registry.json', location: registry },
        organizations: ['acme', 'beta'],
      }),
    );
    expect(await set(here, 'memoryMiB', 2048)).toEqual([403, 'sign_in_required']);
    // Without a proxy nobody could sign in.
    expect(await set(here, 'proxyMode', 'manual')).toEqual([200, undefined]);
    here.signIn(person('other'));
    await until(async () => expect(await set(here, 'memoryMiB', 2048)).toEqual([403, 'sign_in_required']));
    here.signIn(person('other', 'beta'));
    await until(async () => expect(await set(here, 'memoryMiB', 2048)).toEqual([200, undefined]));
    here.signIn({ state: 'sign-in-again' });
    await until(async () => expect(await set(here, 'memoryMiB', 3072)).toEqual([403, 'sign_in_required']));
    await here.write(registry, '{"allowedOrgs": []}');
    await until(async () => expect((await signIn(here)).problem).toContain(registry));
    await rm(registry);
    await until(async () => expect(await set(here, 'memoryMiB', 3072)).toEqual([200, undefined]));
  });

  test('policy stays in force behind it', async () => {
    const here = await started({ files: { [REGISTRY]: { allowedOrgs: ['acme'] }, [ADMIN]: LOCKED } });
    expect(await setting(here, 'analyticsEnabled')).toMatchObject({ value: false, locked: true });
    expect((await here.store()).AnalyticsEnabled).toBe(false);
  });

  test('a local admin-settings.json alone raises none', async () => {
    const here = await started({ files: { [ADMIN]: LOCKED } });
    expect(await signIn(here)).toMatchObject({ enforced: false, satisfied: true });
  });
});

test('events say what to read again, and each only once per change', async () => {
  const here = await started();
  const events: LocalEvent[] = [];
  const stop = here.agent.onChange((event) => events.push(event));
  await set(here, 'memoryMiB', 4096);
  expect(events).toContainEqual({ type: 'settings', changed: ['memoryMiB'] });
  here.signIn(person('acme'));
  expect(events).toContainEqual({ type: 'account' });
  stop();
  const before = events.length;
  await set(here, 'memoryMiB', 2048);
  expect(events.length).toBe(before);
});
