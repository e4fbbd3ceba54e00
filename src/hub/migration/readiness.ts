import { sql } from 'kysely';
import type { MigrationCheck } from '../../shared/contracts/hub-provisioning.ts';
import type { Reader } from '../database/connection.ts';

/** What should hold before anybody is removed, and whether it does. */
export async function checkReadiness(reader: Reader, connectionId: string): Promise<MigrationCheck[]> {
  const { rows } = await sql<{
    scim_enabled: boolean;
    scim_adopts_jit: boolean;
    tokens: number;
    used: Date | null;
    domains: number;
    owners: number;
  }>`select c.scim_enabled, c.scim_adopts_jit,
      (select count(*) from scim_tokens t where t.connection_id = c.id and t.revoked_at is null) as tokens,
      (select max(t.last_used_at) from scim_tokens t where t.connection_id = c.id and t.revoked_at is null) as used,
      (select count(*) from domains d where d.organization_id = c.organization_id and d.verified_at is not null) as domains,
      (select count(*) from memberships m join users u on u.id = m.user_id and u.disabled_at is null
        where m.organization_id = c.organization_id and m.role = 'owner'
          and not (m.origin = 'jit' and m.connection_id is not distinct from c.id)) as owners
    from connections c where c.id = ${connectionId}`.execute(reader);
  const row = rows[0];
  if (row === undefined) return [];
  return [
    {
      name: 'scim',
      passed: row.scim_enabled && row.tokens > 0,
      required: true,
      detail:
        row.scim_enabled && row.tokens > 0
          ? 'SCIM is on and has a token.'
          : 'SCIM is off or has no token: whoever is removed could not come back. Make a SCIM token first.',
    },
    {
      name: 'domain',
      passed: row.domains > 0,
      required: true,
      detail:
        row.domains > 0
          ? row.domains === 1
            ? 'A domain is verified.'
            : `${row.domains} domains are verified.`
          : 'No domain is verified, and SCIM takes only addresses of verified ones.',
    },
    {
      name: 'owner',
      passed: row.owners > 0,
      required: true,
      detail:
        row.owners > 0
          ? row.owners === 1
            ? 'One owner stays throughout.'
            : `${row.owners} owners stay throughout.`
          : 'Every owner came by signing in and would be removed. Make somebody an owner by hand first.',
    },
    {
      name: 'client',
      passed: row.used !== null,
      required: false,
      detail:
        row.used === null
          ? 'The identity provider has not called yet: test its connection before anybody is removed.'
          : `The identity provider last called at ${row.used.toISOString()}.`,
    },
    {
      name: 'adoption',
      passed: row.scim_adopts_jit,
      required: false,
      detail: row.scim_adopts_jit
        ? 'SCIM takes members over as the identity provider sends them: nobody has to be removed.'
        : 'With adoption switched on, SCIM would take members over and nobody would have to be removed.',
    },
  ];
}
