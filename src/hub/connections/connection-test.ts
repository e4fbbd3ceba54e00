import type { ConnectionTestOutcome } from '../../shared/contracts/hub-sso.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db } from '../database/connection.ts';
import type { SsoRequests } from '../sso/sso-requests.ts';
import { readRow } from './connection-service.ts';
import { helpFor } from './failure-help.ts';
import { readSettings } from './settings.ts';

/** Begins a test: a link to the identity provider and back that signs nobody in and shows what came. */
export async function beginTest(
  place: { readonly db: Db; readonly requests: SsoRequests; readonly publicUrl: string },
  context: ChangeContext,
  where: { readonly organizationId: string; readonly connectionId: string },
) {
  return place.db.transaction().execute(async (trx) => {
    const row = await readRow(trx, where.organizationId, where.connectionId);
    if (readSettings(row.settings) === null) {
      throw new RefusalError({
        code: 'conflict',
        message: 'The connection is not set up yet, so there is nothing to test.',
        help: 'Enter the values of the identity provider, or upload its metadata.',
      });
    }
    const request = await place.requests.begin(
      { connectionId: row.id, place: { kind: 'test' }, browserHash: null },
      trx,
    );
    await recordChange(trx, context, {
      organizationId: where.organizationId,
      action: 'connection.test',
      target: { kind: 'connection', id: row.id, label: row.name },
    });
    return {
      id: request.id,
      url: `${place.publicUrl}/sso/test/${request.secret}`,
      expiresAt: request.expiresAt.toISOString(),
    };
  });
}

/** What a test showed. */
export async function readTest(
  { db, requests }: { readonly db: Db; readonly requests: SsoRequests },
  where: { readonly organizationId: string; readonly connectionId: string; readonly testId: string },
): Promise<ConnectionTestOutcome> {
  await readRow(db, where.organizationId, where.connectionId);
  const outcome = await requests.testOutcome(where.connectionId, where.testId);
  if (outcome === null) {
    throw new RefusalError({
      code: 'not_found',
      message: 'There is no such test, or it has expired.',
      help: 'Begin a new one.',
    });
  }
  const nothing = { id: where.testId, failure: null, email: null, attributes: [], warnings: [] };
  if (outcome === 'waiting') return { ...nothing, state: 'waiting' };
  const { failure } = outcome;
  return {
    id: where.testId,
    state: failure === null ? 'succeeded' : 'failed',
    failure:
      failure === null
        ? null
        : { class: failure.class, detail: failure.detail, help: helpFor(failure.class) },
    email: outcome.identity?.email ?? failure?.email ?? null,
    attributes: outcome.attributes,
    warnings: outcome.warnings,
  };
}
