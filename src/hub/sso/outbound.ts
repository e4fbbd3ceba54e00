import { lookup as resolve } from 'node:dns';
import ipaddr from 'ipaddr.js';
import { Agent, fetch as webFetch } from 'undici';
import { RefusalError } from '../../shared/contracts/refusal.ts';

/*
 * Requests to addresses that an owner typed in. The hub stands inside somebody's network, so an address could be made
 * to ask what only the hub can reach: the addresses that names resolve to are looked at, at the moment of connecting.
 */

/** Asks identity providers, and nothing else. */
export interface Outbound {
  /** The text of an answer to GET; refuses with the reason. */
  text(url: string): Promise<string>;
  /** For libraries: redirects are not followed, size and time are bounded. */
  fetch(url: string, init?: OutboundRequest): Promise<Response>;
}

export interface OutboundRequest {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
}

const TIME_LIMIT_MS = 10_000;
const SIZE_LIMIT = 1_000_000;

/** `trusted`: networks in CIDR form where identity providers may live although they are private. */
export function createOutbound(trusted: readonly string[] = []): Outbound {
  const networks = trusted.map((text) => ipaddr.parseCIDR(text));
  const allowed = (address: string): boolean => {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    if (networks.some((network) => parsed.kind() === network[0].kind() && parsed.match(network))) return true;
    return parsed.range() === 'unicast';
  };
  const dispatcher = new Agent({
    connect: {
      timeout: TIME_LIMIT_MS,
      // The address that is checked is the one that is connected to: a name cannot change its mind in between.
      lookup: (host, options, done) => {
        resolve(host, { ...options, all: true }, (error, addresses) => {
          if (error !== null) return done(error, []);
          const good = addresses.filter(({ address }) => allowed(address));
          if (good.length === 0) return done(new PrivateAddress(host), []);
          return done(null, good);
        });
      },
    },
    headersTimeout: TIME_LIMIT_MS,
    bodyTimeout: TIME_LIMIT_MS,
    maxResponseSize: SIZE_LIMIT,
    pipelining: 0,
    keepAliveTimeout: 1,
    keepAliveMaxTimeout: 1,
  });

  const check = (text: string): URL => {
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || url.username !== '' || url.password !== '')
      throw refused('it is not an address', HELP.form);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const literal = ipaddr.isValid(host);
    // An address in digits is never looked up, so it is checked here.
    if (literal && !allowed(host))
      throw refused(`${host} is not an address of the public internet`, HELP.inside);
    const local = literal && ipaddr.process(host).range() === 'loopback';
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local))
      throw refused('it must begin with https', HELP.form);
    return url;
  };
  const request = async (text: string, init: OutboundRequest): Promise<Response> => {
    const url = check(text);
    try {
      const answer = await webFetch(url, {
        method: init.method ?? 'GET',
        headers: { ...init.headers },
        ...(init.body === undefined ? {} : { body: init.body }),
        redirect: 'manual',
        dispatcher,
        signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
      const body = await answer.arrayBuffer();
      const bare = [101, 204, 205, 304].includes(answer.status);
      return new Response(bare ? null : body, { status: answer.status, headers: [...answer.headers] });
    } catch (error) {
      throw failed(error, url.hostname);
    }
  };
  return {
    fetch: (url, init = {}) => request(url, init),
    text: async (url) => {
      const answer = await request(url, {});
      const { status } = answer;
      if (status >= 300 && status < 400)
        throw refused(`it answered ${status}, and redirects are not followed`, HELP.final);
      if (status !== 200) throw refused(`it answered ${status}`, HELP.reach);
      return answer.text();
    },
  };
}

class PrivateAddress extends Error {
  constructor(host: string) {
    super(`${host} leads into a private network`);
  }
}

/** What whoever typed the address can do about it. */
const HELP = {
  form: 'Give the whole address as the identity provider shows it, beginning with https.',
  inside:
    'Identity providers are reached by https at public addresses; an operator can name private networks with: mooring-hub start --idp-network 10.0.0.0/8',
  final: 'Give the address that it leads to.',
  reach:
    'See that the address is typed as the identity provider shows it, and that the hub reaches it: DNS, proxy, firewall.',
};

/** Errors of the system that say nothing to whoever does not know their names. */
const CODES: Readonly<Record<string, (host: string) => string>> = {
  ENOTFOUND: (host) => `DNS knows no ${host}`,
  EAI_AGAIN: (host) => `DNS does not answer for ${host} just now`,
  ECONNREFUSED: (host) => `${host} refuses the connection`,
  ECONNRESET: (host) => `${host} broke the connection off`,
};

function failed(error: unknown, host: string): RefusalError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return refused('it could not be asked', HELP.reach);
  if (cause instanceof PrivateAddress) return refused(cause.message, HELP.inside);
  if (cause.name === 'TimeoutError')
    return refused(`it did not answer within ${TIME_LIMIT_MS / 1000} seconds`, HELP.reach);
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return refused(CODES[code]?.(host) ?? cause.message, HELP.reach);
}

function refused(reason: string, help: string): RefusalError {
  return new RefusalError({ code: 'unreachable', message: `The address cannot be asked: ${reason}.`, help });
}
