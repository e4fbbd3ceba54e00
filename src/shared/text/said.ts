/**
 * A sentence of the agent beside its English words: which one of the catalog it is, and what fills it. Surfaces in
 * another language say it in their own words; one that does not know the key shows what the agent wrote.
 */
export interface Said {
  readonly key: string;
  readonly values?: Readonly<Record<string, string | number>> | undefined;
  /** What no catalog holds, in English: words of the system, of another program or of a document. */
  readonly detail?: string | undefined;
}
