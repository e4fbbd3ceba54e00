import type { Clock } from '../clock.ts';
import { evaluatePac, LONGEST_PAC, type PacAnswer, pacHost } from './pac-sandbox.ts';
import { type RequestTools, requestOver } from './web-request.ts';

/** How long a fetched script is used before it is fetched again. */
const FRESH_MS = 10 * 60_000;

/** Fetches and runs PAC scripts. A script that cannot be fetched now is replaced by its last good text. */
export interface PacSource {
  readonly run: (pac: { text: string } | { address: string }, url: URL) => Promise<PacAnswer>;
}

/** The script is fetched directly: it is what tells which proxy there is. */
export function createPacSource(parts: { readonly clock: Clock; readonly tools: RequestTools }): PacSource {
  const kept = new Map<string, { readonly text: string; readonly at: number }>();

  const fetchScript = async (address: string): Promise<{ text: string } | { reason: string }> => {
    const known = kept.get(address);
    if (known !== undefined && parts.clock.monotonic() - known.at < FRESH_MS) return known;
    if (!URL.canParse(address)) return { reason: 'its address is not one' };
    const url = new URL(address);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') {
      return { reason: 'its address is not an http: or https: one' };
    }
    const request = { method: 'GET', url, maxBytes: LONGEST_PAC } as const;
    const answer = await requestOver(request, { origin: 'direct', proxy: null }, parts.tools, 'anything');
    if (answer.ok && answer.status === 200) {
      kept.clear();
      kept.set(address, { text: answer.body, at: parts.clock.monotonic() });
      return { text: answer.body };
    }
    if (known !== undefined) return known;
    return { reason: answer.ok ? `its server answered ${answer.status}` : answer.failure.message };
  };

  return {
    async run(pac, url) {
      const script = 'text' in pac ? pac : await fetchScript(pac.address);
      if ('reason' in script) return { ok: false, reason: script.reason };
      return evaluatePac(script.text, url, pacHost(parts.clock.wall(), parts.tools.lookup));
    },
  };
}
