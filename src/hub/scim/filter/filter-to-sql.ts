import { type RawBuilder, sql } from 'kysely';
import { placeOf } from '../resource-body.ts';
import { type ResolvedPath, resolvePath } from '../resource-path.ts';
import type { Attribute, ResourceType } from '../schema/attribute.ts';
import { ScimError } from '../scim-error.ts';
import type { AttributePath, Comparand, Filter, Operator } from './filter.ts';

/** A condition of a query. */
export type Condition = RawBuilder<unknown>;

/** A single value in SQL, and how it compares. */
export interface Scalar {
  readonly type: 'text' | 'boolean' | 'instant';
  readonly expression: RawBuilder<unknown>;
  readonly caseExact: boolean;
}

/** The expression of one part of an element, for `anyElement`. */
export type ElementPart = (sub: Attribute) => Scalar | null;

/** Where attributes live: single values by expression, lists by a source of elements. */
export interface Columns {
  readonly type: ResourceType;
  scalar(target: ResolvedPath): Scalar | null;
  /** A list: the `from` of its elements and the expression of each sub-attribute of one element. */
  list(attribute: Attribute): { readonly from: RawBuilder<unknown>; readonly part: ElementPart } | null;
  /**
   * A condition that an index can answer and that every match of this equality satisfies, if there is one. Of a list
   * the target names the part of an element.
   */
  narrow(target: ResolvedPath, value: Comparand): Condition | null;
}

/** Turns a filter into a condition, so that the database finds and not we. Throws 400 `invalidFilter`. */
export function filterToSql(columns: Columns, filter: Filter): Condition {
  switch (filter.kind) {
    case 'and':
      return sql`(${filterToSql(columns, filter.left)} and ${filterToSql(columns, filter.right)})`;
    case 'or':
      return sql`(${filterToSql(columns, filter.left)} or ${filterToSql(columns, filter.right)})`;
    case 'not':
      return sql`(not coalesce(${filterToSql(columns, filter.filter)}, false))`;
    case 'present':
      return wholePresent(columns, filter.path) ?? leaf(columns, filter.path, (scalar) => present(scalar));
    case 'compare':
      return narrowed(
        filter.operator === 'eq' ? columns.narrow(partOf(columns, filter.path), filter.value) : null,
        leaf(columns, filter.path, (scalar, place) => compare(scalar, filter.operator, filter.value, place)),
      );
    case 'element':
      return elements(columns, filter.path, filter.filter);
  }
}

function leaf(
  columns: Columns,
  path: AttributePath,
  make: (scalar: Scalar, place: string) => Condition,
): Condition {
  const target = known(columns, path);
  const { attribute } = target;
  const place = placeOf(target);
  if (!attribute.multiValued) {
    if (attribute.type === 'complex' && target.sub === undefined) {
      const subs = attribute.subAttributes ?? [];
      throw refuse(`${place} has parts; name one: ${subs.map((sub) => `${place}.${sub.name}`).join(', ')}.`);
    }
    const scalar = columns.scalar(target);
    if (scalar === null) throw refuse(`${place} cannot be searched.`);
    return make(scalar, place);
  }
  const { sub } = partOf(columns, path);
  const list = columns.list(attribute);
  // A list of plain values, such as `schemas`, is searched by the values themselves.
  const part = sub ?? (attribute.type === 'complex' ? undefined : attribute);
  if (list === null || part === undefined) throw refuse(`${place} cannot be searched.`);
  return sql`exists (select 1 from ${list.from} where ${make(searchable(list.part(part), place), place)})`;
}

/** What a path is about; of a list as a whole, its values (RFC 7644 section 3.4.2.2: `emails co "x"`). */
function partOf(columns: Columns, path: AttributePath): ResolvedPath {
  const target = known(columns, path);
  if (!target.attribute.multiValued || target.sub !== undefined) return target;
  const sub = target.attribute.subAttributes?.find((candidate) => candidate.name === 'value');
  return sub === undefined ? target : { ...target, sub };
}

function narrowed(narrow: Condition | null, exact: Condition): Condition {
  return narrow === null ? exact : sql`(${narrow} and ${exact})`;
}

/** A complex attribute is present when one of its parts is (RFC 7644 table 3). */
function wholePresent(columns: Columns, path: AttributePath): Condition | null {
  const target = known(columns, path);
  const { attribute } = target;
  if (attribute.multiValued || attribute.type !== 'complex' || target.sub !== undefined) return null;
  const parts = (attribute.subAttributes ?? []).flatMap((sub) => columns.scalar({ ...target, sub }) ?? []);
  return sql`(${sql.join(parts.map(present), sql` or `)})`;
}

function searchable(scalar: Scalar | null, place: string): Scalar {
  if (scalar === null) throw refuse(`${place} cannot be searched.`);
  return scalar;
}

function elements(columns: Columns, path: AttributePath, filter: Filter): Condition {
  const target = known(columns, path);
  const list =
    target.attribute.multiValued && target.sub === undefined ? columns.list(target.attribute) : null;
  if (list === null) throw refuse(`${placeOf(target)} has no elements, so it takes no brackets.`);
  const within = elementCondition(target.attribute, list.part, filter);
  return narrowed(
    narrowing(columns, target.attribute, filter),
    sql`exists (select 1 from ${list.from} where ${within})`,
  );
}

function elementCondition(attribute: Attribute, part: ElementPart, filter: Filter): Condition {
  const subOf = (path: AttributePath): Attribute => {
    const name = path.sub === undefined && path.schema === undefined ? path.attribute.toLowerCase() : '';
    const sub = attribute.subAttributes?.find((candidate) => candidate.name.toLowerCase() === name);
    if (sub === undefined) {
      const subs = (attribute.subAttributes ?? []).map((candidate) => candidate.name).join(', ');
      throw refuse(`${attribute.name} has no "${path.attribute}"; it has ${subs}.`);
    }
    return sub;
  };
  const partOf = (sub: Attribute): Scalar => searchable(part(sub), `${attribute.name}.${sub.name}`);
  switch (filter.kind) {
    case 'and':
      return sql`(${elementCondition(attribute, part, filter.left)} and ${elementCondition(attribute, part, filter.right)})`;
    case 'or':
      return sql`(${elementCondition(attribute, part, filter.left)} or ${elementCondition(attribute, part, filter.right)})`;
    case 'not':
      return sql`(not coalesce(${elementCondition(attribute, part, filter.filter)}, false))`;
    case 'present':
      return present(partOf(subOf(filter.path)));
    case 'compare': {
      const sub = subOf(filter.path);
      return compare(partOf(sub), filter.operator, filter.value, `${attribute.name}.${sub.name}`);
    }
    case 'element':
      throw refuse('Brackets inside brackets are not allowed.');
  }
}

/** The condition that narrows by an index: only an equality that every match must satisfy gives one. */
function narrowing(columns: Columns, attribute: Attribute, filter: Filter): Condition | null {
  if (filter.kind === 'and')
    return narrowing(columns, attribute, filter.left) ?? narrowing(columns, attribute, filter.right);
  if (filter.kind !== 'compare' || filter.operator !== 'eq') return null;
  const name = filter.path.attribute.toLowerCase();
  const sub = attribute.subAttributes?.find((candidate) => candidate.name.toLowerCase() === name);
  return sub === undefined ? null : columns.narrow({ attribute, sub }, filter.value);
}

function known(columns: Columns, path: AttributePath): ResolvedPath {
  const target = resolvePath(columns.type, path);
  if (target !== null) return target;
  const written = `${path.schema === undefined ? '' : `${path.schema}:`}${path.attribute}${path.sub === undefined ? '' : `.${path.sub}`}`;
  const names = columns.type.schema.attributes.map((attribute) => attribute.name).join(', ');
  throw refuse(`${columns.type.name} has no attribute "${written}"; it has id, externalId, meta, ${names}.`);
}

function present({ type, expression }: Scalar): Condition {
  return type === 'text' ? sql`(coalesce(${expression}, '') <> '')` : sql`(${expression} is not null)`;
}

/** One comparison (RFC 7644 table 3). An absent value equals only `null`, and differs from everything else. */
export function compare(scalar: Scalar, operator: Operator, value: Comparand, place: string): Condition {
  const { expression } = scalar;
  if (value === null) {
    if (operator === 'eq') return sql`(${expression} is null)`;
    if (operator === 'ne') return sql`(${expression} is not null)`;
    throw refuse(`null can only be compared with eq and ne, not ${operator}.`);
  }
  switch (scalar.type) {
    case 'boolean':
      return compareBoolean(expression, operator, value, place);
    case 'instant':
      return compareInstant(expression, operator, value, place);
    case 'text':
      return compareText(scalar, operator, value, place);
  }
}

function compareBoolean(
  expression: Condition,
  operator: Operator,
  value: Comparand,
  place: string,
): Condition {
  const folded = typeof value === 'string' ? value.toLowerCase() : value;
  const wanted =
    folded === true || folded === 'true' ? true : folded === false || folded === 'false' ? false : null;
  if (wanted === null) throw refuse(`${place} is true or false.`);
  if (operator === 'eq') return sql`(coalesce(${expression} = ${wanted}, false))`;
  if (operator === 'ne') return sql`(coalesce(${expression} <> ${wanted}, true))`;
  throw refuse(`${place} is true or false and can only be compared with eq and ne.`);
}

function compareInstant(
  expression: Condition,
  operator: Operator,
  value: Comparand,
  place: string,
): Condition {
  const time = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : Number.NaN;
  const sign = ORDER[operator];
  if (Number.isNaN(time)) throw refuse(`${place} is compared with a time such as "2026-01-31T12:00:00Z".`);
  if (sign === undefined) throw refuse(`${place} is a time and cannot be compared with ${operator}.`);
  // What is answered has milliseconds, so that is what equality means.
  return sql`(date_trunc('milliseconds', ${expression}) ${sql.raw(sign)} ${new Date(time)})`;
}

const ORDER: Readonly<Partial<Record<Operator, string>>> = {
  eq: '=',
  ne: '<>',
  gt: '>',
  ge: '>=',
  lt: '<',
  le: '<=',
};

function compareText(
  { expression, caseExact }: Scalar,
  operator: Operator,
  value: Comparand,
  place: string,
): Condition {
  const text = String(value);
  if (text.includes('\0') || !text.isWellFormed())
    throw refuse(`${place} is compared with something that is not text.`);
  const left = caseExact ? expression : sql`lower(${expression})`;
  const right = caseExact ? sql`${text}::text` : sql`lower(${text}::text)`;
  switch (operator) {
    case 'eq':
      return sql`(${left} = ${right})`;
    case 'ne':
      return sql`(${left} is distinct from ${right})`;
    case 'co':
      return sql`(strpos(${left}, ${right}) > 0)`;
    case 'sw':
      return sql`(starts_with(${left}, ${right}))`;
    case 'ew':
      return sql`(right(${left}, length(${right})) = ${right})`;
    default:
      return sql`(${left} collate "C" ${sql.raw(ORDER[operator] ?? '=')} ${right} collate "C")`;
  }
}

function refuse(detail: string): ScimError {
  return new ScimError(400, detail, 'invalidFilter');
}
