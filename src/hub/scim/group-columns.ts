import { sql } from 'kysely';
import type { Columns, Scalar } from './filter/filter-to-sql.ts';
import { GROUP } from './schema/group.ts';
import { isId, metaColumn, schemasColumn } from './user-columns.ts';

const text = (expression: Scalar['expression'], caseExact = false): Scalar => ({
  type: 'text',
  expression,
  caseExact,
});

/** Where the attributes of a group live: table `scim_groups` as `r`. */
export const GROUP_COLUMNS: Columns = {
  type: GROUP,
  scalar: ({ attribute, sub }) => {
    switch (attribute.name) {
      case 'id':
        return text(sql`r.id::text`, true);
      case 'externalId':
        return text(sql`r.external_id`, true);
      case 'displayName':
        return text(sql`r.display_name`);
      case 'meta':
        return metaColumn(sub?.name, 'Group');
      default:
        return null;
    }
  },
  list: (attribute) => {
    if (attribute.name === 'schemas') return schemasColumn(sql`array[${GROUP.schema.id}::text]`);
    if (attribute.name !== 'members') return null;
    return {
      from: sql`scim_group_members as gm join scim_users as u on u.id = gm.scim_user_id and gm.group_id = r.id`,
      part: memberPart,
    };
  },
  narrow: ({ attribute, sub }, value) => {
    if (typeof value !== 'string') return null;
    if (attribute.name === 'id') return isId(sql`r.id`, value);
    if (attribute.name === 'members' && sub?.name === 'value')
      return sql`r.id in (select group_id from scim_group_members where ${isId(sql`scim_user_id`, value)})`;
    return null;
  },
};

/** One part of a member, with its user as `u`; `null`: nothing searches by it (`$ref` says what `value` says). */
export function memberPart(sub: { readonly name: string }): Scalar | null {
  switch (sub.name) {
    case 'display':
      return text(sql`u.user_name`);
    case 'type':
      return text(sql`'User'`);
    case 'value':
      return text(sql`u.id::text`, true);
    default:
      return null;
  }
}
