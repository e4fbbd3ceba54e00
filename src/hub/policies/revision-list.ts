import { sql } from 'kysely';
import type { Revision, RevisionList, RevisionQuery } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Reader } from '../database/connection.ts';
import { searching } from '../database/contains.ts';
import type { ListOrder } from '../database/keyset.ts';
import { readPage } from '../database/read-page.ts';
import { readStoredPolicy } from './policy-list.ts';

interface RevisionRow {
  readonly revision: number;
  readonly author_label: string;
  readonly reason: string;
  readonly created_at: Date;
}

/** Revisions are numbered as they were made, so the number stands for the time. */
const REVISION_ORDERS: Readonly<Record<string, ListOrder>> = {
  revision: { by: sql`r.revision`, kind: 'number' },
  author: { by: sql`lower(r.author_label)`, kind: 'text' },
};

/** The revisions of a policy, newest first; every one without a limit. */
export async function listRevisions(
  db: Reader,
  organizationId: string,
  policyId: string,
  { search, sort = '-revision', cursor, limit }: RevisionQuery = {},
): Promise<RevisionList> {
  const policy = await readStoredPolicy(db, organizationId, policyId);
  const { rows, total, next } = await readPage<RevisionRow>(
    db,
    {
      columns: sql`r.revision, r.author_label, r.reason, r.created_at`,
      from: sql`policy_revisions r`,
      where: sql`r.policy_id = ${policyId} and ${searching(search, sql`r.author_label`, sql`r.reason`, sql`r.revision::text`)}`,
      orders: REVISION_ORDERS,
      id: { by: sql`r.revision`, kind: 'number' },
    },
    { sort, cursor, limit },
  );
  const revisions = rows.map((row) => ({
    revision: row.revision,
    author: row.author_label,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    current: row.revision === policy.revision,
  }));
  return { revisions, total, next };
}

/** One revision with its document. */
export async function readRevision(
  db: Reader,
  organizationId: string,
  policyId: string,
  revision: number,
): Promise<Revision> {
  const policy = await readStoredPolicy(db, organizationId, policyId);
  const row = await db
    .selectFrom('policy_revisions')
    .where('policy_id', '=', policyId)
    .where('revision', '=', revision)
    .selectAll()
    .executeTakeFirst();
  if (row === undefined) {
    throw new RefusalError({
      code: 'not_found',
      message: `The policy "${policy.name}" has no revision ${revision}.`,
      help: `Its revisions are 1 to ${policy.revision}.`,
    });
  }
  return {
    revision,
    author: row.author_label,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    current: revision === policy.revision,
    document: { ...row.document },
    text: row.text,
  };
}
