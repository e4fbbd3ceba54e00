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

/** Writes how long ago something was done on this computer, within a sentence. */
export function usePast(): (at: string) => string {
  const { t, relative } = useText();
  const now = useNow();
  return (at) =>
    isAhead(at, now) ? t('time.clockSetBack') : (relative(at, now) ?? t('time.justNow').toLowerCase());
}

/** What was done here cannot lie ahead: the clock was set back since, and nobody knows how long ago it was. */
function isAhead(at: string, now: number): boolean {
  return Date.parse(at) - now >= 60_000;
}

/**
 * An instant, written as distance from now, with the exact time for those who ask; with `exact`, the other way round.
 * `null`: never happened. `past`: it was done on this computer, and cannot lie ahead. `within` a sentence it begins small.
 */
export function When({
  at,
  exact = false,
  past = false,
  within = false,
}: {
  readonly at: string | null | undefined;
  readonly exact?: boolean;
  readonly past?: boolean;
  readonly within?: boolean;
}) {
  const { t, locale, exactTime, relative } = useText();
  const now = useNow();
  if (at === null || at === undefined) return <span>{t('time.never')}</span>;
  const distance =
    past && isAhead(at, now) ? t('time.clockSetBack') : (relative(at, now) ?? t('time.justNow'));
  const first = distance.charAt(0);
  const said =
    (within ? first.toLocaleLowerCase(locale) : first.toLocaleUpperCase(locale)) + distance.slice(1);
  return (
    <time dateTime={at} title={exact ? said : exactTime(at)}>
      {exact ? exactTime(at) : said}
    </time>
  );
}
