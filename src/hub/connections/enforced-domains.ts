import { type RawBuilder, sql } from 'kysely';

/**
 * Whether this address must sign in by its identity provider, as a condition of a statement; the same rule as
 * `requiresSso`. `of` narrows the connections, which are `c`.
 */
export function enforcedFor(
  email: RawBuilder<unknown>,
  of: RawBuilder<unknown> = sql`true`,
): RawBuilder<boolean> {
  return sql<boolean>`substring(lower(${email}) from '@([^@]*)$') in (
    select d.name from domains d join connections c on c.organization_id = d.organization_id
     where c.enforced and c.settings is not null and d.verified_at is not null
       and (c.domain_names = '{}' or d.name = any(c.domain_names)) and (${of}))`;
}
