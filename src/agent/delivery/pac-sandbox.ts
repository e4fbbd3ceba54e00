import { lookup as lookupName } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { QuickJSContext } from 'quickjs-emscripten-core';
import { PAC_FUNCTIONS } from './pac-functions.ts';

/** What a PAC script decided for one address, or why it could not. `ways` is the raw answer, `PROXY a:1; DIRECT`. */
export type PacAnswer =
  | { readonly ok: true; readonly ways: string }
  | { readonly ok: false; readonly reason: string };

/** Bounds of one evaluation; the defaults are generous for real scripts and small for this process. */
export interface PacLimits {
  readonly milliseconds: number;
  readonly memoryBytes: number;
  readonly stackBytes: number;
}

const LIMITS: PacLimits = { milliseconds: 1_000, memoryBytes: 32 * 1024 * 1024, stackBytes: 128 * 1024 };

/** A script longer than this is refused unread. */
export const LONGEST_PAC = 1024 * 1024;

/** A script may want the address of a name, then of another that depends on it: so often it is run again. */
const ROUNDS = 4;
const MOST_NAMES = 8;
const LONGEST_ANSWER = 4_096;

/** What a PAC script sees of the host. */
export interface PacHost {
  /** Wall clock, milliseconds since 1970. */
  readonly now: number;
  /** The address of a name, `null` where it has none. */
  readonly resolve: (name: string) => Promise<string | null>;
  readonly myAddress: () => string;
}

/**
 * Runs `FindProxyForURL` in a JavaScript engine of its own (QuickJS in WebAssembly): it has no file, no network, no
 * timer and none of our objects, and is stopped when it takes too long or too much memory. Names are resolved
 * between rounds, outside. The engine is loaded at the first use, because most devices never need it.
 *
 * The script is given the address without path and query, as browsers do for `https:`: what stands there is not the
 * script's business.
 */
export async function evaluatePac(
  script: string,
  url: URL,
  host: PacHost,
  limits: PacLimits = LIMITS,
): Promise<PacAnswer> {
  if (script.length > LONGEST_PAC) return { ok: false, reason: 'the script is larger than 1 MiB' };
  const names = new Map<string, string | null>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = await runOnce(script, url, host, names, limits);
    if (!run.ok) return run;
    const unknown = run.asked.filter((name) => !names.has(name)).slice(0, MOST_NAMES - names.size);
    if (unknown.length === 0 || round === ROUNDS - 1) return { ok: true, ways: run.ways };
    const found = await Promise.all(unknown.map((name) => host.resolve(name)));
    unknown.forEach((name, index) => {
      names.set(name, found[index] ?? null);
    });
  }
  return { ok: false, reason: 'the script did not come to an end' };
}

type Run = { ok: true; ways: string; asked: string[] } | { ok: false; reason: string };

async function runOnce(
  script: string,
  url: URL,
  host: PacHost,
  names: ReadonlyMap<string, string | null>,
  limits: PacLimits,
): Promise<Run> {
  const [{ newQuickJSWASMModuleFromVariant, shouldInterruptAfterDeadline }, { default: variant }] =
    await Promise.all([
      import('quickjs-emscripten-core'),
      import('@jitl/quickjs-singlefile-mjs-release-sync'),
    ]);
  const engine = await newQuickJSWASMModuleFromVariant(variant);
  const runtime = engine.newRuntime();
  runtime.setMemoryLimit(limits.memoryBytes);
  runtime.setMaxStackSize(limits.stackBytes);
  runtime.setInterruptHandler(shouldInterruptAfterDeadline(Date.now() + limits.milliseconds));
  const context = runtime.newContext();
  try {
    for (const code of [facts(host, names), PAC_FUNCTIONS, `${script}\n;0`]) {
      const run = taken(context, code);
      if (!run.ok) return run;
    }
    const answer = taken(context, callOf(url));
    return answer.ok ? readAnswer(answer.value) : answer;
  } catch {
    // WebAssembly's own stack can end before the engine's bound does, in the parser above all.
    return { ok: false, reason: 'the script went too deep' };
  } finally {
    // A memory limit hit in an unlucky place leaves the engine unable to clean up; it is dropped whole anyway.
    try {
      context.dispose();
      runtime.dispose();
    } catch {}
  }
}

/** The value of an evaluation as plain data, its handle freed; a failure becomes its reason. */
function taken(
  context: QuickJSContext,
  code: string,
): { ok: true; value: unknown } | { ok: false; reason: string } {
  const result = context.evalCode(code, 'pac.js', { type: 'global' });
  if (result.error !== undefined) {
    return { ok: false, reason: reasonOf(result.error.consume((handle) => context.dump(handle))) };
  }
  return { ok: true, value: result.value.consume((handle) => context.dump(handle)) };
}

function reasonOf(dumped: unknown): string {
  if (typeof dumped === 'object' && dumped !== null && 'message' in dumped) {
    const message = String(dumped.message).slice(0, 200);
    if (message === 'interrupted') return 'the script took too long';
    if (message === 'out of memory') return 'the script wanted too much memory';
    return `the script failed: ${message}`;
  }
  return 'the script failed';
}

function facts(host: PacHost, names: ReadonlyMap<string, string | null>): string {
  const now = new Date(host.now);
  const values = {
    __names: Object.fromEntries(names),
    __myAddress: host.myAddress(),
    __now: {
      local: {
        year: now.getFullYear(),
        month: now.getMonth(),
        day: now.getDate(),
        weekday: now.getDay(),
        hour: now.getHours(),
        minute: now.getMinutes(),
        second: now.getSeconds(),
      },
      utc: {
        year: now.getUTCFullYear(),
        month: now.getUTCMonth(),
        day: now.getUTCDate(),
        weekday: now.getUTCDay(),
        hour: now.getUTCHours(),
        minute: now.getUTCMinutes(),
        second: now.getUTCSeconds(),
      },
    },
  };
  return Object.entries(values)
    .map(([name, value]) => `var ${name} = ${JSON.stringify(value)};`)
    .join('\n');
}

function callOf(url: URL): string {
  const address = JSON.stringify(`${url.origin}/`);
  const host = JSON.stringify(url.hostname.replace(/^\[|\]$/g, ''));
  return `JSON.stringify({ ways: FindProxyForURL(${address}, ${host}), asked: __asked })`;
}

function readAnswer(text: unknown): Run {
  let answer: unknown;
  try {
    if (typeof text !== 'string') throw new TypeError('not a text');
    answer = JSON.parse(text);
  } catch {
    return { ok: false, reason: 'the script gave no answer' };
  }
  if (typeof answer !== 'object' || answer === null || !('asked' in answer) || !Array.isArray(answer.asked)) {
    return { ok: false, reason: 'the script gave no answer' };
  }
  const asked = answer.asked.filter((name): name is string => typeof name === 'string' && name.length < 256);
  // Browsers read `null` and nothing at all as "directly".
  const ways = 'ways' in answer ? (answer.ways ?? '') : '';
  if (typeof ways !== 'string') return { ok: false, reason: 'the script gave something that is not a text' };
  return { ok: true, ways: ways.slice(0, LONGEST_ANSWER), asked };
}

/** The host as it really is. `lookup` is the same name resolution that the calls themselves use. */
export function pacHost(now: number, lookup: LookupFunction = lookupName): PacHost {
  return {
    now,
    resolve: (name) =>
      new Promise((resolve) => {
        lookup(name, { family: 4, all: false }, (error, address) => {
          const found = Array.isArray(address) ? address[0]?.address : address;
          resolve(error === null && found !== undefined && isIP(found) === 4 ? found : null);
        });
      }),
    myAddress: () => {
      for (const addresses of Object.values(networkInterfaces())) {
        const found = addresses?.find((each) => each.family === 'IPv4' && !each.internal);
        if (found) return found.address;
      }
      return '127.0.0.1';
    },
  };
}
