/** Markup that is safe to send: made only by the `html` tag. */
export interface Html {
  readonly markup: string;
}

type Part = Html | string | number | null | undefined | false | readonly Part[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/**
 * Builds markup from a template. Every value is escaped unless it is itself `Html`, so forgetting to escape is not
 * possible; attribute values must stand in double quotes. `null`, `undefined` and `false` leave nothing.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Html {
  let markup = strings[0] ?? '';
  values.forEach((value, index) => {
    markup += render(value) + (strings[index + 1] ?? '');
  });
  return { markup };
}

function render(part: Part): string {
  if (part === null || part === undefined || part === false) return '';
  if (typeof part === 'string') return part.replace(/[&<>"'`]/g, (character) => ESCAPES[character] ?? '');
  if (typeof part === 'number') return String(part);
  if (isList(part)) return part.map(render).join('');
  return part.markup;
}

function isList(part: Part): part is readonly Part[] {
  return Array.isArray(part);
}
