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

/**
 * An instant, written as distance from now, with the exact time for those who ask; with `exact`, the other way round.
 * `null`: never happened.
 */
export function When({
  at,
  exact = false,
}: {
  readonly at: string | null | undefined;
  readonly exact?: boolean;
}) {
  const { t, dateTime, relative } = useText();
  const now = useNow();
  if (at === null || at === undefined) return <span>{t('time.never')}</span>;
  const distance = relative(at, now) ?? t('time.justNow');
  return (
    <time dateTime={at} title={exact ? distance : dateTime(at)}>
      {exact ? dateTime(at) : distance}
    </time>
  );
}
