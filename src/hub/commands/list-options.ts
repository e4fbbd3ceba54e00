import type { Command } from 'commander';
import type { z } from 'zod';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { outputOf, type Surroundings } from './command-context.ts';
import { answer, columns } from './output.ts';

/** A query of the API that has orders. */
type ListSchema = z.ZodObject<{ readonly sort: z.ZodOptional<z.ZodEnum> }>;

/** Adds what every list can be asked for: the same as the API takes in its query. */
export function listing(command: Command, schema: ListSchema): Command {
  return paging(command.option('--search <text>', 'only what has this text in it'), schema);
}

/** The same without a search of its own. */
export function paging(command: Command, schema: ListSchema): Command {
  const orders = Object.values(schema.shape.sort.unwrap().enum)
    .map(String)
    .filter((name) => !name.startsWith('-'));
  return command
    .option('--sort <order>', `${orders.join(', ')}; with "-" before it the other way round`)
    .option('--limit <number>', 'so many at most (1 to 500); without it everything')
    .option('--cursor <cursor>', 'go on where a page ended: what it answered as "next"');
}

/** Reads the options of a list as the API reads its query. Refuses `bad_request`, naming the option. */
export function queryOf<Schema extends z.ZodType>(schema: Schema, options: object): z.output<Schema> {
  const parsed = schema.safeParse(options);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new RefusalError({
    code: 'bad_request',
    message: `--${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}.`,
  });
}

/** Every row of a list that only comes in pages, or with `limit` one page of it. */
export async function wholeOrPage<Row, Query extends { readonly cursor?: string | undefined }>(
  query: Query,
  wanted: { readonly limit?: unknown },
  read: (query: Query) => Promise<ListAnswer<Row>>,
): Promise<ListAnswer<Row>> {
  const first = await read(query);
  if (wanted.limit !== undefined) return first;
  const rows = [...first.rows];
  let { next } = first;
  while (next !== null) {
    const page = await read({ ...query, cursor: next });
    rows.push(...page.rows);
    next = page.next;
  }
  return { ...first, rows, next };
}

/** What a list answered. */
export interface ListAnswer<Row> {
  readonly rows: readonly Row[];
  readonly total?: number;
  readonly next: string | null;
}

/** Answers a list: for people as a table, with the way to the next page under it. */
export function answerList<Row>(
  around: Surroundings,
  { rows, ...page }: ListAnswer<Row>,
  shown: {
    /** The list's name in JSON. */
    readonly name: string;
    /** What else JSON says. */
    readonly about?: object;
    /** What else people read, above the table. */
    readonly before?: readonly string[];
    readonly head: readonly string[];
    readonly cells: (row: Row) => readonly string[];
    readonly none: string;
  },
): void {
  answer(outputOf(around), { ...shown.about, [shown.name]: rows, ...page }, () => [
    ...(shown.before ?? []),
    ...columns(shown.head, rows.map(shown.cells), shown.none),
    ...(page.next === null
      ? []
      : [
          `${rows.length}${page.total === undefined ? '' : ` of ${page.total}`}; the next page: --cursor ${page.next}`,
        ]),
  ]);
}
