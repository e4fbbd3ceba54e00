import { sql } from 'kysely';
import { agentReportSchema } from '../../shared/contracts/device-report.ts';
import type {
  Audience,
  SimulatedDevice,
  Simulation,
  SimulationRequest,
} from '../../shared/contracts/hub-simulation.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Layer, LayerSource } from '../../shared/policy/model.ts';
import { withOverrides } from '../../shared/policy/overrides.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { PLATFORMS, type Platform } from '../../shared/settings/setting.ts';
import type { Db } from '../database/connection.ts';
import { acceptDocument } from '../policies/document.ts';
import { readStoredPolicy } from '../policies/policy-list.ts';
import { type Received, readManyReceived } from '../policies/received.ts';
import '../reports/tables.ts';
import { compareOn, type Difference, differencesOf, type ReportedLayers } from './compare.ts';
import { pageOf } from './page-of.ts';

/**
 * What a draft would change for whom, by the engine of the devices (docs/delivery.md section 5). Nothing is saved. What
 * a device's own layers would do comes from its last report, which holds no values of choices or local files.
 */
export async function simulate(
  db: Db,
  organizationId: string,
  request: SimulationRequest,
): Promise<Simulation> {
  const policy =
    request.policyId === undefined ? null : await readStoredPolicy(db, organizationId, request.policyId);
  const isDraft = request.text !== undefined || request.document !== undefined;
  const document = isDraft ? acceptDocument(request).document : policy?.document;
  if (document === undefined) throw noDraft();
  const audience: Audience = request.audience ?? { kind: policy === null ? 'default' : 'policy' };
  const targets = await readTargets(db, organizationId, audience, request.policyId);
  const received = await readManyReceived(
    db,
    organizationId,
    targets.map(({ userId }) => userId),
  );
  const comparison = createComparison(document, audience, policy?.id ?? null);
  const byUser = new Map(received.map((each) => [each.userId, each]));
  const devices = await readDevices(
    db,
    organizationId,
    targets.map(({ userId }) => userId),
  );
  const rows: SimulatedDevice[] = [];
  for (const { userId, email } of targets) {
    const now = byUser.get(userId);
    if (now === undefined) continue;
    const own = devices.get(userId) ?? [];
    const user = { id: userId, email };
    if (own.length === 0) rows.push({ user, device: null, ...comparison.everywhere(now) });
    for (const { id, name, platform, report } of own) {
      rows.push({ user, device: { id, name, platform }, ...comparison.on(now, platform, report) });
    }
  }
  return { ...summary(rows), ...pageOf(rows, request) };
}

/**
 * Each pair of documents is resolved once for a platform, however many devices it concerns.
 *
 * @param policyId the policy that the draft is for: an override of it goes on under the draft, any other one ends.
 */
function createComparison(document: object, audience: Audience, policyId: string | null) {
  const layers = new Map<string, Layer>();
  const layerOf = (key: string, of: object, source: LayerSource): Layer => {
    const known = layers.get(`${key} ${source}`);
    if (known !== undefined) return known;
    const layer = readDocument(of, source, desktopCatalog);
    layers.set(`${key} ${source}`, layer);
    return layer;
  };
  const differences = new Map<string, Compared>();
  const compare = (now: Received, draft: Layer, platform: Platform): Compared => {
    if (now.policy === null) return { found: differencesOf(null, draft, platform), held: [] };
    const { id, revision, scope } = now.policy;
    const plain = layerOf(`${id} ${revision}`, now.document, sourceOf(scope));
    const before = withOverrides(plain, now.overrides, desktopCatalog);
    if (id !== policyId) return { found: differencesOf(before, draft, platform), held: [] };
    const after = withOverrides(draft, now.overrides, desktopCatalog);
    const found = differencesOf(before, after, platform);
    const changing = new Set(found.map((each) => each.id));
    const later = differencesOf(plain, draft, platform).filter((each) => !changing.has(each.id));
    return { found, held: later.map((each) => each.id) };
  };
  const between = (now: Received, platform: Platform) => {
    const draft = layerOf('draft', document, sourceOf(scopeOf(audience, now)));
    const { policy, overrides } = now;
    const key = JSON.stringify([
      ...[policy?.id, policy?.revision, policy?.scope, draft.source, platform],
      overrides.map(({ setting, value }) => [setting, value]),
    ]);
    const compared = differences.get(key) ?? compare(now, draft, platform);
    differences.set(key, compared);
    return { ...compared, draft };
  };
  const on = (now: Received, platform: Platform, report: ReportedLayers | null) => {
    const { found, held, draft } = between(now, platform);
    return compareOn(found, report, draft, { platform, overridden: held });
  };
  const everywhere = (now: Received) => {
    const changes = new Map<string, SimulatedDevice['changes'][number]>();
    for (const platform of PLATFORMS) {
      for (const change of on(now, platform, null).changes) changes.set(change.setting, change);
    }
    return { changes: [...changes.values()], overriddenChoices: [], obstacles: [] };
  };
  return { on, everywhere };
}

interface Compared {
  readonly found: readonly Difference[];
  /** What the draft changes only when an override that is in force ends. */
  readonly held: readonly string[];
}

function sourceOf(scope: 'user' | 'organization'): LayerSource {
  return scope === 'user' ? 'user-policy' : 'organization-policy';
}

function scopeOf(audience: Audience, now: Received): 'user' | 'organization' {
  switch (audience.kind) {
    case 'policy':
      return now.policy?.scope ?? 'organization';
    case 'default':
      return 'organization';
    case 'teams':
    case 'users':
      return 'user';
  }
}

interface Target {
  readonly userId: string;
  readonly email: string;
}

async function readTargets(
  db: Db,
  organizationId: string,
  audience: Audience,
  policyId: string | undefined,
): Promise<readonly Target[]> {
  const { rows } = await sql<Target>`
    select mp.user_id as "userId", u.email from member_policies mp join users u on u.id = mp.user_id
     where mp.organization_id = ${organizationId} and ${condition(audience, policyId)}
     order by lower(u.email)`.execute(db);
  return rows;
}

function condition(audience: Audience, policyId: string | undefined) {
  switch (audience.kind) {
    case 'policy':
      if (policyId === undefined) throw noDraft();
      return sql`mp.policy_id = ${policyId}`;
    case 'default':
      return sql`(mp.via is null or mp.via = 'default')`;
    case 'users':
      return sql`mp.user_id = any(${[...audience.userIds]}::uuid[])`;
    case 'teams':
      // A member's own policy beats their team's.
      return sql`mp.via is distinct from 'member' and exists (select 1 from team_members tm
        where tm.organization_id = mp.organization_id and tm.user_id = mp.user_id
          and tm.team_id = any(${[...audience.teamIds]}::uuid[]))`;
  }
}

interface KnownDevice {
  readonly id: string;
  readonly name: string;
  readonly platform: Platform;
  readonly report: ReportedLayers;
}

const reportedSchema = agentReportSchema.pick({
  settings: true,
  choices: true,
  local: true,
  profileOverrides: true,
  catalogVersion: true,
  frozen: true,
});

async function readDevices(
  db: Db,
  organizationId: string,
  userIds: readonly string[],
): Promise<ReadonlyMap<string, readonly KnownDevice[]>> {
  if (userIds.length === 0) return new Map();
  const { rows } = await sql<KnownDevice & { user_id: string; report: unknown }>`
    select d.id, d.user_id, coalesce(d.name, d.reported_name) as name, d.platform, d.report
      from devices d where d.organization_id = ${organizationId} and d.user_id = any(${[...userIds]}::uuid[])
     order by d.first_seen_at, d.id`.execute(db);
  const known = rows.map((row) => ({ ...row, report: reportedSchema.parse(row.report) }));
  return Map.groupBy(known, (row) => row.user_id);
}

function summary(rows: readonly SimulatedDevice[]): Pick<Simulation, 'totals' | 'settings'> {
  const changed = rows.filter(({ changes }) => changes.length > 0);
  const hindered = rows.filter(({ obstacles }) => obstacles.length > 0);
  const counts = new Map<string, number>();
  for (const { changes } of changed) {
    for (const { setting } of changes) counts.set(setting, (counts.get(setting) ?? 0) + 1);
  }
  const members = (list: readonly SimulatedDevice[]) => new Set(list.map(({ user }) => user.id)).size;
  const devices = (list: readonly SimulatedDevice[]) => list.filter(({ device }) => device !== null).length;
  return {
    totals: {
      members: members(rows),
      devices: devices(rows),
      membersChanged: members(changed),
      devicesChanged: devices(changed),
      choicesOverridden: rows.reduce((sum, { overriddenChoices }) => sum + overriddenChoices.length, 0),
      devicesHindered: devices(hindered),
    },
    settings: [...counts]
      .map(([setting, count]) => ({ setting, count }))
      .sort((a, b) => b.count - a.count || (a.setting < b.setting ? -1 : 1)),
  };
}

function noDraft(): RefusalError {
  return new RefusalError({
    code: 'bad_request',
    message: 'There is nothing to simulate.',
    help: 'Send a draft as text or document, or the id of a policy.',
  });
}
