import { describe, expect, it } from 'vitest';
import type { ManagedProxy } from './hub-http.ts';
import { describeRoute, parsePacWays, type RouteSources, routesTo } from './proxy-routes.ts';

const HUB = new URL('https://hub.acme.test');
const EMPTY: ManagedProxy = { mode: 'manual', http: '', https: '', exclude: [], pac: '', embeddedPac: '' };

function sources(change: Partial<RouteSources> = {}): RouteSources {
  return {
    managed: null,
    environment: {},
    systemProxy: async () => null,
    runPac: async () => ({ ok: false, reason: 'not expected' }),
    ...change,
  };
}

async function ways(change: Partial<RouteSources>, url = HUB): Promise<string[]> {
  const { routes } = await routesTo(url, sources(change));
  return routes.map((route) => `${route.origin} ${route.proxy?.host ?? '-'}`);
}

describe('the ways to the hub', () => {
  it('go by the managed proxy, then the environment, then directly', async () => {
    const managed = { ...EMPTY, http: 'http://plain:1', https: 'http://managed:3128' };
    const environment = { HTTPS_PROXY: 'http://env:8080' };
    expect(await ways({ managed, environment })).toEqual([
      'managed managed:3128',
      'environment env:8080',
      'direct -',
    ]);
    expect(await ways({})).toEqual(['direct -']);
  });

  it('lead straight to a loopback hub', async () => {
    const managed = { ...EMPTY, http: 'http://managed:3128', https: 'http://managed:3128' };
    const environment = { ALL_PROXY: 'http://env:8080' };
    for (const url of ['http://127.0.0.1:4000', 'https://localhost:4000', 'http://[::1]:4000']) {
      expect(await ways({ managed, environment }, new URL(url))).toEqual(['direct -']);
    }
  });

  it('leave out what an exclusion covers, list by list', async () => {
    const managed = { ...EMPTY, https: 'http://managed:3128', exclude: ['acme.test'] };
    const environment = { https_proxy: 'env:8080', NO_PROXY: 'other.test, .internal' };
    expect(await ways({ managed, environment })).toEqual(['environment env:8080', 'direct -']);
    const both = { https_proxy: 'env:8080', NO_PROXY: 'other.test,hub.acme.test' };
    expect(await ways({ managed, environment: both })).toEqual(['direct -']);
  });

  it('read the environment as curl does', async () => {
    expect(await ways({ environment: { https_proxy: 'low:1', HTTPS_PROXY: 'up:1' } })).toEqual([
      'environment low:1',
      'direct -',
    ]);
    expect(await ways({ environment: { ALL_PROXY: 'all:1', HTTP_PROXY: 'cgi:1' } })).toEqual([
      'environment all:1',
      'direct -',
    ]);
    expect(await ways({ environment: { HTTPS_PROXY: 'socks5://s:1' } })).toEqual(['direct -']);
    expect(await ways({ environment: { HTTPS_PROXY: '' } })).toEqual(['direct -']);
  });

  it('ask the system where the managed mode says so', async () => {
    const managed = { ...EMPTY, mode: 'system', https: 'http://ignored:1', embeddedPac: 'ignored' } as const;
    const systemProxy = async () => ({ http: '', https: 'sys:8080', exclude: [], pac: '' });
    expect(await ways({ managed, systemProxy })).toEqual(['managed sys:8080', 'direct -']);
    expect(await ways({ managed })).toEqual(['direct -']);
    const asked: unknown[] = [];
    const withPac = async () => ({ http: '', https: 'sys:8080', exclude: [], pac: 'http://p/x.pac' });
    const runPac: RouteSources['runPac'] = async (pac) => {
      asked.push(pac);
      return { ok: true, ways: 'PROXY frompac:1' };
    };
    expect(await ways({ managed, systemProxy: withPac, runPac })).toEqual(['managed frompac:1', 'direct -']);
    expect(asked).toEqual([{ address: 'http://p/x.pac' }]);
  });

  it('follow a PAC script, the embedded one first', async () => {
    const asked: unknown[] = [];
    const runPac: RouteSources['runPac'] = async (pac) => {
      asked.push(pac);
      return { ok: true, ways: 'PROXY a:1; SOCKS s:1; HTTPS b:2; DIRECT' };
    };
    const managed = { ...EMPTY, pac: 'http://p/x.pac', embeddedPac: 'script' };
    expect(await ways({ managed, runPac })).toEqual(['managed a:1', 'managed b:2', 'managed -']);
    expect(asked).toEqual([{ text: 'script' }]);
  });

  it('go on without a managed proxy that makes no sense, and say so without its password', async () => {
    const broken = await routesTo(HUB, sources({ managed: { ...EMPTY, https: 'socks5://me:hunter2@s:1' } }));
    expect(broken.routes).toHaveLength(1);
    expect(broken.managedProblem).toContain('***@s:1');
    expect(broken.managedProblem).not.toContain('hunter2');
    const worse = await routesTo(
      HUB,
      sources({ managed: { ...EMPTY, https: 'http://me:hunter2@:99999999' } }),
    );
    expect(worse.managedProblem).not.toContain('hunter2');
    const failing = await routesTo(HUB, sources({ managed: { ...EMPTY, embeddedPac: 'x' } }));
    expect(failing.managedProblem).toContain('not expected');
    const socks = await routesTo(
      HUB,
      sources({
        managed: { ...EMPTY, embeddedPac: 'x' },
        runPac: async () => ({ ok: true, ways: 'SOCKS me:pw@s:1' }),
      }),
    );
    expect(socks.managedProblem).toContain('***@s:1');
  });

  it('are described without user-info', () => {
    const route = { origin: 'managed', proxy: new URL('http://me:hunter2@proxy:3128') } as const;
    expect(describeRoute(route)).toBe('through the managed proxy http://***@proxy:3128');
    expect(describeRoute({ origin: 'direct', proxy: null })).toBe('directly');
  });

  it('are read from what a PAC script answers, whatever that is', () => {
    expect(parsePacWays('')).toEqual({ routes: [], unsupported: [] });
    expect(parsePacWays('garbage; PROXY; PROXY :: ;;')).toMatchObject({ routes: [] });
    expect(parsePacWays('proxy a:1').routes[0]?.proxy?.href).toBe('http://a:1/');
  });
});
