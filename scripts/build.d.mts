/** Builds what is not current among `parts` and answers with the names of what was built. */
export function buildParts(
  parts: readonly ('cli' | 'hub' | 'pages')[],
  options?: { readonly packaged?: boolean; readonly force?: boolean },
): Promise<string[]>;

/** Runs `work` as a build for people: under the NODE_ENV `production`, whoever calls it. */
export function inProduction<T>(work: () => Promise<T>): Promise<T>;
