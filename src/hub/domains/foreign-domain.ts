import { sql } from 'kysely';
import type { Reader } from '../database/connection.ts';

/**
 * Whether an address is in a domain that another organization has verified. People of another's domain get no way in
 * from this one: whoever holds the domain trusts its accounts, and adds them without asking who made them.
 */
export async function isInForeignDomain(
  reader: Reader,
  organizationId: string,
  email: string,
): Promise<boolean> {
  const { rows } = await sql`select 1 from domains d where d.organization_id <> ${organizationId}
    and d.verified_at is not null and d.name = lower(split_part(${email}, '@', -1))`.execute(reader);
  return rows.length > 0;
}
