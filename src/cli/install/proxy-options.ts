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
