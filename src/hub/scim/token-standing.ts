import { sql } from 'kysely';
import type { Trx } from '../database/connection.ts';
import { PREPARED } from '../database/prepared.ts';
import { ScimError } from './scim-error.ts';
import type { ScimConnection } from './tokens.ts';

/** Why a token opens nothing: SCIM is off for its connection, it was revoked, or it never was one. */
export type LostStanding = 'off' | 'revoked' | 'unknown';

/** What a client with such a token is told: 403 where SCIM is off, else 401. */
export function withoutStanding(standing: LostStanding): ScimError {
  switch (standing) {
    case 'off':
      return new ScimError(
        403,
        'SCIM is switched off for this connection: its users stay as they are. An owner can switch it on again.',
      );
    case 'revoked':
      return new ScimError(
        401,
        'This SCIM token was revoked, or two newer ones were made. Enter a valid one.',
      );
    case 'unknown':
      return new ScimError(
        401,
        "Send the connection's SCIM token as Authorization: Bearer. It is shown once, when it is made; an owner can make a new one.",
      );
  }
}

/**
 * Refuses a change whose token was revoked, or whose connection was switched off or deleted, while it waited for its
 * turn: once an owner was told that nothing changes any more, nothing does. The connection's organization must be
 * locked, which those changes do as well.
 */
export async function requireStanding(
  trx: Trx,
  { id, tokenId }: Pick<ScimConnection, 'id' | 'tokenId'>,
): Promise<void> {
  const { rows } = await sql<{ revoked_at: Date | null; scim_enabled: boolean }>`
    select t.revoked_at, c.scim_enabled from scim_tokens t join connections c on c.id = t.connection_id
     where t.id = ${tokenId} and c.id = ${id} ${PREPARED}`.execute(trx);
  const [row] = rows;
  if (row === undefined) throw withoutStanding('unknown');
  if (row.revoked_at !== null) throw withoutStanding('revoked');
  if (!row.scim_enabled) throw withoutStanding('off');
}
