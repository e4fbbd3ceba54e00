import type { Clock } from '../clock.ts';

/** Turns the hub's nudges into fetches: lost, doubled, late and endless ones do no harm (docs/delivery.md section 2). */
export interface Nudges {
  /** The hub says that its newest bundle has this number. */
  heard(seq: number): void;
  /** A fetch begins, whatever it was begun for. */
  began(): void;
  /** It has ended; `answered`: the hub gave an answer that counts. */
  ended(answered: boolean): void;
  /** Everything was about somebody else. */
  forget(): void;
}

/** Between fetches that nudges begin: the first comes at once, of a storm few do. */
const GAP_MS = 250;
/** While fetching fails. */
const FAILING_GAP_MS = 5_000;

/**
 * @param held the highest number seen; a nudge that names no higher one tells nothing
 * @param fetchWithin plans a fetch in so many milliseconds at the latest
 */
export function createNudges(parts: {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly held: () => number | null;
  readonly fetchWithin: (ms: number) => void;
}): Nudges {
  const { clock } = parts;
  let running = false;
  let failing = false;
  let begunAt: number | null = null;
  /** The highest number heard since the last fetch began. */
  let pending: number | null = null;
  let inFlight: number | null = null;
  /** A number that the hub named and, asked for it, did not give: naming it again changes nothing. */
  let answered: number | null = null;

  const tellsNothing = (seq: number) => seq <= (parts.held() ?? -1) || seq === answered;
  const plan = (): void => {
    const gap = failing ? FAILING_GAP_MS : GAP_MS;
    const rest = begunAt === null ? 0 : begunAt + gap - clock.monotonic();
    parts.fetchWithin(Math.max(0, rest));
  };

  return {
    heard(seq) {
      if (tellsNothing(seq)) return;
      const planned = pending !== null;
      pending = Math.max(pending ?? 0, seq);
      if (!running && !planned) plan();
    },
    began() {
      running = true;
      begunAt = clock.monotonic();
      inFlight = pending;
      pending = null;
    },
    ended(didAnswer) {
      running = false;
      failing = !didAnswer;
      if (didAnswer && inFlight !== null) answered = inFlight;
      inFlight = null;
      if (pending !== null && tellsNothing(pending)) pending = null;
      if (pending !== null) plan();
    },
    forget() {
      pending = null;
      inFlight = null;
      answered = null;
    },
  };
}
