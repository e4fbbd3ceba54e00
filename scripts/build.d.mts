/** Builds what is not current among `parts` and answers with the names of what was built. */
export function buildParts(
  parts: readonly ('cli' | 'hub' | 'pages')[],
  options?: { readonly packaged?: boolean; readonly force?: boolean },
): Promise<string[]>;
