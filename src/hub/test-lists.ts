import { sql } from 'kysely';
import { z } from 'zod';
import type { TestApi } from './test-api.ts';

const parametersSchema = z.array(
  z.object({
    name: z.string(),
    in: z.string(),
    schema: z.looseObject({ enum: z.array(z.string()).optional() }),
  }),
);

/** A list of the API that comes in pages. */
export interface List {
  readonly key: string;
  readonly url: string;
  readonly sorts: readonly string[];
  readonly searchable: boolean;
}

/** Every one, found in the OpenAPI document by its parameters: a new one is held to the same without being named. */
export function listsOf(api: TestApi): readonly List[] {
  return api.operations().flatMap(({ key, method, path, operation }) => {
    const parameters = parametersSchema.parse(operation.parameters ?? []);
    const named = (name: string) => parameters.find((each) => each.in === 'query' && each.name === name);
    if (method !== 'GET' || named('cursor') === undefined) return [];
    return [
      {
        key,
        url: api.fill(path),
        sorts: named('sort')?.schema.enum ?? [],
        searchable: named('search') !== undefined,
      },
    ];
  });
}

/** Three rows and more in each, with values that are equal among them, and some that are not there. */
export async function fillLists(api: TestApi, rows: number): Promise<void> {
  const { db } = api.database;
  const { organizationId, policyId, teamId, connectionId, userId, deviceId, jobId, migrationId, people } =
    api.ids;
  const each = sql`generate_series(1, ${rows}::int) i`;
  const few = sql`generate_series(1, 4) i`;
  const at = sql`timestamptz '2026-05-01 10:00:00.123456Z' + (i / 2) * interval '1 hour'`;
  const at2 = sql`timestamptz '2199-05-01Z' + (i / 2) * interval '1 hour'`;
  const statements = [
    sql`insert into domains (organization_id, name, challenge, verified_at, checked_at)
        select ${organizationId}, 'd' || i || '.example', 'c' || i, case when i > 2 then ${at} end, case when i > 2 then ${at} end from ${few}`,
    sql`insert into users (email, username, name) select 'out' || i || '@d3.example', 'out' || i, 'Outside ' || (i / 2) from ${few}`,
    sql`insert into users (email, username, name) select 'm' || i || '@acme.example', 'm' || i, 'Member ' || (i / 2) from ${each}`,
    sql`insert into memberships (organization_id, user_id, role, origin, joined_at)
        select ${organizationId}, u.id, 'member', 'manual', ${at} from ${each} join users u on u.username = 'm' || i`,
    sql`insert into devices (organization_id, user_id, device_id, name, platform, os_version, agent_version, first_seen_at,
                             reported_at, device_time, hash_state, report)
        select ${organizationId}, u.id, gen_random_uuid(), 'Desk ' || (i / 2), 'linux', '1', '1', ${at}, ${at}, ${at}, 'none', '{}'
          from ${each} join users u on u.username = 'm' || i`,
    sql`insert into api_tokens (organization_id, name, role, secret_hash, created_at, expires_at)
        select ${organizationId}, 'Token ' || (i / 2), 'editor', decode(md5(i::text) || md5(i::text), 'hex'), ${at}, ${at2} from ${each}`,
    sql`insert into connections (organization_id, name, kind, created_at, updated_at)
        select ${organizationId}, 'Provider ' || i, 'oidc', ${at}, ${at} from ${few}`,
    sql`insert into connection_failures (connection_id, at, class, detail, email)
        select ${connectionId}, ${at}, 'class_' || (i / 2), 'detail', case when i > 2 then 'x@acme.example' end from ${few}`,
    sql`insert into scim_refusals (connection_id, at, method, path, status, detail) select ${connectionId}, ${at}, 'POST', '/Users/' || i, 400, 'detail' from ${few}`,
    sql`insert into organizations (name, display_name) select 'out' || i, 'Outside ' || i from ${few}`,
    sql`insert into connections (organization_id, name, kind, created_at, updated_at)
        select o.id, 'Shared', 'oidc', ${at}, ${at} from ${few} join organizations o on o.name = 'out' || i`,
    sql`insert into connection_organizations (connection_id, organization_id, accepted_at)
        select c.id, ${organizationId}, now() from connections c where c.organization_id <> ${organizationId}`,
    sql`insert into connection_organizations (connection_id, organization_id, accepted_at)
        select ${connectionId}, o.id, ${at} from ${few} join organizations o on o.name = 'out' || i`,
    sql`insert into policy_revisions (policy_id, revision, document, text, author_label, reason)
        select ${policyId}, i + 8, '{}', '{}', 'author ' || (i / 2), 'reason' from ${each}`,
    sql`insert into policies (organization_id, name, revision, position, updated_at) select ${organizationId}, 'Other ' || i, 1, i / 2, ${at} from ${each}`,
    sql`insert into policy_revisions (policy_id, revision, document, text, author_label, reason)
        select p.id, 1, '{}', '{}', 'author', '' from policies p where p.name like 'Other %'`,
    sql`insert into policy_assignments (organization_id, user_id, policy_id, assigned_at)
        select organization_id, user_id, ${policyId}, now() from memberships where organization_id = ${organizationId}`,
    sql`insert into deletions (id, organization_id, kind, name, deleted_at, deleted_by, content)
        select gen_random_uuid(), ${organizationId}, kind, 'Gone ' || (i / 2), now() - (i / 2) * interval '1 minute', 'test',
               '{"policy": {"revision": 1}, "isDefault": false, "users": [], "teams": []}' from ${few}, unnest(array['policy', 'team', 'domain']) kind`,
    sql`insert into teams (organization_id, name) select ${organizationId}, 'Team ' || i from ${few}`,
    sql`insert into team_members (organization_id, team_id, user_id, origin)
        select organization_id, ${teamId}, user_id, 'manual' from memberships where organization_id = ${organizationId}`,
    sql`insert into invitations (organization_id, email, role, secret_hash, created_at, expires_at)
        select ${organizationId}, 'new' || i || '@acme.example', 'member', decode(md5('i' || i) || md5('i' || i), 'hex'), ${at}, ${at2} from ${each}`,
    sql`insert into member_jobs (organization_id, action, actor, actor_label, created_at, finished_at)
        select ${organizationId}, '{"kind": "remove"}', '{"kind": "system", "name": "test"}', 'test', ${at}, now() from ${each}`,
    sql`insert into provisioning_migrations (organization_id, connection_id, step, created_at, updated_at)
        select ${organizationId}, ${connectionId}, 'cancelled', ${at}, ${at} from ${few}`,
    sql`insert into provisioning_migration_people (migration_id, user_id, email, role, state)
        select ${migrationId}, gen_random_uuid(), 'moved' || (i / 2) || '@acme.example', 'member', 'waiting' from ${each}`,
    sql`insert into member_job_items (job_id, user_id, email, state, detail)
        select ${jobId}, gen_random_uuid(), 'refused' || (i / 2) || '@acme.example', 'refused', 'because' from ${each}`,
    sql`insert into member_job_items (job_id, user_id, email, state, detail)
        select id, gen_random_uuid(), 'moved@acme.example', 'done', '' from member_jobs where id <> ${jobId}`,
    sql`insert into browser_sessions (id_hash, user_id, user_agent, address, created_at, proved_at, expires_at)
        select decode(md5(i::text), 'hex'), ${userId}, 'Browser', '127.0.0.1', ${at}, ${at}, ${at2} from ${few}`,
    sql`insert into browser_sessions (id_hash, user_id, user_agent, address, created_at, proved_at, expires_at)
        select decode(md5('m' || i), 'hex'), u.id, 'Browser', '127.0.0.1', ${at}, ${at}, ${at2}
          from ${each} join users u on u.username = 'm' || i`,
    sql`insert into device_drift (device, received_at, at, kind, setting) select ${deviceId}, ${at}, ${at}, 'value', 'analyticsEnabled' from ${each}`,
    sql`insert into overrides (organization_id, user_id, policy_id, device_id, setting, value, reason, granted_at, until)
        select ${organizationId}, ${people.editor}, ${policyId}, gen_random_uuid(), 'setting' || i, 'true', 'because', ${at}, ${at2} from ${each}`,
    sql`insert into signing_keys (kid, position, public_x, sealed_private, created_at)
        select 'kid' || i, i + 100, 'x', '', ${at} from ${few}`,
    sql`insert into audit_events (organization_id, at, actor_kind, actor_label, action, target_kind, target_id, target_label)
        select ${organizationId}, ${at}, 'system', 'SCIM: Walk', 'scim.user.create', 'user', null, 'somebody' from ${each}`,
  ];
  // Together: a policy and its first revision need each other at the end.
  await db.transaction().execute(async (trx) => {
    for (const statement of statements) await statement.execute(trx);
  });
}
