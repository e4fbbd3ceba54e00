/** Dates, spans and lists as a locale writes them. */
export interface Writing {
  /** Day and time of an ISO 8601 instant, in the reader's time zone; the text itself where it is no instant. */
  dateTime(instant: string): string;
  /** The same to the second, with the zone's name. */
  exactTime(instant: string): string;
  /** How far an instant is from `now` (milliseconds since 1970); `null` when it is less than a minute. */
  relative(instant: string, now: number): string | null;
  list(items: readonly string[]): string;
  number(value: number): string;
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * 86_400_000],
  ['month', 30 * 86_400_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/** Builds the writing of a locale once: making an `Intl` object is what costs. */
export function createWriting(locale: string): Writing {
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const exactTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const list = new Intl.ListFormat(locale);
  const number = new Intl.NumberFormat(locale);
  return {
    dateTime: (instant) => written(dateTime, instant),
    exactTime: (instant) => written(exactTime, instant),
    relative: (instant, now) => {
      const distance = Date.parse(instant) - now;
      if (Number.isNaN(distance)) return instant;
      const finer = unitOf(distance);
      if (finer === undefined) return null;
      // Of what has passed the whole units count; what ends in 89 days and 23 hours ends in 90 days, and what ends in 59
      // minutes and 58 seconds in one hour, not in 60 minutes.
      const count = distance / finer[1];
      const whole = (count < 0 ? Math.trunc(count) : Math.round(count)) * finer[1];
      const [unit, size] = unitOf(whole) ?? finer;
      return relative.format(whole < 0 ? Math.trunc(whole / size) : Math.round(whole / size), unit);
    },
    list: (items) => list.format(items),
    number: (value) => number.format(value),
  };
}

/** The largest unit that there is one of. */
function unitOf(distance: number) {
  return UNITS.find(([name, size]) => Math.abs(distance) >= size && !tooCoarse(name, distance));
}

/** Of an end that is near, such as that of a token, days say more than a month or two. */
function tooCoarse(unit: Intl.RelativeTimeFormatUnit, distance: number): boolean {
  return unit === 'month' && distance > 0 && distance < 120 * 86_400_000;
}

function written(format: Intl.DateTimeFormat, instant: string): string {
  const time = Date.parse(instant);
  return Number.isNaN(time) ? instant : format.format(time);
}
