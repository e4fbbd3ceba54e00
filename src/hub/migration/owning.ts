import { type RawBuilder, sql } from 'kysely';

/** What people of a move (`p`) made in their organization and would leave behind, as SQL. */
export interface Owning {
  /** `owned_tokens`, `owned_invitations` and `only_owner`. */
  readonly columns: RawBuilder<unknown>;
  /** Holds for whoever owns something. */
  readonly holds: RawBuilder<boolean>;
}

/** The same for many as `readOwnership` says of one. */
export function owningIn(organizationId: string): Owning {
  const tokens = sql`from api_tokens t where t.organization_id = ${organizationId} and t.revoked_at is null`;
  const invitations = sql`from invitations i where i.organization_id = ${organizationId}
    and i.accepted_at is null and i.revoked_at is null`;
  const onlyOwner = sql<boolean>`(p.user_id in (select o.user_id from memberships o
      where o.organization_id = ${organizationId} and o.role = 'owner')
    and not exists (select from memberships o join users u on u.id = o.user_id and u.disabled_at is null
      where o.organization_id = ${organizationId} and o.role = 'owner' and o.user_id <> p.user_id))`;
  return {
    columns: sql`(select count(*) ${tokens} and t.created_by = p.user_id) as owned_tokens,
      (select count(*) ${invitations} and i.invited_by = p.user_id) as owned_invitations,
      ${onlyOwner} as only_owner`,
    holds: sql<boolean>`(p.user_id in (select t.created_by ${tokens}) or p.user_id in (select i.invited_by ${invitations})
      or ${onlyOwner})`,
  };
}
