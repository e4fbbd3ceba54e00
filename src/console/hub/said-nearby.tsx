import { createContext, type ReactNode, use, useCallback, useLayoutEffect, useMemo, useState } from 'react';
import type { Failure } from './hub-client.ts';

interface SaidNearby {
  /** Parts of the page that say that the hub cannot be reached. */
  readonly places: number;
  /** Says so from now on, until what it answers is called. */
  say(): () => void;
}

const NearbyContext = createContext<SaidNearby>({ places: 0, say: () => () => undefined });

/** Lets the parts of a page say that the hub is out of reach where somebody waits for it, and nobody say it again. */
export function SaidNearby({ children }: { readonly children: ReactNode }) {
  const [places, setPlaces] = useState(0);
  const say = useCallback(() => {
    setPlaces((count) => count + 1);
    return () => setPlaces((count) => count - 1);
  }, []);
  const said = useMemo(() => ({ places, say }), [places, say]);
  return <NearbyContext value={said}>{children}</NearbyContext>;
}

/** For whoever shows a failure: what is said here need not be said above the page. */
export function useSayingHere(failure: Failure | null): void {
  const { say } = use(NearbyContext);
  const saying = failure?.kind === 'offline';
  useLayoutEffect(() => (saying ? say() : undefined), [saying, say]);
}

/** Whether a part of the page says already that the hub cannot be reached. */
export function useSaidNearby(): boolean {
  return use(NearbyContext).places > 0;
}
