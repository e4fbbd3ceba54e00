import { z } from 'zod';
import type { BundleOverride, BundlePayload } from '../../shared/contracts/bundle.ts';
import type { Clock } from '../clock.ts';
import { createSerial } from '../serial.ts';
import type { StateFiles } from '../state-file.ts';

/** Says which granted overrides are in force, and when one ends (docs/delivery.md section 6). */
export interface OverrideTerms {
  /** Reads what earlier runs noted. */
  load(): Promise<void>;
  /** Those of a bundle that are in force now. */
  inForce(payload: Pick<BundlePayload, 'iat' | 'overrides'> | null): readonly BundleOverride[];
  /** Called when one has ended by the clock. */
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

const fileSchema = z.object({
  version: z.literal(1),
  terms: z.record(z.string(), z.object({ totalMs: z.number(), spentMs: z.number(), ended: z.boolean() })),
});

/** One grant's time: what it may last in all, what earlier runs saw of it, and since when this run does. */
interface Term {
  readonly totalMs: number;
  readonly spentMs: number;
  readonly since: number;
  readonly until: number;
  ended: boolean;
}

/** Timers stand still while the machine sleeps, so the clocks are looked at this often while one is in force. */
const LOOK_MS = 30_000;
/** What is spent is written this often, and at the end. */
const NOTE_MS = 10 * 60_000;

/**
 * An override ends by the wall clock or by the monotonic one, whichever is first: setting the clock back wins no time,
 * in this run or the next, and what has ended once stays ended. How long it may last is measured from when the hub
 * signed it, for the wall clock here may have been wrong from the start.
 */
export function createOverrideTerms(parts: {
  readonly path: string;
  readonly files: StateFiles;
  readonly clock: Clock;
}): OverrideTerms {
  const { clock, files, path } = parts;
  const serial = createSerial();
  const listeners = new Set<() => void>();
  let noted: z.infer<typeof fileSchema>['terms'] = {};
  let terms = new Map<string, Term>();
  let cancel: (() => void) | null = null;
  let notedAt = clock.monotonic();
  let stopped = false;

  const spent = (term: Term): number => term.spentMs + clock.monotonic() - term.since;
  const look = (term: Term): boolean => {
    if (!term.ended && (clock.wall() >= term.until || spent(term) >= term.totalMs)) {
      term.ended = true;
      return true;
    }
    return false;
  };
  const note = (): void => {
    notedAt = clock.monotonic();
    const text = JSON.stringify({
      version: 1,
      terms: Object.fromEntries(
        [...terms].map(([key, term]) => [
          key,
          { totalMs: term.totalMs, spentMs: spent(term), ended: term.ended },
        ]),
      ),
    });
    // What cannot be written is known to this run all the same, and the wall clock knows it after a restart.
    void serial(() => files.write(path, `${text}\n`)).catch(() => {});
  };
  const begin = ({ id, until }: BundleOverride, iat: number): Term => {
    const key = keyOf(id, until);
    const before = Object.hasOwn(noted, key) ? noted[key] : undefined;
    const end = Date.parse(until);
    const now = clock.monotonic();
    if (before !== undefined) return { ...before, since: now, until: end };
    const totalMs = Number.isNaN(end) ? 0 : Math.max(0, Math.min(end - clock.wall(), end - iat * 1000));
    return { totalMs, spentMs: 0, since: now, until: Number.isNaN(end) ? 0 : end, ended: false };
  };
  const arm = (): void => {
    cancel?.();
    cancel = null;
    const open = [...terms.values()].filter(({ ended }) => !ended);
    if (stopped || open.length === 0) return;
    const rest = open.map((term) => Math.min(term.until - clock.wall(), term.totalMs - spent(term)));
    cancel = clock.after(Math.max(0, Math.min(LOOK_MS, ...rest)), tick);
  };
  const tick = (): void => {
    cancel = null;
    const ended = [...terms.values()].map(look).some((each) => each);
    if (ended || clock.monotonic() - notedAt > NOTE_MS) note();
    arm();
    if (ended) for (const listener of [...listeners]) listener();
  };

  return {
    load: async () => {
      try {
        const text = await files.read(path);
        if (text !== null) noted = fileSchema.parse(JSON.parse(text)).terms;
      } catch {
        // A file that is damaged is as good as none: the wall clock and the hub's own end remain.
      }
    },
    inForce(payload) {
      if (payload === null) return [];
      const keys = new Set(payload.overrides.map(({ id, until }) => keyOf(id, until)));
      const next = new Map<string, Term>();
      for (const override of payload.overrides) {
        const key = keyOf(override.id, override.until);
        next.set(key, terms.get(key) ?? begin(override, payload.iat));
      }
      const changed = next.size !== terms.size || [...terms.keys()].some((key) => !keys.has(key));
      terms = next;
      const ended = [...terms.values()].map(look).some((each) => each);
      if (changed || ended) {
        note();
        arm();
      }
      return payload.overrides.filter(({ id, until }) => terms.get(keyOf(id, until))?.ended === false);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async stop() {
      stopped = true;
      cancel?.();
      cancel = null;
      if ([...terms.values()].some(({ ended }) => !ended)) note();
      await serial(async () => {});
    },
  };
}

/** A grant that is shortened or made anew is another term. */
function keyOf(id: string, until: string): string {
  return JSON.stringify([id, until]);
}
