import { startTransition, useEffect, useState } from 'react';

/** As many settings as fit on a large screen. */
export const FIRST_SETTINGS = 8;

/**
 * False while a long list is drawn for the first time, true from then on: what is on the screen can be used while the
 * rest is still being drawn.
 */
export function useWhole(): boolean {
  const [whole, setWhole] = useState(false);
  useEffect(() => startTransition(() => setWhole(true)), []);
  return whole;
}
