import type { DatabaseHandle } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';

/** For tests: memberships and teams of an address: `org role origin`, `org:team origin`. */
export async function standingOf({ db }: DatabaseHandle, email: string): Promise<readonly string[]> {
  const members = await db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .where('u.email', '=', email)
    .select(['o.name', 'm.role', 'm.origin'])
    .execute();
  const teams = await db
    .selectFrom('team_members as t')
    .innerJoin('users as u', 'u.id', 't.user_id')
    .innerJoin('organizations as o', 'o.id', 't.organization_id')
    .innerJoin('teams', 'teams.id', 't.team_id')
    .where('u.email', '=', email)
    .select(['o.name', 'teams.name as team', 't.origin'])
    .execute();
  return [
    ...members.map((row) => `${row.name} ${row.role} ${row.origin}`),
    ...teams.map((row) => `${row.name}:${row.team} ${row.origin}`),
  ].sort();
}

/** For tests: an open invitation, with a team of that name where one is given. */
export async function inviteTo(
  { db }: DatabaseHandle,
  organizationId: string,
  { email, role, team }: { readonly email: string; readonly role: Role; readonly team?: string | undefined },
): Promise<void> {
  const made =
    team === undefined
      ? undefined
      : await db
          .insertInto('teams')
          .values({ organization_id: organizationId, name: team, created_at: new Date() })
          .returning('id')
          .executeTakeFirstOrThrow();
  await db
    .insertInto('invitations')
    .values({
      organization_id: organizationId,
      email,
      role,
      team_id: made?.id ?? null,
      secret_hash: Buffer.from(email),
      invited_by: null,
      expires_at: new Date(Date.now() + 86_400_000),
    })
    .execute();
}
