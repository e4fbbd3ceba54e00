import { type Backend, type DisplayAddress, type Environment, namedDisplays } from './display-address.ts';

/** On what Chromium can draw. */
export interface FoundDisplay {
  /** What it has to be told; `headless`: there is no display, or none is wanted. */
  readonly backend: Backend | 'headless';
  /** Displays that the environment names and where nobody answers, as `DISPLAY=:3`. */
  readonly gone: readonly string[];
}

/**
 * Looks for a display that answers, first for one of the kind that Chromium has `chosen`: one of a session that has
 * ended is still named by what was started in it (a terminal multiplexer, a unit of systemd, a connection by ssh).
 */
export async function findDisplay(
  environment: Environment,
  chosen: string,
  answers: (address: DisplayAddress) => Promise<boolean>,
): Promise<FoundDisplay> {
  const gone: string[] = [];
  const named = namedDisplays(environment);
  const preferred = (backend: Backend): number => (backend === chosen ? 0 : 1);
  for (const each of named.toSorted((a, b) => preferred(a.backend) - preferred(b.backend))) {
    const { backend, name, address } = each;
    if (address !== null && (await answers(address)))
      return { backend: chosen === 'headless' ? 'headless' : backend, gone };
    // The usual one of Wayland, which nobody named, is not missed.
    if (backend === 'x11' || environment.WAYLAND_DISPLAY !== undefined) gone.push(name);
  }
  return { backend: 'headless', gone };
}

const SWITCH = '--ozone-platform';

/**
 * The words that the app has to be started with again to draw on `found`; `null` where it does already. What Chromium
 * draws on is chosen before the app's first line is run, by what the environment names alone, and cannot be changed
 * after that.
 */
export function wordsForDisplay(
  found: FoundDisplay['backend'],
  chosen: string,
  words: readonly string[],
): readonly string[] | null {
  if (found === chosen || words.includes(`${SWITCH}=${found}`)) return null;
  return [...words.filter((word) => !word.startsWith(`${SWITCH}=`)), `${SWITCH}=${found}`];
}
