const UNITS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** Seconds of `45m`, `2h`, `1d`, `90s` or plain seconds; `null` for anything else and for less than a minute. */
export function secondsOf(text: string): number | null {
  const [, digits, unit = 's'] = /^(\d{1,7})\s*([smhd]?)$/.exec(text.trim().toLowerCase()) ?? [];
  if (digits === undefined) return null;
  const factor = Object.entries(UNITS).find(([name]) => name === unit)?.[1] ?? 1;
  const seconds = Number(digits) * factor;
  return seconds >= 60 ? seconds : null;
}

/** The largest unit that divides it: `2h` for 7200, `90s` for 90. */
export function durationOf(seconds: number): string {
  for (const unit of ['d', 'h', 'm'] as const) {
    if (seconds % UNITS[unit] === 0) return `${seconds / UNITS[unit]}${unit}`;
  }
  return `${seconds}s`;
}
