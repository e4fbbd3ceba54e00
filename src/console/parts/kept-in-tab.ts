import type { z } from 'zod';

/*
 * What was typed and not saved yet, kept in the storage of this tab: it outlives a reload, a crash and a hub out of
 * reach. Not in the storage of the browser: two tabs would write over each other, and a document may hold the password
 * of a proxy, which has no business on the disk after the tab is closed.
 */

const PREFIX = 'mooring unsaved';

/** Whose it is and what it is of: another person who signs in in the same tab sees nothing of it. */
export function nameInTab(userId: string | null, what: string): string {
  return `${PREFIX} ${userId ?? ''} ${what}`;
}

/** What is kept under a name; `null` when nothing is, or something that an older page kept in another shape. */
export function readFromTab<Schema extends z.ZodType>(name: string, schema: Schema): z.output<Schema> | null {
  try {
    const text = sessionStorage.getItem(name);
    if (text === null) return null;
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** Keeps it, or with `null` forgets it. Where the browser keeps nothing it lives as long as the page. */
export function keepInTab(name: string, value: unknown): void {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    // Storage is switched off or full: the page itself still holds what was typed.
  }
}
