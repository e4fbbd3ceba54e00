import { sql } from 'kysely';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import { PREPARED } from '../database/prepared.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { createOneTimeSecret, hashOneTimeSecret } from '../secrets/one-time-secret.ts';
import './tables.ts';
import '../connections/tables.ts';

const PREFIX = 'mscim_';
/** The present one and its predecessor, so that a token can be changed without a gap. */
const VALID_AT_ONCE = 2;

/** The connection that a SCIM request speaks for. */
export interface ScimConnection {
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly defaultTeam: string | null;
  /** The verified domains that it serves; empty: all of the organization. */
  readonly domains: readonly string[];
  /** May take over members that sign-in created. */
  readonly adopts: boolean;
  /** The token that was shown, and when its use was last noted. */
  readonly tokenId: string;
  readonly tokenUsedAt: Date | null;
}

/** A token as an administrator sees it; the secret itself is only in the answer to its creation. */
export interface ScimToken {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/**
 * Makes a token and shows it once. The one before stays valid until the next but one is made, or it is revoked.
 * Switches SCIM on for the connection.
 */
export async function createScimToken(
  db: Db,
  context: ChangeContext,
  where: { readonly organizationId: string; readonly connectionId: string },
): Promise<{ readonly secret: string; readonly token: ScimToken } | null> {
  const { secret, hash } = createOneTimeSecret(PREFIX);
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    const connection = await trx
      .updateTable('connections')
      .set({ scim_enabled: true })
      .where('id', '=', where.connectionId)
      .where('organization_id', '=', where.organizationId)
      .returning(['id', 'name'])
      .executeTakeFirst();
    if (connection === undefined) return null;
    const created = await trx
      .insertInto('scim_tokens')
      .values({
        connection_id: connection.id,
        secret_hash: hash,
        created_by: context.actor.kind === 'user' ? context.actor.userId : null,
        created_at: context.at,
      })
      .returning(['id', 'created_at'])
      .executeTakeFirstOrThrow();
    await sql`update scim_tokens set revoked_at = ${context.at}
      where connection_id = ${connection.id} and revoked_at is null and id not in (
        select id from scim_tokens where connection_id = ${connection.id} and revoked_at is null
        order by created_at desc, id = ${created.id} desc limit ${VALID_AT_ONCE})`.execute(trx);
    await recordChange(trx, context, {
      organizationId: where.organizationId,
      action: 'scim.token.create',
      target: { kind: 'connection', id: connection.id, label: connection.name },
    });
    return { secret, token: { id: created.id, createdAt: created.created_at, lastUsedAt: null } };
  });
}

/** Ends one token, or all of a connection. Answers how many ended. */
export async function revokeScimTokens(
  db: Db,
  context: ChangeContext,
  where: { readonly organizationId: string; readonly connectionId: string; readonly tokenId?: string },
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, where.organizationId);
    const connection = await trx
      .selectFrom('connections')
      .select(['id', 'name'])
      .where('id', '=', where.connectionId)
      .where('organization_id', '=', where.organizationId)
      .executeTakeFirst();
    if (connection === undefined) return 0;
    let update = trx
      .updateTable('scim_tokens')
      .set({ revoked_at: context.at })
      .where('connection_id', '=', connection.id)
      .where('revoked_at', 'is', null);
    if (where.tokenId !== undefined) update = update.where('id', '=', where.tokenId);
    const ended = await update.returning('id').execute();
    if (ended.length > 0) {
      await recordChange(trx, context, {
        organizationId: where.organizationId,
        action: 'scim.token.revoke',
        target: { kind: 'connection', id: connection.id, label: connection.name },
        after: { revoked: ended.length },
      });
    }
    return ended.length;
  });
}

/** The valid tokens of a connection, newest first. */
export async function listScimTokens(reader: Reader, connectionId: string): Promise<readonly ScimToken[]> {
  const rows = await reader
    .selectFrom('scim_tokens')
    .select(['id', 'created_at', 'last_used_at'])
    .where('connection_id', '=', connectionId)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .execute();
  return rows.map((row) => ({ id: row.id, createdAt: row.created_at, lastUsedAt: row.last_used_at }));
}

/** Whose token it is, and whether it opens anything. */
export type TokenHolder =
  | { readonly standing: 'valid'; readonly connection: ScimConnection }
  /** `off`: SCIM is switched off for the connection. */
  | { readonly standing: 'off' | 'revoked'; readonly connectionId: string };

/**
 * The holder of a bearer token; `null` for what never was one. The token is found by its digest, so nothing compares
 * secrets byte by byte.
 */
export async function holderOfToken(reader: Reader, secret: string): Promise<TokenHolder | null> {
  if (!secret.startsWith(PREFIX) || secret.length > 200) return null;
  const row = await reader
    .selectFrom('scim_tokens as t')
    .innerJoin('connections as c', 'c.id', 't.connection_id')
    .innerJoin('organizations as o', 'o.id', 'c.organization_id')
    .where('t.secret_hash', '=', hashOneTimeSecret(secret))
    .select([
      'c.id',
      'c.name',
      'o.id as organization_id',
      'o.name as organization_name',
      'c.default_team',
      'c.domain_names',
      'c.scim_adopts_jit',
      't.id as token_id',
      't.last_used_at',
      't.revoked_at',
      'c.scim_enabled',
    ])
    .modifyEnd(PREPARED)
    .executeTakeFirst();
  if (row === undefined) return null;
  if (row.revoked_at !== null) return { standing: 'revoked', connectionId: row.id };
  if (!row.scim_enabled) return { standing: 'off', connectionId: row.id };
  return {
    standing: 'valid',
    connection: {
      id: row.id,
      name: row.name,
      organizationId: row.organization_id,
      organizationName: row.organization_name,
      defaultTeam: row.default_team,
      domains: row.domain_names,
      adopts: row.scim_adopts_jit,
      tokenId: row.token_id,
      tokenUsedAt: row.last_used_at,
    },
  };
}

/** Notes the use of a token; to the minute, so that a busy client does not write with every request. */
export async function noteTokenUse(
  db: Db,
  { tokenId, tokenUsedAt }: Pick<ScimConnection, 'tokenId' | 'tokenUsedAt'>,
  at: Date,
): Promise<void> {
  if (tokenUsedAt !== null && at.getTime() - tokenUsedAt.getTime() < 60_000) return;
  await sql`update scim_tokens set last_used_at = ${at}
    where id = ${tokenId} and (last_used_at is null or last_used_at < ${new Date(at.getTime() - 60_000)})`.execute(
    db,
  );
}
