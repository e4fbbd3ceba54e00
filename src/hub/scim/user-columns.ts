import { sql } from 'kysely';
import { UNSET_ROLE } from './default-role.ts';
import type { Columns, Condition, Scalar } from './filter/filter-to-sql.ts';
import { isUuid } from './resource-id.ts';
import { DOCKER_USER_SCHEMA, USER } from './schema/user.ts';

const text = (expression: Scalar['expression'], caseExact = false): Scalar => ({
  type: 'text',
  expression,
  caseExact,
});
const instant = (expression: Scalar['expression']): Scalar => ({
  type: 'instant',
  expression,
  caseExact: true,
});

// As answers show it (`withDefaultRole`): who is not SCIM's has whatever role signing in gave.
const ROLE_UNSET = sql`case when r.managed then ${UNSET_ROLE}::text end`;

/** Where the attributes of a user live: table `scim_users` as `r`. */
export const USER_COLUMNS: Columns = {
  type: USER,
  scalar: ({ extension, attribute, sub }) => {
    if (extension !== undefined) {
      const sent = sql`(r.resource -> ${extension.id}::text ->> ${attribute.name}::text)`;
      return text(attribute.name === 'dockerRole' ? sql`coalesce(${sent}, ${ROLE_UNSET})` : sent);
    }
    switch (attribute.name) {
      case 'id':
        return text(sql`r.id::text`, true);
      case 'externalId':
        return text(sql`r.external_id`, true);
      case 'userName':
        return text(sql`r.user_name`);
      case 'active':
        return { type: 'boolean', expression: sql`r.active`, caseExact: true };
      case 'meta':
        return metaColumn(sub?.name, 'User');
      default:
        return sub === undefined
          ? text(sql`(r.resource ->> ${attribute.name}::text)`)
          : text(sql`(r.resource -> ${attribute.name}::text ->> ${sub.name}::text)`);
    }
  },
  list: (attribute) => {
    if (attribute.name === 'emails') {
      return {
        from: sql`jsonb_array_elements(case when jsonb_typeof(r.resource -> 'emails') = 'array' then r.resource -> 'emails' else '[]' end) as element`,
        part: (sub) =>
          sub.type === 'boolean'
            ? { type: 'boolean', expression: sql`(element ->> ${sub.name}::text)::boolean`, caseExact: true }
            : text(sql`(element ->> ${sub.name}::text)`, sub.caseExact),
      };
    }
    if (attribute.name === 'schemas') {
      return schemasColumn(
        sql`array[${USER.schema.id}::text] || case when r.managed or r.resource -> ${DOCKER_USER_SCHEMA.id}::text is not null
          then array[${DOCKER_USER_SCHEMA.id}::text] end`,
      );
    }
    if (attribute.name !== 'groups') return null;
    return {
      from: sql`scim_group_members as gm join scim_groups as g on g.id = gm.group_id and gm.scim_user_id = r.id`,
      part: groupPart,
    };
  },
  narrow: ({ attribute, sub }, value) => {
    if (typeof value !== 'string') return null;
    if (attribute.name === 'id') return isId(sql`r.id`, value);
    if (attribute.name === 'emails' && sub?.name === 'value')
      return sql`scim_emails(r.resource) @> array[lower(${value}::text)]`;
    if (attribute.name === 'groups' && sub?.name === 'value')
      return sql`r.id in (select scim_user_id from scim_group_members where ${isId(sql`group_id`, value)})`;
    return null;
  },
};

/** Whether a column of identifiers has this one: compared as UUIDs, so that its index finds the row. */
export function isId(column: Condition, value: string): Condition {
  return isUuid(value) ? sql`${column} = ${value}::uuid` : sql`false`;
}

function groupPart(sub: { readonly name: string }): Scalar | null {
  switch (sub.name) {
    case 'display':
      return text(sql`g.display_name`);
    case 'type':
      return text(sql`'direct'`);
    case 'value':
      return text(sql`g.id::text`, true);
    default:
      return null;
  }
}

/** The URNs of a resource, from an array of them. */
export function schemasColumn(urns: Condition): ReturnType<Columns['list']> {
  return { from: sql`unnest(${urns}) as used(urn)`, part: () => text(sql`used.urn`, true) };
}

/** The parts of `meta` that can be searched, alike for every kind of resource. */
export function metaColumn(part: string | undefined, resourceType: string): Scalar | null {
  switch (part) {
    case 'created':
      return instant(sql`r.created_at`);
    case 'lastModified':
      return instant(sql`r.updated_at`);
    case 'resourceType':
      return text(sql`${resourceType}::text`, true);
    case 'version':
      return text(sql`('W/"' || r.version || '"')`, true);
    default:
      return null;
  }
}
