import { useState } from 'react';
import type { Change } from './use-change.ts';

/** What a change is made from, and whether somebody else was faster. */
export interface MadeFrom<Thing> {
  /** Sent back as `If-Match`. */
  readonly tag: string;
  /** What stood there when the change was begun, and what stands there now; `null`: nobody was faster. */
  readonly overtaken: { readonly from: Thing; readonly now: Thing } | null;
  /** Something was typed: what is on the page now is what the change is made from. */
  begin(): void;
  /** The change was made or given up. */
  end(): void;
}

/**
 * Remembers what somebody looked at when they began to change it, however the page follows the changes of others
 * meanwhile. Whoever was told that they are overtaken has seen what stands there now: what they send next is made from
 * that. `atOnce`: begun when the form appears, as a dialog is.
 */
export function useMadeFrom<Thing>(
  present: Thing,
  tag: string,
  change: Pick<Change, 'busy' | 'failure'>,
  atOnce = false,
): MadeFrom<Thing> {
  const [base, setBase] = useState(() => (atOnce ? { present, tag } : null));
  const { busy, failure } = change;
  const told = failure?.kind === 'refused' && failure.status === 412;
  return {
    tag: told || base === null ? tag : base.tag,
    overtaken: busy || base === null || base.tag === tag ? null : { from: base.present, now: present },
    begin: () => setBase((before) => before ?? { present, tag }),
    end: () => setBase(null),
  };
}
