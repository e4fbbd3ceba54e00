import type { z } from 'zod';
import { enForms } from '../../shared/text/console/forms.en.ts';
import { createTranslate } from '../../shared/text/text.ts';

/** What was typed, held against the schema that the hub uses; problems by the name of the field. */
export type FormCheck<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: { readonly [field: string]: string } };

const t = createTranslate(enForms, 'en');

/** Validates a form as the hub will. Only the first problem of a field is shown, in words for whoever typed. */
export function checkForm<Schema extends z.ZodType>(
  schema: Schema,
  typed: unknown,
): FormCheck<z.output<Schema>> {
  const parsed = schema.safeParse(typed, { error: wordsOf });
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems: Record<string, string> = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path.map(String).join('.');
    problems[field] ??= sentence(issue.message);
  }
  return { ok: false, problems };
}

/** The schema's own words go on after the name of a field; under it they stand alone. */
function sentence(message: string): string {
  return message.startsWith('must ') ? `This ${message}.` : message;
}

/** What the schema has no words of its own for; `undefined` leaves it to the library. */
function wordsOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum));
    case 'too_big':
      return tooBig(issue.origin, Number(issue.maximum));
    case 'invalid_type':
      return wrongType(issue.expected);
    default:
      return undefined;
  }
}

function tooSmall(origin: string, least: number): string {
  if (origin === 'string') return least === 1 ? t('form.empty') : t('form.short', { count: least });
  return origin === 'array' ? t('form.fewest', { count: least }) : t('form.least', { least });
}

function tooBig(origin: string, most: number): string {
  if (origin === 'string') return t('form.long', { count: most });
  return origin === 'array' ? t('form.many', { count: most }) : t('form.most', { most });
}

function wrongType(expected: string): string | undefined {
  if (expected === 'int') return t('form.whole');
  return expected === 'number' ? t('form.number') : undefined;
}
