import { createContext, type ReactNode, use, useCallback, useLayoutEffect, useMemo, useState } from 'react';
import type { Failure } from './hub-client.ts';

/** What says that the hub is out of reach: a part of the page in the place of what it would show, or a failed change. */
type Place = 'part' | 'change';

interface SaidNearby {
  /** How many say at present that the hub cannot be reached. */
  readonly places: Readonly<Record<Place, number>>;
  /** Says so from now on, until what it answers is called. */
  say(place: Place): () => void;
}

const NOBODY: SaidNearby['places'] = { part: 0, change: 0 };
const NearbyContext = createContext<SaidNearby>({ places: NOBODY, say: () => () => undefined });

/**
 * Lets a page say once that the hub is out of reach: where somebody waits for it, or, where several parts of the page
 * wait, above all of them.
 */
export function SaidNearby({ children }: { readonly children: ReactNode }) {
  const [places, setPlaces] = useState(NOBODY);
  const say = useCallback((place: Place) => {
    const add = (more: number) => setPlaces((before) => ({ ...before, [place]: before[place] + more }));
    add(1);
    return () => add(-1);
  }, []);
  const said = useMemo(() => ({ places, say }), [places, say]);
  return <NearbyContext value={said}>{children}</NearbyContext>;
}

function useSaying(place: Place, failure: Failure | null): void {
  const { say } = use(NearbyContext);
  const saying = failure?.kind === 'offline';
  useLayoutEffect(() => (saying ? say(place) : undefined), [saying, say, place]);
}

/** For whoever shows why a change failed: what is said here need not be said above the page. */
export function useSayingHere(failure: Failure | null): void {
  useSaying('change', failure);
}

/** For a part of the page that could not be read; answers whether that is said above the page, and not here. */
export function usePartOutOfReach(failure: Failure | null): boolean {
  useSaying('part', failure);
  return use(NearbyContext).places.part > 1 && failure?.kind === 'offline';
}

/** Where it is said that the hub cannot be reached; `null`: nobody below the top of the page says so. */
export function useSaidNearby(): 'above' | 'there' | null {
  const { part, change } = use(NearbyContext).places;
  if (part > 1) return 'above';
  return part + change > 0 ? 'there' : null;
}
