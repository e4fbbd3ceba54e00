import { sql } from 'kysely';
import type { AttentionItem } from '../../shared/contracts/hub-attention.ts';
import { enforcedFor } from '../connections/enforced-domains.ts';
import type { Reader } from '../database/connection.ts';
import '../second-factor/tables.ts';

interface Counted {
  readonly id: string;
  readonly name: string;
  readonly owners: number;
}

/**
 * Owners who sign in with a password alone, where the organization does not ask them for a second factor: one that was
 * made before organizations did, or that switched it off (docs/single-sign-on.md). Not those who come by an identity
 * provider, nor those whose domain lets nobody in with a password.
 */
export async function ownerAttention(
  reader: Reader,
  organizationId: string,
): Promise<readonly AttentionItem[]> {
  const { rows } = await sql<Counted>`
    select o.id, o.display_name as name, count(*)::int as owners
      from organizations o
      join memberships m on m.organization_id = o.id and m.role = 'owner'
      join users u on u.id = m.user_id
     where o.id = ${organizationId} and not o.second_factor_required
       and u.password_hash is not null and u.disabled_at is null
       and not ${enforcedFor(sql`u.email`, sql`true`)}
       and not exists (select 1 from passkeys p where p.user_id = u.id)
       and not exists (select 1 from second_factors f where f.user_id = u.id and f.confirmed_at is not null)
     group by o.id`.execute(reader);
  return rows.map(({ id, name, owners }) => ({
    code: 'owner_without_second_factor',
    severity: 'warning',
    about: { kind: 'organization', id, name },
    count: owners,
    message: `${owners === 1 ? '1 owner signs' : `${owners} owners sign`} in with a password alone.`,
    help: 'Let the organization ask its owners for a second factor: they set it up at their next sign-in.',
    since: null,
  }));
}
