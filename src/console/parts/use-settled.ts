import { useEffect, useState } from 'react';

const SETTLE_MS = 250;

/** The value once it has stood still for a moment: what is typed is not searched for letter by letter. */
export function useSettled(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
