import type { Refusal } from '../../shared/contracts/refusal.ts';
import { readHubUrl } from '../delivery/hub-url.ts';

/** What can name the hub of a sign-in, and what must. */
export interface HubCandidates {
  /** `hubUrl` of the configuration profile: where set, no other is accepted. */
  readonly managed: string | null;
  /** Given with the sign-in. */
  readonly asked: string | undefined;
  /** Known from earlier, likeliest first. */
  readonly known: readonly (string | null | undefined)[];
}

/** The hub to sign in to, in the form it is kept in, or why there is none. */
export function chooseHub(candidates: HubCandidates): { readonly url: string } | Refusal {
  const { managed, asked, known } = candidates;
  const given = [asked, managed, ...known].find((each) => each !== undefined && each !== null);
  if (given === undefined || given === null) {
    return {
      code: 'bad_request',
      message: 'No hub was named, and this device knows none yet.',
      help: 'Name it: mooring login --hub https://hub.example.com',
    };
  }
  const wanted = managed === null ? null : readHubUrl(managed);
  if (wanted !== null && !wanted.ok) {
    return {
      code: 'bad_request',
      message: `The hub in the configuration profile cannot be used. ${wanted.message}`,
      help: `Ask your administrator. ${wanted.help}`,
    };
  }
  const chosen = readHubUrl(given);
  if (!chosen.ok) return { code: 'bad_request', message: chosen.message, help: chosen.help };
  if (wanted === null || wanted.url === chosen.url) return { url: chosen.url };
  return {
    code: 'forbidden',
    message: `This device is managed by ${wanted.url}; another hub is not accepted here.`,
    help: 'Sign in without naming a hub.',
  };
}

/** The hub that the profile names instead of `hubUrl`, `null` where they agree or it names none. */
export function movedHub(hubUrl: string, managed: string | null): string | null {
  if (managed === null) return null;
  const read = readHubUrl(managed);
  return read.ok && read.url === hubUrl ? null : managed;
}
