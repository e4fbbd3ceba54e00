import { hasPlainHost } from '../../agent/delivery/plain-host.ts';
import { quote } from '../../shared/text/quote.ts';
import { splitList } from '../../shared/text/split-list.ts';
import type { Invocation } from '../command.ts';

/** The `proxy` group that the options ask for; `null`: none was given. */
export type ProxyOptions =
  | { readonly ok: true; readonly group: Readonly<Record<string, unknown>> | null }
  | { readonly ok: false; readonly message: string; readonly help: string };

/** Options that give a value, and the member of the group that each one sets. */
const MEMBERS = [
  ['override-proxy-http', 'http'],
  ['override-proxy-https', 'https'],
  ['override-proxy-exclude', 'exclude'],
  ['override-proxy-pac', 'pac'],
  ['override-proxy-embedded-pac', 'embeddedPac'],
] as const;

/**
 * Reads the proxy options. They make an unlocked group: it counts before anybody has signed in, and whoever wants it
 * locked says so in `--admin-settings`. Any address means `manual`.
 */
export function readProxyOptions(options: Invocation['options']): ProxyOptions {
  const given = MEMBERS.filter(([option]) => typeof options[option] === 'string');
  const mode = options['proxy-http-mode'];
  const kerberos = options['proxy-enable-kerberosntlm'] === true;
  const first = given[0]?.[0];
  if (mode === undefined && first === undefined && !kerberos) return { ok: true, group: null };
  if (mode === 'system' && first !== undefined)
    return {
      ok: false,
      message: `--${first} counts only with --proxy-http-mode=manual, and system was given.`,
      help: `Leave one of the two out.`,
    };
  const empty = given.find(([option]) => String(options[option]).trim() === '');
  if (empty !== undefined)
    return {
      ok: false,
      message: `--${empty[0]} was given without a value.`,
      help: 'Give it one, or leave it out.',
    };
  for (const [option, member] of given) {
    const wrong = wrongIn(member, String(options[option]).trim());
    if (wrong !== null) return { ok: false, ...wrong, message: `--${option}: ${wrong.message}` };
  }
  const members = given.map(([option, member]) => {
    const text = String(options[option]).trim();
    return [member, member === 'exclude' ? splitList(text) : text] as const;
  });
  return {
    ok: true,
    group: {
      locked: false,
      mode: mode ?? (first === undefined ? 'system' : 'manual'),
      ...Object.fromEntries(members),
      ...(kerberos ? { enableKerberosNtlm: true } : {}),
    },
  };
}

interface Wrong {
  readonly message: string;
  readonly help: string;
}

/**
 * What a shell leaves on a value, and a proxy cannot be reached by. The policy's grammar takes any text here; but what is
 * installed has no second chance: a computer that finds no proxy may find no hub that could tell it better.
 */
function wrongIn(member: (typeof MEMBERS)[number][1], text: string): Wrong | null {
  switch (member) {
    case 'http':
    case 'https':
      return isAddress(text)
        ? null
        : {
            message: `${quote(withoutSecret(text))} is not the address of a proxy.`,
            help: 'Write it like http://proxy.example.com:3128, without quotes around it.',
          };
    case 'exclude': {
      const entries = splitList(text);
      const entry = entries.find((each) => /[\s"'`;\u2018-\u201f]/.test(each));
      if (entries.length > 0 && entry === undefined) return null;
      return {
        message: entry === undefined ? 'It names no host.' : `${quote(entry)} is not a host.`,
        help: 'Write hosts with "," between them: localhost,.example.com.',
      };
    }
    case 'pac':
      return /^["'`\u2018-\u201f]|["'`\u2018-\u201f]$/.test(text)
        ? {
            message: `${quote(text)} has a quote too many.`,
            help: 'Write the address without quotes around it.',
          }
        : null;
    case 'embeddedPac':
      return null;
  }
}

/** What cannot be read as an address may hold a password anywhere before its "@". */
function withoutSecret(text: string): string {
  const at = text.lastIndexOf('@');
  return at === -1 ? text : `***${text.slice(at)}`;
}

function isAddress(text: string): boolean {
  const [, scheme = 'http'] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text) ?? [];
  const address = text.includes('://') ? text : `http://${text}`;
  return (
    /^(?:https?|socks[45]?[ah]?)$/i.test(scheme) &&
    !/[\s"`\u2018-\u201f]/.test(text) &&
    URL.canParse(address) &&
    hasPlainHost(new URL(address))
  );
}
