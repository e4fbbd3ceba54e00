import { sql } from 'kysely';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { ChangeContext } from '../audit/record.ts';
import { endPasswordSessions } from '../connections/end-password-sessions.ts';
import type { Reader, Trx } from '../database/connection.ts';
import { isUniqueViolation } from '../database/constraint.ts';
import { keepThing, type TakenThing } from '../deletions/kept-things.ts';
import type { PutBack } from '../deletions/put-back.ts';
import type { DomainRow } from './domain-list.ts';
import { lookForProof, type ProofOutcome, type TxtResolver } from './domain-proof.ts';

/*
 * A removed domain comes back under its old TXT value, so that nobody has to change the DNS; what it was verified by is
 * looked for again, for whoever holds the domain today decides that, and not what it was once.
 */

/** Keeps a domain that is about to be given up. */
export async function keepDomain(trx: Trx, context: ChangeContext, row: DomainRow): Promise<void> {
  await keepThing(trx, context, {
    organizationId: row.organization_id,
    kind: 'domain',
    id: row.id,
    name: row.name,
    content: sql`${JSON.stringify({ challenge: row.challenge, verified: row.verified_at !== null, forced: row.forced })}::jsonb`,
  });
}

/** Looks for the proof of a removed domain, outside of any transaction; `null`: no such domain is kept. */
export async function lookForKeptProof(
  reader: Reader,
  resolver: TxtResolver,
  kept: { readonly organizationId: string; readonly id: string },
): Promise<ProofOutcome | null> {
  const { rows } = await sql<{ name: string; challenge: string }>`
    select name, content ->> 'challenge' as challenge from deletions
     where organization_id = ${kept.organizationId} and id = ${kept.id} and kind = 'domain'`.execute(reader);
  const row = rows[0];
  return row === undefined ? null : lookForProof(resolver, row.name, row.challenge);
}

/**
 * Claims a domain again, verified where its proof stands. Refuses (`conflict`) one that was verified and whose proof is
 * gone, one that this organization claims again, and one that another organization verified meanwhile.
 */
export async function putBackDomain(
  trx: Trx,
  context: ChangeContext,
  { id, organizationId, name, content }: TakenThing,
  outcome: ProofOutcome,
): Promise<PutBack> {
  const was = sql`${content}::jsonb`;
  const { rows: kept } = await sql<{ verified: boolean }>`
    select (${was} ->> 'verified')::boolean as verified`.execute(trx);
  const wasVerified = kept[0]?.verified === true;
  if (wasVerified && !outcome.proved) throw proofGone(name, outcome);
  const verifiedAt = outcome.proved ? context.at : null;
  const made = await sql`
    insert into domains (id, organization_id, name, challenge, verified_at, checked_at, created_at)
    select ${id}, ${organizationId}, ${name}, ${was} ->> 'challenge', ${verifiedAt}::timestamptz, ${context.at}, ${context.at}
    on conflict (organization_id, name) do nothing`
    .execute(trx)
    .catch((error: unknown) => {
      if (!isUniqueViolation(error, 'domains_verified')) throw error;
      throw held(name, 'Another organization of this hub has verified it meanwhile.');
    });
  if (made.numAffectedRows !== 1n) throw held(name, 'The organization claims it again already.');
  if (outcome.proved) await endPasswordSessions(trx, context, organizationId);
  return { name, parts: outcome.proved ? [{ part: 'proof', restored: 1, left: 0 }] : [] };
}

function proofGone(name: string, outcome: Exclude<ProofOutcome, { proved: true }>): RefusalError {
  return new RefusalError({
    code: 'conflict',
    message: `${name} does not come back: what proved it is not seen any more. ${outcome.detail}`,
    help: outcome.answered
      ? 'Put the TXT record back and try again, or add the domain anew and enter its new value.'
      : 'Try again when the name server answers.',
  });
}

function held(name: string, why: string): RefusalError {
  return new RefusalError({
    code: 'conflict',
    message: `${name} does not come back. ${why}`,
    help: 'Look at the list of domains; whoever proves it by DNS, by a record of their own, gets it.',
  });
}
