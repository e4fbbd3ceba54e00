import { Resolver } from 'node:dns/promises';

/** Looks up TXT records. Injected, so that a test can bring its own name server. */
export interface TxtResolver {
  /** The values, or why there are none. */
  txt(name: string): Promise<
    | { readonly ok: true; readonly values: readonly string[] }
    /** `absent`: the name servers say that there is no such name at all. Else nobody could say. */
    | { readonly ok: false; readonly absent: boolean; readonly reason: string }
  >;
}

/** Why a look-up told nothing, by the code of the resolver (c-ares). */
const REASONS: Readonly<Record<string, string>> = {
  ETIMEOUT: 'no name server answered in time (ETIMEOUT); see whether the hub may reach one (--name-server)',
  ECONNREFUSED: 'nothing answers at the name server (ECONNREFUSED); see --name-server',
  ESERVFAIL:
    'the name server failed (SERVFAIL); often the domain is delegated wrongly, or its DNSSEC is broken',
  EREFUSED: 'the name server refused to answer (REFUSED); it may not serve this machine',
};

/** The machine's own name servers, or those given (`address` or `address:port`). */
export function dnsResolver(
  servers: readonly string[] = [],
  { timeoutMs = 5000, tries = 2 }: { readonly timeoutMs?: number; readonly tries?: number } = {},
): TxtResolver {
  const resolver = new Resolver({ timeout: timeoutMs, tries });
  if (servers.length > 0) resolver.setServers(servers);
  return {
    txt: async (name) => {
      try {
        const records = await resolver.resolveTxt(name);
        // A long value is split into strings of 255 characters, which belong together (RFC 7208 section 3.3 for the practice).
        return { ok: true, values: records.map((strings) => strings.join('')) };
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
        if (code === 'ENODATA') return { ok: true, values: [] };
        if (code === 'ENOTFOUND')
          return { ok: false, absent: true, reason: 'the name servers know no such domain (NXDOMAIN)' };
        return { ok: false, absent: false, reason: REASONS[code] ?? `no answer could be had (${code})` };
      }
    },
  };
}

const PREFIX = 'mooring-verification=';

/** The TXT value that proves a domain. */
export function proofValue(challenge: string): string {
  return `${PREFIX}${challenge}`;
}

/** What looking for the proof found. */
export type ProofOutcome =
  | { readonly proved: true }
  /** `answered`: the name server spoke, and the value was not there. */
  | { readonly proved: false; readonly answered: boolean; readonly detail: string };

/** Looks for the proof in the domain's own TXT records. */
export async function lookForProof(
  resolver: TxtResolver,
  domain: string,
  challenge: string,
): Promise<ProofOutcome> {
  const found = await resolver.txt(domain);
  const wanted = proofValue(challenge);
  if (!found.ok && found.absent)
    return {
      proved: false,
      answered: true,
      detail: `${domain} has no TXT record "${wanted}": ${found.reason}. Look whether it is spelled right and registered.`,
    };
  if (!found.ok)
    return { proved: false, answered: false, detail: `${domain} could not be looked up: ${found.reason}.` };
  if (found.values.some((value) => value.trim() === wanted)) return { proved: true };
  const others = found.values.filter((value) => value.startsWith(PREFIX)).length;
  const seen =
    others > 0
      ? `It has ${others} other value(s) beginning with ${PREFIX}.`
      : `It has ${found.values.length} TXT value(s), none beginning with ${PREFIX}.`;
  return {
    proved: false,
    answered: true,
    detail: `${domain} has no TXT record "${wanted}" yet. ${seen} A new record can take up to 72 hours to be seen.`,
  };
}
