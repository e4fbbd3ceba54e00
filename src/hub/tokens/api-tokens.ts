import type { FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import type {
  ApiToken,
  ApiTokenCreationAnswer,
  ApiTokenList,
  ApiTokenQuery,
} from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Authenticate } from '../authentication.ts';
import type { Clock } from '../clock.ts';
import type { Db, Reader } from '../database/connection.ts';
import { having, searching } from '../database/contains.ts';
import { type ListOrder, LONG_AGO } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import type { Role } from '../database/schema.ts';
import { createOneTimeSecret, hashOneTimeSecret } from '../secrets/one-time-secret.ts';

/** What every API token begins with: lets secret scanners, and us, tell it from other bearers. */
export const API_TOKEN_PREFIX = 'moor_';
/** The time of last use is written at most this often, so that reads stay reads. */
const LAST_USE_RESOLUTION_MS = 60_000;
const DAY_MS = 86_400_000;

const COLUMNS = sql`t.id, t.name, t.role, t.manages_access, u.email as created_by, t.created_at, t.expires_at, t.last_used_at`;
const FROM = sql`api_tokens t left join users u on u.id = t.created_by`;
const ORDERS: Readonly<Record<string, ListOrder>> = {
  created: { by: sql`t.created_at`, kind: 'time' },
  name: { by: sql`lower(t.name)`, kind: 'text' },
  role: { by: sql`t.role`, kind: 'text' },
  expires: { by: sql`t.expires_at`, kind: 'time' },
  used: { by: sql`coalesce(t.last_used_at, ${LONG_AGO})`, kind: 'time' },
};

/** Tokens of an organization that are neither revoked nor ended, newest first; all of them without a limit. */
export async function listApiTokens(
  db: Reader,
  organizationId: string,
  now: Date,
  { search, role, sort = '-created', cursor, limit }: ApiTokenQuery = {},
): Promise<ApiTokenList> {
  const { rows, total, next } = await readPage<TokenRow>(
    db,
    {
      columns: COLUMNS,
      from: FROM,
      where: sql`t.organization_id = ${organizationId} and t.revoked_at is null and t.expires_at > ${now}
        and ${searching(search, sql`t.name`, sql`u.email`)} and ${having(sql`t.role`, role)}`,
      orders: ORDERS,
      id: { by: sql`t.id`, kind: 'uuid' },
    },
    { sort, cursor, limit },
  );
  return { tokens: rows.map(toApiToken), total, next };
}

/** Makes a token. The answer is the only place where its secret ever appears. */
export async function createApiToken(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: {
    readonly name: string;
    readonly role: Role;
    readonly days: number;
    /** Left out: it may not do what a person has to prove themselves for. */
    readonly managesAccess?: boolean;
  },
): Promise<ApiTokenCreationAnswer> {
  const managesAccess = wanted.managesAccess ?? false;
  if (managesAccess && wanted.role !== 'owner')
    throw new RefusalError({
      code: 'invalid_value',
      message: 'Only a token with the role "owner" can manage access.',
      help: 'Choose the role "owner", or leave managesAccess out.',
    });
  const { secret, hash } = createOneTimeSecret(API_TOKEN_PREFIX);
  return db.transaction().execute(async (trx) => {
    const { id } = await trx
      .insertInto('api_tokens')
      .values({
        organization_id: organizationId,
        name: wanted.name,
        role: wanted.role,
        manages_access: managesAccess,
        secret_hash: hash,
        created_by: context.actor.kind === 'user' ? context.actor.userId : null,
        created_at: context.at,
        expires_at: new Date(context.at.getTime() + wanted.days * DAY_MS),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const { rows } = await sql<TokenRow>`select ${COLUMNS} from ${FROM} where t.id = ${id}`.execute(trx);
    const row = rows[0];
    if (row === undefined) throw new Error('the token just made is not there');
    await recordChange(trx, context, {
      organizationId,
      action: 'token.create',
      target: { kind: 'token', id, label: wanted.name },
      after: { role: wanted.role, managesAccess, expiresAt: row.expires_at.toISOString() },
    });
    return { token: toApiToken(row), secret };
  });
}

/** Revokes a token at once. */
export async function revokeApiToken(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  tokenId: string,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const revoked = await trx
      .updateTable('api_tokens')
      .set({ revoked_at: context.at })
      .where('id', '=', tokenId)
      .where('organization_id', '=', organizationId)
      .where('revoked_at', 'is', null)
      .returning(['name', 'role'])
      .executeTakeFirst();
    if (revoked === undefined) {
      throw new RefusalError({
        code: 'not_found',
        message: 'There is no such token, or it is revoked already.',
      });
    }
    await recordChange(trx, context, {
      organizationId,
      action: 'token.revoke',
      target: { kind: 'token', id: tokenId, label: revoked.name },
      before: { role: revoked.role },
    });
  });
}

/** Proof by `Authorization: Bearer moor_…`. Other bearers are left to those who know them. */
export function authenticateByApiToken(options: { readonly db: Db; readonly clock: Clock }): Authenticate {
  return async (request: FastifyRequest) => {
    const [scheme, secret, ...rest] = (request.headers.authorization ?? '').split(' ');
    if (scheme?.toLowerCase() !== 'bearer' || rest.length > 0) return null;
    if (secret === undefined || !secret.startsWith(API_TOKEN_PREFIX)) return null;
    const now = new Date(options.clock.now());
    const token = await options.db
      .selectFrom('api_tokens')
      .where('secret_hash', '=', hashOneTimeSecret(secret))
      .where('revoked_at', 'is', null)
      .where('expires_at', '>', now)
      .select(['id', 'name', 'role', 'organization_id', 'last_used_at', 'manages_access'])
      .executeTakeFirst();
    if (token === undefined) return null;
    if (
      token.last_used_at === null ||
      now.getTime() - token.last_used_at.getTime() > LAST_USE_RESOLUTION_MS
    ) {
      await options.db
        .updateTable('api_tokens')
        .set({ last_used_at: now })
        .where('id', '=', token.id)
        .execute();
    }
    const { id: tokenId, name, role, organization_id: organizationId, manages_access: managesAccess } = token;
    return { kind: 'token', tokenId, name, role, organizationId, managesAccess };
  };
}

interface TokenRow {
  id: string;
  name: string;
  role: Role;
  manages_access: boolean;
  created_by: string | null;
  created_at: Date;
  expires_at: Date;
  last_used_at: Date | null;
}

function toApiToken(row: TokenRow): ApiToken {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    managesAccess: row.manages_access,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}
