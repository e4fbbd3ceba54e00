import { useEffect, useState } from 'react';
import { useText } from './text-context.tsx';

const TICK_MS = 30_000;

/** The present in milliseconds since 1970, to the nearest half minute; a component that uses it follows the clock. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** An instant, written as distance from now, with the exact time for those who ask. `null`: never happened. */
export function When({ at }: { readonly at: string | null | undefined }) {
  const { t, dateTime, relative } = useText();
  const now = useNow();
  if (at === null || at === undefined) return <span>{t('time.never')}</span>;
  return (
    <time dateTime={at} title={dateTime(at)}>
      {relative(at, now) ?? t('time.justNow')}
    </time>
  );
}
