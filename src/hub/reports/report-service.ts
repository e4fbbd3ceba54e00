import { sql } from 'kysely';
import { BUNDLE_REFUSALS, type BundleRefusal } from '../../shared/contracts/bundle.ts';
import type { AgentReport, ReportedDrift } from '../../shared/contracts/device-report.ts';
import { holdsUnstorable } from '../../shared/contracts/json-limits.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Trx } from '../database/connection.ts';
import type { Json } from '../database/schema.ts';
import { maskValue } from '../policies/document.ts';
import '../overrides/tables.ts';
import { judgeHash } from './judge-hash.ts';
import type { HashState } from './tables.ts';

/** Whose report it is: decided by the session, never by the report. */
export interface Reporter {
  readonly organizationId: string;
  readonly userId: string;
  readonly email: string;
  /** The device's session; left out where none is known. */
  readonly sessionId?: string;
}

/** More devices of one member than this push out the one that has been silent longest. */
const DEVICES_OF_ONE_USER = 100;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Keeps a report; once it resolves, the report survives whatever happens to this process. The same report again
 * changes nothing. Of two at once the one that comes later counts: device clocks are not believed.
 */
export async function acceptReport(
  db: Db,
  context: ChangeContext,
  reporter: Reporter,
  report: AgentReport,
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const device = await findDevice(trx, reporter, report, context.at);
    const applied = await readApplied(trx, reporter, report);
    const grants = await readGrants(trx, reporter, report.overrides);
    const state: HashState =
      applied === null
        ? report.managedHash === null
          ? 'none'
          : 'mismatch'
        : judgeHash(readDocument(applied.document, 'user-policy', desktopCatalog), report, grants);
    const facts = { policyId: applied?.policyId ?? null, state };
    if (!(await insertReport(trx, device, report, facts, context.at))) return;
    await updateDevice(trx, device, report, { ...facts, grants }, context.at);
    await insertDrift(trx, device, report, context.at);
    await recordFirstUse(trx, context, reporter, grants);
  });
}

async function findDevice(trx: Trx, reporter: Reporter, report: AgentReport, at: Date): Promise<string> {
  const { rows } = await sql<{ id: string; created: boolean }>`
    insert into devices (organization_id, user_id, device_id, platform, os_version, agent_version, first_seen_at,
                         reported_at, device_time, hash_state, report, session_id)
    values (${reporter.organizationId}, ${reporter.userId}, ${report.deviceId}, ${report.platform}, '', '', ${at},
            ${at}, ${at}, 'none', '{}', ${reporter.sessionId ?? null})
    on conflict (organization_id, user_id, device_id) do update set session_id = excluded.session_id
    returning id, xmax = 0 as created`.execute(trx);
  const row = rows[0];
  if (row === undefined) throw new Error('the device has no row');
  if (row.created) {
    await sql`delete from devices where id in (
      select id from devices where organization_id = ${reporter.organizationId} and user_id = ${reporter.userId}
         and id <> ${row.id} order by reported_at desc, id offset ${DEVICES_OF_ONE_USER - 1})`.execute(trx);
  }
  return row.id;
}

/** The document that the device says it applied, where this organization has it. */
async function readApplied(
  trx: Trx,
  reporter: Reporter,
  { policy }: AgentReport,
): Promise<{ readonly policyId: string | null; readonly document: object } | null> {
  if (policy.id === null) return policy.seq === null ? null : { policyId: null, document: {} };
  if (!UUID.test(policy.id) || policy.revision === null || policy.revision > 2 ** 31 - 1) return null;
  const row = await trx
    .selectFrom('policy_revisions as r')
    .innerJoin('policies as p', 'p.id', 'r.policy_id')
    .where('p.organization_id', '=', reporter.organizationId)
    .where('r.policy_id', '=', policy.id)
    .where('r.revision', '=', policy.revision)
    .select(['r.policy_id', 'r.document'])
    .executeTakeFirst();
  return row === undefined ? null : { policyId: row.policy_id, document: row.document };
}

interface Grant {
  readonly id: string;
  readonly setting: string;
  readonly value: Json;
  readonly used_at: Date | null;
}

/** Of the overrides that the report names, those that were ever granted to this member. */
async function readGrants(trx: Trx, reporter: Reporter, ids: readonly string[]): Promise<readonly Grant[]> {
  const known = ids.filter((id) => UUID.test(id));
  if (known.length === 0) return [];
  return trx
    .selectFrom('overrides')
    .where('organization_id', '=', reporter.organizationId)
    .where('user_id', '=', reporter.userId)
    .where('id', 'in', known)
    .select(['id', 'setting', 'value', 'used_at'])
    .execute();
}

/** False: this very report was kept before. */
async function insertReport(
  trx: Trx,
  device: string,
  report: AgentReport,
  facts: { readonly policyId: string | null; readonly state: HashState },
  at: Date,
): Promise<boolean> {
  const inserted = await trx
    .insertInto('device_reports')
    .values({
      device,
      report_id: report.reportId,
      received_at: at,
      device_time: report.at,
      reason: report.reason,
      policy_id: facts.policyId,
      revision: facts.policyId === null ? null : report.policy.revision,
      seq: report.policy.seq,
      hash_state: facts.state,
      errors: errorsOf(report),
      drift: report.drift.length + report.driftDropped,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('device')
    .executeTakeFirst();
  return inserted !== undefined;
}

async function updateDevice(
  trx: Trx,
  device: string,
  report: AgentReport,
  facts: { readonly policyId: string | null; readonly state: HashState; readonly grants: readonly Grant[] },
  at: Date,
): Promise<void> {
  const { drift: _drift, managedHash: _hash, ...kept } = report;
  await trx
    .updateTable('devices')
    .set({
      reported_name: report.deviceName,
      platform: report.platform,
      os_version: report.osVersion,
      agent_version: report.agentVersion,
      reported_at: at,
      device_time: report.at,
      policy_id: facts.policyId,
      revision: facts.policyId === null ? null : report.policy.revision,
      seq: report.policy.seq,
      fetched_seq: report.fetchedSeq,
      fetched_at: report.policy.fetchedAt,
      applied_at: report.policy.appliedAt,
      hash_state: facts.state,
      override_ids: facts.grants.map(({ id }) => id),
      frozen: report.frozen,
      refused: stillRefused(report) ?? report.refused?.reason ?? null,
      errors: errorsOf(report),
      report: JSON.stringify(kept),
    })
    .where('id', '=', device)
    .execute();
}

/**
 * Why bundles are refused as of this report. A device tells of a refusal once; as long as it lasts it is among the
 * problems of every report, whatever that one is about.
 */
function stillRefused({ problems }: AgentReport): BundleRefusal | undefined {
  const codes = problems.flatMap(({ source, severity, code }) =>
    source === 'organization-policy' && severity === 'error' ? [code] : [],
  );
  return BUNDLE_REFUSALS.find((reason) => codes.includes(reason));
}

function errorsOf(report: AgentReport): number {
  return report.problems.filter(({ severity }) => severity === 'error').length;
}

async function insertDrift(trx: Trx, device: string, report: AgentReport, at: Date): Promise<void> {
  if (report.drift.length === 0) return;
  const locked = new Set(report.settings.filter((each) => each.locked).map(({ id }) => id));
  await trx
    .insertInto('device_drift')
    .values(
      report.drift.map((each) => ({
        device,
        received_at: at,
        at: each.at,
        kind: each.kind,
        setting: each.setting,
        file: each.file ?? null,
        wrong: shown(each, 'wrong', locked),
        right_value: shown(each, 'right', locked),
      })),
    )
    .execute();
}

/** Only of a locked setting, user-info masked; a user's own values are nobody's business. */
function shown(drift: ReportedDrift, which: 'wrong' | 'right', locked: ReadonlySet<string>): string | null {
  const value = drift[which];
  if (value === undefined || drift.setting === null || !locked.has(drift.setting)) return null;
  return holdsUnstorable(value) ? null : JSON.stringify(maskValue(value as Json));
}

/** The first report that an override is in force is its use. */
async function recordFirstUse(
  trx: Trx,
  context: ChangeContext,
  reporter: Reporter,
  grants: readonly Grant[],
): Promise<void> {
  for (const grant of grants) {
    if (grant.used_at !== null) continue;
    await trx.updateTable('overrides').set({ used_at: context.at }).where('id', '=', grant.id).execute();
    await recordChange(trx, context, {
      organizationId: reporter.organizationId,
      action: 'override.use',
      target: { kind: 'override', id: grant.id, label: `${grant.setting} for ${reporter.email}` },
    });
  }
}
