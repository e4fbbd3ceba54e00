import { type Kysely, sql } from 'kysely';

const statements = [
  /*
   * When the person last proved who they are: changes that open doors ask for it anew. `recovery`: began by a link made
   * on the hub's own machine. `ended_reason`: the row stays, ended, so that the next page can say why.
   */
  `alter table browser_sessions
    add column proved_at timestamptz,
    add column recovery boolean not null default false,
    add column ended_reason text check (ended_reason = 'sso_required')`,
  `update browser_sessions set proved_at = created_at`,
  `alter table browser_sessions alter column proved_at set not null`,
  // The connection that a device signed in by; null: a local password.
  `alter table device_sessions add column connection_id uuid references connections on delete set null`,

  `create table passkeys (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users on delete cascade,
    credential_id text not null unique,
    public_key bytea not null,
    counter bigint not null default 0,
    transports text[] not null default '{}',
    name text not null,
    created_at timestamptz not null,
    last_used_at timestamptz
  )`,
  `create index passkeys_user on passkeys (user_id)`,
  // What a passkey has to sign: once, by this account, for this.
  `create table passkey_challenges (
    challenge_hash bytea primary key,
    user_id uuid not null references users on delete cascade,
    purpose text not null check (purpose in ('register', 'sign-in')),
    expires_at timestamptz not null
  )`,
  `create index passkey_challenges_expiry on passkey_challenges (expires_at)`,

  // Whether a token may do what a person has to prove themselves for.
  `alter table api_tokens add column manages_access boolean not null default false`,
];

/** Proofs of who somebody is: when a session last had one, passkeys, and tokens that need none. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}
