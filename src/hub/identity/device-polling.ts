import { sql } from 'kysely';
import { type OidcStore, oidcHash } from './oidc-store.ts';

/** Seconds that a device waits between two questions, unless told more (RFC 8628 section 3.2). */
export const POLL_SECONDS = 5;
/** Each question that comes too early adds this much (RFC 8628 section 3.5). */
const SLOW_DOWN_SECONDS = 5;
/** A device that waits exactly as told arrives a little early now and then. */
const TOLERANCE_MS = 1000;

/**
 * Notes that a device asked for its pending code. True when it asked too early: the answer is `slow_down`, and
 * the wait grows. The provider library leaves this part of RFC 8628 out.
 */
export async function askedTooEarly(store: OidcStore, deviceCode: string): Promise<boolean> {
  const at = store.now();
  const { rows } = await sql<{ early: boolean }>`
    with code as (
      select id_hash, coalesce(poll_seconds, ${POLL_SECONDS}::int) as seconds,
             coalesce(polled_at + coalesce(poll_seconds, ${POLL_SECONDS}::int) * interval '1 second'
               - ${TOLERANCE_MS}::int * interval '1 millisecond' > ${at}, false) as early
        from oidc_entities
       where model = 'DeviceCode' and id_hash = ${oidcHash(store, 'DeviceCode', deviceCode)}
         for update
    )
    update oidc_entities e
       set polled_at = ${at},
           poll_seconds = code.seconds + case when code.early then ${SLOW_DOWN_SECONDS}::int else 0 end
      from code
     where e.model = 'DeviceCode' and e.id_hash = code.id_hash
    returning code.early`.execute(store.db);
  return rows[0]?.early === true;
}
