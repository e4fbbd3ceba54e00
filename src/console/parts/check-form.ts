import type { z } from 'zod';

/** What was typed, held against the schema that the hub uses; problems by the name of the field. */
export type FormCheck<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: { readonly [field: string]: string } };

/** Validates a form as the hub will. Only the first problem of a field is shown. */
export function checkForm<Schema extends z.ZodType>(
  schema: Schema,
  typed: unknown,
): FormCheck<z.output<Schema>> {
  const parsed = schema.safeParse(typed);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems: Record<string, string> = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path.map(String).join('.');
    problems[field] ??= issue.message;
  }
  return { ok: false, problems };
}
