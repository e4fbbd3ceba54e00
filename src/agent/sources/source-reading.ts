import type { Layer, Problem } from '../../shared/policy/model.ts';

/** What a source of policy on this machine said when it was last read. */
export interface SourceReading {
  /**
   * `untrusted`: there, but others than administrators could have written it, so it is ignored. `broken` is never
   * "no policy": `layer` is then a broken one.
   */
  readonly state: 'absent' | 'ok' | 'broken' | 'untrusted';
  /** Path or registry key. */
  readonly location: string;
  /** `null` while the source says nothing. */
  readonly layer: Layer | null;
  /** The document as it stands there; `undefined` where none could be read. */
  readonly document: unknown;
  readonly problems: readonly Problem[];
}

/** A machine source with the times it was read, as the policy page shows them. */
export interface ReadSource extends SourceReading {
  readonly lastAttempt: string | null;
  readonly lastSuccess: string | null;
}
