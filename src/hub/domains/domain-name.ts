import { createRequire } from 'node:module';
import { domainToASCII } from 'node:url';
import { parse } from 'tldts';
import { z } from 'zod';
import type { Refusal } from '../../shared/contracts/refusal.ts';

// Only JSON: the whole list, not just the common ones, because one forgotten provider gives away its users.
const shared = new Set(z.array(z.string()).parse(createRequire(import.meta.url)('email-providers/all.json')));

/**
 * A domain in the form that is kept: lower case, ASCII, without a final dot. Refused: what is no domain, what is
 * nobody's own (public suffixes such as `co.uk` or `github.io`), and domains whose mail addresses anybody can get.
 */
export function readDomainName(text: string): { readonly name: string } | Refusal {
  const { hostname, domain, isIp, publicSuffix, isIcann, isPrivate } = parse(text.trim().replace(/\.$/, ''), {
    allowPrivateDomains: true,
  });
  const written = text.trim().toLowerCase().replace(/\.$/, '');
  if (
    hostname === null ||
    isIp === true ||
    !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(hostname) ||
    hostname.length > 253
  ) {
    return {
      code: 'invalid_value',
      message: `"${written.slice(0, 100)}" is not a domain.`,
      help: international(written),
    };
  }
  if (hostname !== written) {
    return {
      code: 'invalid_value',
      message: `"${written.slice(0, 100)}" holds more than a domain.`,
      help: `Did you mean ${hostname}?`,
    };
  }
  if (domain === null || hostname === publicSuffix) {
    return {
      code: 'invalid_value',
      message: `${hostname} is a public suffix${isPrivate === true && isIcann !== true ? ' of a hosting provider' : ''}: many organizations have domains beneath it.`,
      help: 'Claim the domain of your own organization.',
    };
  }
  if (shared.has(hostname) || shared.has(domain)) {
    return {
      code: 'invalid_value',
      message: `${hostname} is a mail domain that anybody can get an address in, so no organization can own it.`,
      help: 'Claim the domain of your own organization.',
    };
  }
  return { name: hostname };
}

/** Domains are kept, proved and compared as DNS writes them; nobody has to work that form out. */
function international(written: string): string {
  const ascii = /^[^\s@/:]+$/.test(written) ? domainToASCII(written) : '';
  return ascii === '' || ascii === written || !ascii.includes('.')
    ? 'Give a domain such as example.com; international ones in their xn-- form.'
    : `Did you mean ${ascii}, as DNS writes it?`;
}
