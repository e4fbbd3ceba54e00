import { isIP } from 'node:net';
import { RefusalError } from '../shared/contracts/refusal.ts';

/** How the hub is reached: where it listens, and what it calls itself. */
export interface ListenWishes {
  readonly host: string;
  readonly publicUrl: string | undefined;
  /** The hub speaks TLS itself. */
  readonly tls: boolean;
  /** A proxy in front of it does. */
  readonly trustProxy: readonly string[];
}

/** Whether a host name or address is this machine's own. */
function isLoopbackHost(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

/**
 * The public address without a final slash, or `null`: loopback, where it follows from the port. Issuer and
 * every advertised address derive from it, so it is never guessed: off loopback it has to be given, with TLS.
 */
export function checkPublicUrl(wishes: ListenWishes): string | null {
  const { publicUrl, host } = wishes;
  if (publicUrl === undefined) {
    if (isLoopbackHost(host)) return null;
    throw bad(
      `The hub is to listen on ${host}, which others can reach, and does not know its public address.`,
      'Give it: --public-url https://hub.example.com (or listen on 127.0.0.1).',
    );
  }
  const url = URL.canParse(publicUrl) ? new URL(publicUrl) : null;
  const plain = url !== null && url.pathname === '/' && url.search === '' && url.hash === '';
  if (url === null || !plain || url.username !== '' || !/^https?:$/.test(url.protocol)) {
    throw bad(
      `"${publicUrl}" is not a public address.`,
      'It has the form https://hub.example.com, without a path.',
    );
  }
  if (url.protocol === 'http:' && !isLoopbackHost(url.hostname)) {
    throw bad(
      `${publicUrl} is not encrypted: passwords and tokens would be readable on the way.`,
      'Use https: with --tls-cert and --tls-key, or with a proxy named by --trust-proxy.',
    );
  }
  if (url.protocol === 'http:' && wishes.tls) {
    throw bad(
      `Nobody would answer at ${publicUrl}: the hub was given a certificate, so it speaks TLS alone.`,
      'Let the public address begin with https://, or leave out --tls-cert and --tls-key.',
    );
  }
  if (url.protocol === 'https:' && !wishes.tls && wishes.trustProxy.length === 0) {
    throw bad(
      `Nobody would answer at ${publicUrl}: the hub has no certificate and knows of no proxy.`,
      'Give --tls-cert and --tls-key, or name the proxy in front of the hub: --trust-proxy 10.0.0.0/8.',
    );
  }
  return url.origin;
}

function bad(message: string, help: string): RefusalError {
  return new RefusalError({ code: 'bad_request', message, help });
}
