/** What changed in each organization a moment ago, for pages that begin to listen only after they began to read. */
export interface RecentChanges {
  note(organizationId: string, topic: string): void;
  /** Anything may have changed in any organization: for a while nothing was heard. */
  noteUnheard(): void;
  /** Kinds of change of the time looked back on; `*` when that time was not heard whole. */
  of(organizationId: string): readonly string[];
}

export interface RecentChangesOptions {
  /** How far back (milliseconds). */
  readonly keepMs: number;
  /** Milliseconds of a clock that is never set. */
  readonly now?: () => number;
}

export function createRecentChanges({
  keepMs,
  now = () => performance.now(),
}: RecentChangesOptions): RecentChanges {
  const organizations = new Map<string, Map<string, number>>();
  // What was announced before this process listened was not heard.
  let unheardUntil = now();
  let swept = now();

  const isRecent = (at: number): boolean => now() - at <= keepMs;
  /** Keeps no organization in memory in which nothing happens any more. */
  const sweep = (): void => {
    if (isRecent(swept)) return;
    swept = now();
    for (const [id, topics] of organizations) {
      if (![...topics.values()].some(isRecent)) organizations.delete(id);
    }
  };
  return {
    note(organizationId, topic) {
      sweep();
      const topics = organizations.get(organizationId) ?? new Map<string, number>();
      organizations.set(organizationId, topics.set(topic, now()));
    },
    noteUnheard() {
      unheardUntil = now();
    },
    of(organizationId) {
      if (isRecent(unheardUntil)) return ['*'];
      return [...(organizations.get(organizationId) ?? [])].flatMap(([topic, at]) =>
        isRecent(at) ? [topic] : [],
      );
    },
  };
}
