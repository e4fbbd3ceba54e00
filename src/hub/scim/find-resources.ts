import { type RawBuilder, sql } from 'kysely';
import type { Reader } from '../database/connection.ts';
import type { AttributePath } from './filter/filter.ts';
import { type Columns, filterToSql, type Scalar } from './filter/filter-to-sql.ts';
import type { ListRequest } from './list-request.ts';
import { placeOf } from './resource-body.ts';
import { resolvePath } from './resource-path.ts';
import { ScimError } from './scim-error.ts';

/** One page of rows and how many there are in all. */
export interface Page<Row> {
  readonly total: number;
  readonly rows: readonly Row[];
}

/**
 * Finds rows of `table` (as `r`) that belong to the connection. The database filters, sorts and pages; without a
 * `sortBy` the order is that of creation, so that pages fit together while others are added.
 */
export async function findResources<Row>(
  reader: Reader,
  options: {
    readonly table: 'scim_users' | 'scim_groups';
    readonly columns: Columns;
    readonly connectionId: string;
    readonly request: ListRequest;
  },
): Promise<Page<Row>> {
  const { columns, connectionId, request } = options;
  const filtered = request.filter === undefined ? sql`true` : filterToSql(columns, request.filter);
  const from = sql`from ${sql.table(options.table)} as r where r.connection_id = ${connectionId} and ${filtered}`;
  const counted = await sql<{ total: number }>`select count(*) as total ${from}`.execute(reader);
  const total = counted.rows[0]?.total ?? 0;
  if (request.count === 0 || request.startIndex > total) return { total, rows: [] };
  const { rows } = await sql<Row>`select r.* ${from} order by ${order(columns, request)}
    limit ${request.count} offset ${request.startIndex - 1}`.execute(reader);
  return { total, rows };
}

function order(columns: Columns, request: ListRequest): RawBuilder<unknown> {
  const direction = request.descending ? sql`desc` : sql`asc`;
  if (request.sortBy === undefined) return sql`r.created_at ${direction}, r.id ${direction}`;
  const { expression, type, caseExact } = sortColumn(columns, request.sortBy);
  const folded = type === 'text' && !caseExact ? sql`lower(${expression})` : expression;
  const collated = type === 'text' ? sql`${folded} collate "C"` : folded;
  // What has no value comes last in ascending order (RFC 7644 section 3.4.2.3).
  return sql`${collated} ${direction} ${request.descending ? sql`nulls first` : sql`nulls last`}, r.id`;
}

function sortColumn(columns: Columns, path: AttributePath): Scalar {
  const target = resolvePath(columns.type, path);
  if (target === null)
    throw new ScimError(400, `sortBy names no attribute of a ${columns.type.name}.`, 'invalidPath');
  const { attribute } = target;
  if (!attribute.multiValued) {
    const scalar = columns.scalar(target);
    if (scalar !== null && (attribute.type !== 'complex' || target.sub !== undefined)) return scalar;
    throw new ScimError(400, `A list cannot be sorted by ${placeOf(target)}.`, 'invalidPath');
  }
  // A list sorts by its primary element, or else by its first (RFC 7644 section 3.4.2.3).
  const list = columns.list(attribute);
  const sub = target.sub ?? attribute.subAttributes?.find((candidate) => candidate.name === 'value');
  if (list === null || sub === undefined)
    throw new ScimError(400, `A list cannot be sorted by ${placeOf(target)}.`, 'invalidPath');
  const primary = attribute.subAttributes?.find((candidate) => candidate.name === 'primary');
  const part = list.part(sub);
  if (part === null)
    throw new ScimError(400, `A list cannot be sorted by ${placeOf(target)}.`, 'invalidPath');
  const first = primary === undefined ? null : list.part(primary);
  const preferred = first === null ? part.expression : sql`coalesce(${first.expression}, false) desc`;
  return {
    ...part,
    expression: sql`(select ${part.expression} from ${list.from} order by ${preferred} limit 1)`,
  };
}
