import { BlockList, isIP } from 'node:net';

/** A host and port as a URL names them. */
export interface Destination {
  /** Lower case, an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** The destination of a URL, with the scheme's own port filled in. */
export function destinationOf(url: URL): Destination {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  return { host, port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443) };
}

/** True for `localhost` and the loopback addresses: never reached by a proxy, which would find its own. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true;
  return isIP(host) === 4 ? host.startsWith('127.') : host === '::1';
}

/**
 * Whether one of the entries exempts the destination from the proxy. An entry is a name (which covers its
 * sub-domains too), `.domain`, `*.domain`, an address, a CIDR block, `<local>` for names without a dot, or `*`; a
 * port may follow. One reading for `NO_PROXY`, the managed list and the system's list, whose writers mix them up.
 */
export function bypassesProxy(destination: Destination, entries: readonly string[]): boolean {
  return entries.some((entry) => matches(destination, entry.trim().toLowerCase()));
}

function matches({ host, port }: Destination, entry: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  if (entry === '<local>') return !host.includes('.') && isIP(host) === 0;
  if (entry.includes('/')) return inBlock(host, entry);
  const { name, wantedPort } = splitPort(entry);
  if (wantedPort !== null && wantedPort !== port) return false;
  if (isIP(host) !== 0) return name === host;
  const domain = name.replace(/^\*?\./, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
}

function splitPort(entry: string): { name: string; wantedPort: number | null } {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(entry);
  if (bracketed) return { name: bracketed[1] ?? '', wantedPort: bracketed[2] ? Number(bracketed[2]) : null };
  if (isIP(entry) === 6) return { name: entry, wantedPort: null };
  const [, name = entry, port] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
  return { name, wantedPort: port === undefined ? null : Number(port) };
}

function inBlock(host: string, entry: string): boolean {
  const [short = '', bits = ''] = entry.split('/');
  // macOS writes blocks without their trailing zeros: `169.254/16`.
  const network = /^\d+(\.\d+){0,2}$/.test(short)
    ? `${short}${'.0'.repeat(4 - short.split('.').length)}`
    : short;
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family || !/^\d{1,3}$/.test(bits)) return false;
  if (Number(bits) > (family === 4 ? 32 : 128)) return false;
  const blocks = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  blocks.addSubnet(network, Number(bits), type);
  return blocks.check(host, type);
}
