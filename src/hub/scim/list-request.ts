import type { AttributePath, Filter } from './filter/filter.ts';
import { parseAttributePath, parseFilter } from './filter/parse-filter.ts';
import { isObject, type JsonObject } from './json.ts';
import { type Projection, readProjection } from './projection.ts';
import type { ResourceType } from './schema/attribute.ts';
import { ScimError } from './scim-error.ts';

/** `schemas` of a list answer. */
export const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** The most resources one page holds; a larger `count` is cut to it (RFC 7644 section 3.4.2.4 allows that). */
export const MAX_PAGE = 200;
const DEFAULT_PAGE = 100;

/** A list or search, read: from the query of a GET, or the body of `POST …/.search`. */
export interface ListRequest {
  readonly filter?: Filter;
  readonly sortBy?: AttributePath;
  readonly descending: boolean;
  /** 1-based. */
  readonly startIndex: number;
  /** 0 to `MAX_PAGE`; 0 answers only the total. */
  readonly count: number;
  readonly projection: Projection;
}

/** Reads the parameters. Throws 400 for a filter, number or order that cannot be read. */
export function readListRequest(type: ResourceType, parameters: unknown): ListRequest {
  const given = isObject(parameters) ? parameters : {};
  const { filter, sortBy, sortOrder } = given;
  const order = typeof sortOrder === 'string' ? sortOrder.toLowerCase() : 'ascending';
  if (order !== 'ascending' && order !== 'descending') {
    throw new ScimError(400, 'sortOrder is ascending or descending.', 'invalidValue');
  }
  return {
    ...(filter === undefined || filter === null ? {} : { filter: parseFilter(text('filter', filter)) }),
    ...(sortBy === undefined || sortBy === null || sortBy === ''
      ? {}
      : { sortBy: parseAttributePath(text('sortBy', sortBy), 'invalidPath') }),
    descending: order === 'descending',
    // Below 1 means 1, below 0 means 0 (RFC 7644 table 6).
    startIndex: Math.max(1, wholeNumber('startIndex', given.startIndex, 1)),
    count: Math.min(MAX_PAGE, Math.max(0, wholeNumber('count', given.count, DEFAULT_PAGE))),
    projection: readProjection(type, given.attributes, given.excludedAttributes),
  };
}

function text(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new ScimError(
    400,
    `${name} is given once, as a string.`,
    name === 'filter' ? 'invalidFilter' : 'invalidValue',
  );
}

function wholeNumber(name: string, value: unknown, absent: number): number {
  if (value === undefined || value === null || value === '') return absent;
  const number =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^[+-]?\d{1,15}$/.test(value.trim())
        ? Number(value)
        : Number.NaN;
  if (!Number.isSafeInteger(number)) throw new ScimError(400, `${name} is a whole number.`, 'invalidValue');
  return number;
}

/** The answer to a list or search: one page, and how many there are in all. */
export function listAnswer(startIndex: number, total: number, shown: readonly JsonObject[]) {
  return {
    schemas: [LIST_SCHEMA],
    totalResults: total,
    startIndex,
    itemsPerPage: shown.length,
    Resources: shown,
  };
}
