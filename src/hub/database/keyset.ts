import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { RefusalError } from '../../shared/contracts/refusal.ts';

/** One order that a list may have. */
export interface ListOrder {
  /** What rows are sorted by; never null. */
  readonly by: RawBuilder<unknown>;
  readonly kind: 'text' | 'time' | 'number';
}

/** How a page of a list is cut out, whatever the list. */
export interface Keyset {
  /** Selected as `sort_key`: what the cursor of the next page is made of. */
  readonly key: RawBuilder<unknown>;
  /** Rows after the cursor; true without one. */
  readonly after: RawBuilder<boolean>;
  readonly orderBy: RawBuilder<unknown>;
}

/** What makes the order of a list total. */
export interface ListId {
  readonly by: RawBuilder<unknown>;
  readonly kind: 'uuid' | 'number' | 'text';
}

/** Where in an order by time stands what never happened. */
export const LONG_AGO = sql`'0001-01-01T00:00:00Z'::timestamptz`;

const cursorSchema = z.tuple([z.string().max(1000), z.string().max(100)]);
/** As `to_char` writes it below. */
const MICROSECONDS = /^\d{4,6}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/**
 * A page that begins where the one before ended, by value and not by number: nothing is skipped or shown twice while
 * rows come and go, and the last page costs as much as the first. `id` makes the order total.
 */
export function keyset(
  orders: Readonly<Record<string, ListOrder>>,
  wanted: {
    readonly sort: string;
    readonly cursor?: string | undefined;
    readonly id: RawBuilder<unknown>;
    /** A UUID, unless another kind is named. */
    readonly idKind?: ListId['kind'];
  },
): Keyset {
  const { sort, cursor, id, idKind = 'uuid' } = wanted;
  const backwards = sort.startsWith('-');
  const order = orders[backwards ? sort.slice(1) : sort];
  if (order === undefined) throw badCursor();
  const { by, kind } = order;
  const direction = backwards ? sql`desc` : sql`asc`;
  return {
    key: KEYS[kind](by),
    after:
      cursor === undefined
        ? sql`true`
        : after(order, { by: id, kind: idKind }, backwards, readCursor(cursor, kind, idKind)),
    orderBy: sql`${by} ${direction}, ${id} ${direction}`,
  };
}

/** The value that rows are sorted by, as it stands in a cursor. */
const KEYS: Readonly<Record<ListOrder['kind'], (by: RawBuilder<unknown>) => RawBuilder<unknown>>> = {
  text: (by) => by,
  number: (by) => sql`${by}::text`,
  time: (by) => sql`to_char(${by} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`,
};

/** What the next page begins after. */
export function writeCursor(key: string, id: string): string {
  return Buffer.from(JSON.stringify([key, id]), 'utf8').toString('base64url');
}

function after(
  { by, kind }: ListOrder,
  id: ListId,
  backwards: boolean,
  [key, lastId]: readonly [string, string],
): RawBuilder<boolean> {
  const value = CASTS[kind](key);
  const last = CASTS[id.kind](lastId);
  return backwards
    ? sql<boolean>`(${by}, ${id.by}) < (${value}, ${last})`
    : sql<boolean>`(${by}, ${id.by}) > (${value}, ${last})`;
}

const CASTS: Readonly<Record<ListOrder['kind'] | ListId['kind'], (text: string) => RawBuilder<unknown>>> = {
  text: (text) => sql`${text}::text`,
  uuid: (text) => sql`${text}::uuid`,
  number: (text) => sql`${text}::bigint`,
  time: (text) => sql`${text}::timestamptz`,
};

const FORMS: Readonly<Record<ListOrder['kind'] | ListId['kind'], z.ZodType<string>>> = {
  uuid: z.uuid(),
  number: z.string().regex(/^\d{1,15}$/),
  text: z.string().regex(/^[^\0]*$/),
  time: z.string().regex(MICROSECONDS),
};

/** What `writeCursor` wrote; refuses (`bad_request`) anything else. */
export function readCursor(
  cursor: string,
  kind: ListOrder['kind'],
  idKind: ListId['kind'],
): readonly [string, string] {
  try {
    const text = Buffer.from(cursor, 'base64url').toString('utf8');
    const [key, id] = cursorSchema.parse(JSON.parse(text));
    if (!FORMS[kind].safeParse(key).success || !FORMS[idKind].safeParse(id).success) throw badCursor();
    return [key, id];
  } catch {
    throw badCursor();
  }
}

/** The refusal of a cursor that the list did not answer. */
export function badCursor(): RefusalError {
  return new RefusalError({
    code: 'bad_request',
    message: 'The cursor is not one that this list answered in this order.',
    help: 'Send "next" of the page before with the same sort, or leave it out for the first page.',
  });
}

/** Of rows that were read with one more than `limit`: the page, and the cursor of the next one. Without a limit, all. */
export function cutPage<Row extends { readonly sort_id: string; readonly sort_key: string }>(
  rows: readonly Row[],
  limit: number | undefined,
): { readonly rows: readonly Row[]; readonly next: string | null } {
  if (limit === undefined || rows.length <= limit) return { rows, next: null };
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: last === undefined ? null : writeCursor(last.sort_key, last.sort_id) };
}
