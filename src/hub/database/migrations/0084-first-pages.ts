import { type Kysely, sql } from 'kysely';

const OPEN = 'where accepted_at is null and revoked_at is null';

const statements = [
  `create index invitations_created on invitations (organization_id, created_at, id) ${OPEN}`,
  `create index invitations_expires on invitations (organization_id, expires_at, id) ${OPEN}`,
  `create index invitations_role on invitations (organization_id, role, id) ${OPEN}`,
  `create index policies_position on policies (organization_id, position, id)`,
  `create index policies_revision on policies (organization_id, revision, id)`,
  `create index policies_changed on policies (organization_id, updated_at, id)`,
  `create index policy_assignments_since on policy_assignments (policy_id, assigned_at, user_id)`,
  // The one before has only the first column of it.
  `drop index policy_assignments_policy`,
  `create index overrides_until on overrides (organization_id, until, id)`,
  `create index overrides_setting on overrides (organization_id, setting, id)`,
  `create index api_tokens_name on api_tokens (organization_id, lower(name), id)`,
  `create index api_tokens_role on api_tokens (organization_id, role, id)`,
  `create index api_tokens_expires on api_tokens (organization_id, expires_at, id)`,
  `create index provisioning_migration_people_email on provisioning_migration_people (migration_id, lower(email), user_id)`,
  `create index provisioning_migration_people_state on provisioning_migration_people (migration_id, state, user_id)`,
];

/** Finds the first page of more lists, in more of their orders, without sorting all of them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
