import type { DeletionKind, RestorationAnswer } from '../../shared/contracts/hub-deletions.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { demandRecentSignIn } from '../access.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import { putBackConnection } from '../connections/deleted-connections.ts';
import type { Db, Trx } from '../database/connection.ts';
import { lookForKeptProof, putBackDomain } from '../domains/deleted-domains.ts';
import type { ProofOutcome, TxtResolver } from '../domains/domain-proof.ts';
import { putBackMember } from '../organizations/deleted-members.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { putBackTeam } from '../teams/deleted-teams.ts';
import { forgetRows, notKept, type TakenThing, takeKept } from './kept-things.ts';
import type { PutBack } from './put-back.ts';

interface Wanted {
  readonly id: string;
  /** Another name than it had. */
  readonly name?: string | undefined;
}

/** Written out: the words for people are held against the actions that the sources name. */
const ACTIONS: Readonly<Record<DeletionKind, string>> = {
  team: 'team.undelete',
  connection: 'connection.undelete',
  domain: 'domain.undelete',
  member: 'member.undelete',
};

/**
 * Brings back what an owner deleted, under its id, with as much of what hung on it as is there still. Refuses
 * `not_found` what is not kept, and `conflict` what may not come back, or not under its name; then it stays kept.
 */
export async function restoreDeletion(
  { db, resolver }: { readonly db: Db; readonly resolver: TxtResolver },
  context: ChangeContext,
  organizationId: string,
  wanted: Wanted,
): Promise<RestorationAnswer> {
  // Not inside the transaction: a name server may take seconds.
  const proof = await lookForKeptProof(db, resolver, { organizationId, id: wanted.id });
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const thing = await takeKept(trx, organizationId, { id: wanted.id, at: context.at });
    const { name, parts } = await putBack(trx, context, thing, { ...wanted, proof });
    await forgetRows(trx, thing);
    const restored = { kind: thing.kind, id: thing.id, name };
    await recordChange(trx, context, {
      organizationId,
      action: ACTIONS[thing.kind],
      target: { kind: thing.kind, id: thing.id, label: name },
      after: Object.fromEntries(parts.map((each) => [each.part, each.restored])),
    });
    return { restored, parts };
  });
}

function putBack(
  trx: Trx,
  context: ChangeContext,
  thing: TakenThing,
  { name, proof }: Wanted & { readonly proof: ProofOutcome | null },
): Promise<PutBack> {
  if (name !== undefined && (thing.kind === 'domain' || thing.kind === 'member')) throw nameless(thing.kind);
  switch (thing.kind) {
    case 'team':
      return putBackTeam(trx, context, thing, name);
    case 'connection':
      // Whoever decides how people sign in decides who gets in.
      demandRecentSignIn(context.actor, { now: () => context.at.getTime() });
      return putBackConnection(trx, context, thing, name);
    case 'member':
      return putBackMember(trx, context, thing);
    case 'domain':
      if (proof === null) throw notKept();
      return putBackDomain(trx, context, thing, proof);
  }
}

function nameless(kind: DeletionKind): RefusalError {
  return new RefusalError({
    code: 'invalid_value',
    message: `A ${kind} cannot come back under another name.`,
    help: 'Leave the name out.',
  });
}
