import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { DatabaseHandle } from '../src/hub/database/connection.ts';
import '../src/hub/identity/tables.ts';
import { type OidcStore, oidcHash, sealPayload } from '../src/hub/identity/oidc-store.ts';
import { createOrganization } from '../src/hub/organizations/organization-service.ts';
import { createHubSecret } from '../src/hub/secrets/hub-secret.ts';

/** The secret of a hub whose desktops are made here. */
export const BENCH_SECRET = 'a secret for benchmarks, thirty-two characters and more';

/** Who the audit log names. */
export const OPERATOR = {
  actor: { kind: 'system' as const, name: 'bench' },
  sourceAddress: null,
  get at() {
    return new Date();
  },
};

const AT_ONCE = 1000;

/**
 * Thousands of members of "acme", each with a desktop that is signed in: what the sign-in pages would leave in the
 * database, without asking for thousands of passwords. Answers the access tokens.
 */
export async function createDesktops({ db }: DatabaseHandle, count: number) {
  const store: OidcStore = { db, secret: createHubSecret(BENCH_SECRET), now: () => new Date() };
  const organization = await createOrganization(db, OPERATOR, { name: 'acme', displayName: 'Acme' });
  const { rows } = await sql<{ id: string }>`
    insert into users (email, username, name)
    select 'user' || n || '@bench.example', 'user' || n, 'User ' || n from generate_series(1, ${count}) n
    returning id`.execute(db);
  await sql`insert into memberships (organization_id, user_id, role, origin)
    select ${organization.id}, id, 'member', 'manual' from users`.execute(db);
  await sql`insert into bundle_sequences (organization_id, user_id, seq, changed_at)
    select ${organization.id}, id, ${Date.now()}::bigint, now() from users`.execute(db);
  const tokens: string[] = [];
  for (let from = 0; from < rows.length; from += AT_ONCE) {
    tokens.push(
      ...(await signIn(
        store,
        rows.slice(from, from + AT_ONCE).map(({ id }) => id),
      )),
    );
  }
  return { organizationId: organization.id, tokens };
}

async function signIn(store: OidcStore, userIds: readonly string[]): Promise<readonly string[]> {
  const at = store.now();
  const later = new Date(at.getTime() + 86_400_000);
  const desktops = userIds.map((userId) => ({
    userId,
    token: randomBytes(32).toString('base64url'),
    grant: randomBytes(32),
  }));
  await store.db
    .insertInto('device_sessions')
    .values(
      desktops.map(({ userId, grant }) => ({
        ...{ grant_hash: grant, user_id: userId, client_id: 'mooring-desktop', sealed: Buffer.alloc(1) },
        ...{ created_at: at, last_used_at: at, expires_at: later },
      })),
    )
    .execute();
  await store.db
    .insertInto('oidc_entities')
    .values(
      desktops.map(({ token, grant }) => ({
        ...{ model: 'AccessToken', id_hash: oidcHash(store, 'AccessToken', token), grant_hash: grant },
        sealed: sealPayload(store, 'AccessToken', { scope: 'openid agent' }),
        ...{
          lookup_hash: null,
          predecessor_hash: null,
          created_at: at,
          expires_at: later,
          poll_seconds: null,
        },
      })),
    )
    .execute();
  return desktops.map(({ token }) => token);
}
