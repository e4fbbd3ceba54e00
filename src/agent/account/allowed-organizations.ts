/** The organizations that a method of enforced sign-in names, and what is wrong with how it names them. */
export interface AllowedOrganizations {
  /** In the order given, each once, compared exactly (docs/policy.md section 7). */
  readonly names: readonly string[];
  /** A sentence, when a part of the value could not be used. */
  readonly problem: string | null;
}

/**
 * Reads `allowedOrgs` of any method: a list, or a string with `;` (or line ends) between names, white space
 * trimmed. A list entry that itself holds `;` is split as well: administrators paste one form into the other.
 */
export function readAllowedOrganizations(value: unknown): AllowedOrganizations {
  const entries: readonly unknown[] | null =
    typeof value === 'string' ? [value] : Array.isArray(value) ? value : null;
  if (entries === null) {
    const problem = 'allowedOrgs must be a list of organization names, or a string with ";" between them.';
    return { names: [], problem };
  }
  const texts = entries.filter((entry): entry is string => typeof entry === 'string');
  const names = texts.flatMap((text) => text.split(/[;\r\n]/)).map((name) => name.trim());
  const unique = [...new Set(names.filter((name) => name !== ''))];
  if (unique.length === 0) {
    return { names: [], problem: 'allowedOrgs names no organization. Write at least one name into it.' };
  }
  if (texts.length < entries.length) {
    return { names: unique, problem: 'allowedOrgs holds entries that are not text; they are ignored.' };
  }
  return { names: unique, problem: null };
}
