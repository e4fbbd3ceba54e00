import { describe, expect, it } from 'vitest';
import { evaluatePac, LONGEST_PAC, type PacHost } from './pac-sandbox.ts';

const NAMES: Record<string, string> = { 'inside.acme.test': '10.1.2.3', 'acme.test': '192.0.2.7' };

/** Wednesday, 2026-03-04 14:30:15 UTC. */
const NOW = Date.UTC(2026, 2, 4, 14, 30, 15);

function host(asked: string[] = []): PacHost {
  return {
    now: NOW,
    resolve: async (name) => {
      asked.push(name);
      return NAMES[name] ?? null;
    },
    myAddress: () => '10.9.8.7',
  };
}

const HUB = new URL('https://hub.acme.test:8443/secret/path?token=1');

async function answers(body: string): Promise<unknown> {
  return evaluatePac(`function FindProxyForURL(url, host) { return String(${body}); }`, HUB, host());
}

describe('the functions a PAC script may call', () => {
  const table: [expression: string, expected: string][] = [
    ['isPlainHostName("hub")', 'true'],
    ['isPlainHostName("hub.acme.test")', 'false'],
    ['dnsDomainIs(host, ".acme.test")', 'true'],
    ['dnsDomainIs(host, ".other.test")', 'false'],
    ['localHostOrDomainIs("www", "www.acme.test")', 'true'],
    ['localHostOrDomainIs("home.acme.test", "www.acme.test")', 'false'],
    ['isResolvable("inside.acme.test")', 'true'],
    ['isResolvable("nowhere.acme.test")', 'false'],
    ['dnsResolve("inside.acme.test")', '10.1.2.3'],
    ['dnsResolve("10.0.0.1")', '10.0.0.1'],
    ['isInNet("inside.acme.test", "10.1.0.0", "255.255.0.0")', 'true'],
    ['isInNet("acme.test", "10.1.0.0", "255.255.0.0")', 'false'],
    ['isInNet("nowhere.acme.test", "0.0.0.0", "0.0.0.0")', 'false'],
    ['convert_addr("104.16.41.2")', '1745889538'],
    ['convert_addr("255.255.255.255")', '4294967295'],
    ['myIpAddress()', '10.9.8.7'],
    ['dnsDomainLevels("hub.acme.test")', '2'],
    ['shExpMatch(host, "*.acme.test")', 'true'],
    ['shExpMatch(host, "h?b.acme.*")', 'true'],
    ['shExpMatch(host, "*.acme")', 'false'],
    ['shExpMatch("a*b", "a*b")', 'true'],
    ['weekdayRange("MON", "FRI", "GMT")', 'true'],
    ['weekdayRange("SAT", "SUN", "GMT")', 'false'],
    ['weekdayRange("FRI", "WED", "GMT")', 'true'],
    ['weekdayRange("WED", "GMT")', 'true'],
    ['timeRange(14, "GMT")', 'true'],
    ['timeRange(8, 18, "GMT")', 'true'],
    ['timeRange(18, 8, "GMT")', 'false'],
    ['timeRange(22, 15, "GMT")', 'true'],
    ['timeRange(14, 0, 14, 30, "GMT")', 'true'],
    ['timeRange(14, 30, 16, 14, 31, 0, "GMT")', 'false'],
    ['dateRange(4, "GMT")', 'true'],
    ['dateRange("MAR", "GMT")', 'true'],
    ['dateRange(2026, "GMT")', 'true'],
    ['dateRange(1, 15, "GMT")', 'true'],
    ['dateRange("JAN", "FEB", "GMT")', 'false'],
    ['dateRange("DEC", "MAR", "GMT")', 'true'],
    ['dateRange(1, "MAR", 3, "MAR", "GMT")', 'false'],
    ['dateRange(1, "JAN", 2026, 31, "DEC", 2026, "GMT")', 'true'],
    ['url', 'https://hub.acme.test:8443/'],
    ['host', 'hub.acme.test'],
  ];

  it.each(table)('%s is %s', async (expression, expected) => {
    expect(await answers(expression)).toEqual({ ok: true, ways: expected });
  });

  it('asks for names once each, those that follow from an answer too', async () => {
    const asked: string[] = [];
    const script = `function FindProxyForURL(url, host) {
      if (dnsResolve("inside.acme.test") === "10.1.2.3" && dnsResolve("acme.test") === "192.0.2.7") return "PROXY p:1";
      return "DIRECT";
    }`;
    expect(await evaluatePac(script, HUB, host(asked))).toEqual({ ok: true, ways: 'PROXY p:1' });
    expect(asked).toEqual(['inside.acme.test', 'acme.test']);
  });

  it('does not ask for more than a handful of names', async () => {
    const asked: string[] = [];
    const script = `function FindProxyForURL() { for (var i = 0; i < 1000; i++) dnsResolve("n" + i + ".test"); return "DIRECT"; }`;
    expect(await evaluatePac(script, HUB, host(asked))).toEqual({ ok: true, ways: 'DIRECT' });
    expect(asked).toHaveLength(8);
  });
});

describe('a hostile PAC script', () => {
  it.each([
    'process',
    'require',
    'globalThis.process',
    'fetch',
    'WebAssembly',
    'setTimeout',
    'import.meta',
    'Deno',
    'std',
    'os',
  ])('finds no %s', async (name) => {
    const answer = await evaluatePac(`function FindProxyForURL() { return "" + ${name}.x; }`, HUB, host());
    expect(answer.ok).toBe(false);
  });

  it('does not get out through the constructor of a function', async () => {
    const script = 'function FindProxyForURL() { return typeof alert.constructor("return this")().process; }';
    expect(await evaluatePac(script, HUB, host())).toEqual({ ok: true, ways: 'undefined' });
  });

  it('is stopped when it never ends, while it is read and while it is called', async () => {
    const limits = { milliseconds: 50, memoryBytes: 16 * 1024 * 1024, stackBytes: 256 * 1024 };
    for (const script of ['for (;;) {}', 'function FindProxyForURL() { for (;;) {} }']) {
      const answer = await evaluatePac(script, HUB, host(), limits);
      expect(answer).toEqual({ ok: false, reason: 'the script took too long' });
    }
  });

  it('is stopped when it wants too much memory or too deep a stack', async () => {
    const greedy = 'function FindProxyForURL() { var a = []; for (;;) a.push(new Array(10000).fill(1)); }';
    const limits = { milliseconds: 3_000, memoryBytes: 4 * 1024 * 1024, stackBytes: 256 * 1024 };
    expect(await evaluatePac(greedy, HUB, host(), limits)).toMatchObject({ ok: false });
    const deep = 'function FindProxyForURL() { return FindProxyForURL(); }';
    expect(await evaluatePac(deep, HUB, host())).toMatchObject({ ok: false });
    const nested = `${'['.repeat(100_000)}`;
    expect(await evaluatePac(nested, HUB, host())).toMatchObject({ ok: false });
    const text = 'function FindProxyForURL() { var t = "x"; for (;;) t += t; }';
    expect(await evaluatePac(text, HUB, host(), limits)).toMatchObject({ ok: false });
  });

  it('has its errors told in one line', async () => {
    expect(await evaluatePac('function FindProxyForURL() { throw new Error("no") }', HUB, host())).toEqual({
      ok: false,
      reason: 'the script failed: no',
    });
    expect(await evaluatePac('this is not a script', HUB, host())).toMatchObject({ ok: false });
    expect(await evaluatePac('', HUB, host())).toMatchObject({ ok: false });
    expect(await evaluatePac('x'.repeat(LONGEST_PAC + 1), HUB, host())).toEqual({
      ok: false,
      reason: 'the script is larger than 1 MiB',
    });
  });

  it('may answer nothing, a number, or replace what the answer is made with', async () => {
    expect(await evaluatePac('function FindProxyForURL() { return null; }', HUB, host())).toEqual({
      ok: true,
      ways: '',
    });
    expect(await evaluatePac('function FindProxyForURL() { return 7; }', HUB, host())).toMatchObject({
      ok: false,
    });
    const script =
      'JSON.stringify = function () { return 7; }; function FindProxyForURL() { return "DIRECT"; }';
    expect(await evaluatePac(script, HUB, host())).toMatchObject({ ok: false });
    const asked = '__asked = { length: 1e9 }; function FindProxyForURL() { return "DIRECT"; }';
    expect(await evaluatePac(asked, HUB, host())).toMatchObject({ ok: false });
  });

  it('keeps nothing from one run to the next', async () => {
    const script =
      'var n = (typeof n === "undefined" ? 0 : n) + 1; function FindProxyForURL() { return String(n); }';
    expect(await evaluatePac(script, HUB, host())).toEqual({ ok: true, ways: '1' });
    expect(await evaluatePac(script, HUB, host())).toEqual({ ok: true, ways: '1' });
  });
});
