import type { StatusAnswer } from '../../shared/contracts/local-api.ts';

/** Mooring's own pages on the web, which texts may lead to. */
const OWN_SITES: readonly string[] = ['https://mooring.dev'];

/**
 * Addresses that the window may hand to the system browser: our own site, the hub of the account, the contact that
 * the organization's policy names, and where a sign-in that is under way goes on. Everything else stays closed,
 * whatever a page asks for.
 */
export interface OutwardLinks {
  /** The address in its normal form, or `null`: not on the list. */
  allowed(address: string): string | null;
}

/** `signInAddresses`: what the agent answered to sign-ins that this app's window began. */
export function outwardLinks(
  status: () => StatusAnswer | null,
  signInAddresses: () => readonly string[],
): OutwardLinks {
  return {
    allowed: (address) => {
      const url = URL.parse(address);
      if (url === null || url.username !== '' || url.password !== '') return null;
      const now = status();
      const contact = URL.parse(now?.policy?.contact?.url ?? '');
      if (url.protocol === 'mailto:') return contact?.href === url.href ? url.href : null;
      if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
      const sites = [
        ...OWN_SITES,
        now?.account.account?.hubUrl ?? '',
        ...signInAddresses(),
        contact?.href ?? '',
      ];
      return sites.some((site) => URL.parse(site)?.origin === url.origin) ? url.href : null;
    },
  };
}
