import { sql } from 'kysely';
import type { AssignmentFile, AssignmentFileAnswer } from '../../shared/contracts/hub-assignment-lists.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { ChangeContext } from '../audit/record.ts';
import type { Db, Reader } from '../database/connection.ts';
import { addressesOfCsv, type ListedAddress, readAddresses } from '../invitations/address-list.ts';
import { assignPolicy } from './assignment-service.ts';
import { readStoredPolicy } from './policy-list.ts';

type Result = AssignmentFileAnswer['results'][number];

interface Found {
  readonly userId: string;
  readonly policy: { readonly id: string; readonly name: string } | null;
}

/**
 * Assigns a policy to the members of a CSV file, one by one, and says of each line what came of it. Lines with a
 * problem hold nobody else up. Refuses a file that is not a table (`bad_request`) or too long (`too_large`).
 */
export async function assignPolicyByFile(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  wanted: AssignmentFile & { readonly policyId: string },
): Promise<AssignmentFileAnswer> {
  await readStoredPolicy(db, organizationId, wanted.policyId);
  const addresses = readAddresses(addressesOfCsv(wanted.csv));
  const members = await findMembers(db, organizationId, addresses);
  const results: Result[] = [];
  for (const address of addresses) {
    const member = members.get(address.email.toLowerCase());
    const planned = plan(address, member, wanted);
    const doing = !wanted.dryRun && member !== undefined && ['assign', 'move'].includes(planned.outcome);
    results.push(doing ? await assign(planned, member) : planned);
  }
  return { results };

  async function assign(planned: Result, { userId, policy }: Found): Promise<Result> {
    const moving = { userId, policyId: wanted.policyId, moveFrom: policy?.id };
    try {
      await assignPolicy(db, context, organizationId, moving);
      return planned;
    } catch (error) {
      // Somebody else moved or removed them a moment ago: theirs counts.
      if (!(error instanceof RefusalError)) throw error;
      const { code } = error.refusal;
      if (code === 'conflict') return { ...planned, outcome: 'has_other' };
      if (code === 'not_found') return { ...planned, outcome: 'not_a_member' };
      throw error;
    }
  }
}

function plan(
  { line, email, fault }: ListedAddress,
  member: Found | undefined,
  { policyId, move }: { readonly policyId: string; readonly move: boolean },
): Result {
  const from = member?.policy?.name ?? null;
  const as = (outcome: Result['outcome']): Result => ({ line, email, outcome, from });
  if (fault !== null) return { line, email, outcome: fault, from: null };
  if (member === undefined) return as('not_a_member');
  if (member.policy === null) return as('assign');
  if (member.policy.id === policyId) return as('has_it');
  return as(move ? 'move' : 'has_other');
}

/** Members by their address in lower case, with the policy assigned to them directly. */
async function findMembers(
  db: Reader,
  organizationId: string,
  addresses: readonly ListedAddress[],
): Promise<ReadonlyMap<string, Found>> {
  const emails = addresses.map(({ email }) => email.toLowerCase());
  const { rows } = await sql<{ user_id: string; email: string; id: string | null; name: string | null }>`
    select m.user_id, lower(u.email) as email, p.id, p.name
      from memberships m
      join users u on u.id = m.user_id
      left join policy_assignments a on a.organization_id = m.organization_id and a.user_id = m.user_id
      left join policies p on p.id = a.policy_id
     where m.organization_id = ${organizationId} and lower(u.email) = any(${emails}::text[])
  `.execute(db);
  return new Map(
    rows.map(({ user_id, email, id, name }) => [
      email,
      { userId: user_id, policy: id === null || name === null ? null : { id, name } },
    ]),
  );
}
