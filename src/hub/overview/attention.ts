import { sql } from 'kysely';
import type { Attention } from '../../shared/contracts/hub-overview.ts';
import { listConnections } from '../connections/connection-service.ts';
import type { Reader } from '../database/connection.ts';

/** Failures and refusals count for a day: what went well since then is forgotten. */
const RECENT_MS = 86_400_000;
const DRIFT_MS = 7 * RECENT_MS;

/** Where it is looked. */
export interface AttentionPlace {
  readonly organizationId: string;
  readonly publicUrl: string;
  readonly at: Date;
}

/** What of the devices needs somebody. */
export async function deviceAttention(
  db: Reader,
  { organizationId, at }: AttentionPlace,
): Promise<readonly Attention[]> {
  const drifted = new Date(at.getTime() - DRIFT_MS);
  const { rows } = await sql<{ broken: number; refused: number; drifting: number }>`
    select count(*) filter (where errors > 0 or frozen is not null) as broken,
           count(*) filter (where refused is not null) as refused,
           count(*) filter (where exists (select 1 from device_drift r
             where r.device = d.id and r.received_at > ${drifted} and r.setting is not null)) as drifting
      from devices d where organization_id = ${organizationId}`.execute(db);
  const { broken = 0, refused = 0, drifting = 0 } = rows[0] ?? {};
  const some = [
    { kind: 'broken_files', severity: 'error', count: broken },
    { kind: 'refused_bundles', severity: 'error', count: refused },
    { kind: 'drifting', severity: 'warning', count: drifting },
  ] as const;
  return some.filter(({ count }) => count > 0).map((each) => ({ ...each, name: '', id: null, detail: '' }));
}

/** What of sign-in, provisioning and domains needs an owner. */
export async function identityAttention(db: Reader, place: AttentionPlace): Promise<readonly Attention[]> {
  const [certificates, failures, domains] = await Promise.all([
    certificateAttention(db, place),
    failureAttention(db, place),
    domainAttention(db, place),
  ]);
  return [...certificates, ...failures, ...domains];
}

async function certificateAttention(
  db: Reader,
  { organizationId, publicUrl, at }: AttentionPlace,
): Promise<readonly Attention[]> {
  const connections = await listConnections(db, { publicUrl, now: at.getTime() }, organizationId);
  return connections.flatMap(({ id, name, warnings }) =>
    warnings.flatMap(({ code, message }): readonly Attention[] => {
      if (code !== 'certificate_expiring' && code !== 'certificate_expired') return [];
      const severity = code === 'certificate_expired' ? 'error' : 'warning';
      return [{ kind: code, severity, name, id, count: 1, detail: message }];
    }),
  );
}

async function failureAttention(
  db: Reader,
  { organizationId, at }: AttentionPlace,
): Promise<readonly Attention[]> {
  const since = new Date(at.getTime() - RECENT_MS);
  const { rows } = await sql<{
    id: string;
    name: string;
    kind: 'scim_failing' | 'sign_in_failing';
    count: number;
    detail: string;
  }>`
    select c.id, c.name, 'scim_failing' as kind, sum(r.times)::bigint as count,
           (array_agg(r.detail order by r.id desc))[1] as detail
      from scim_refusals r join connections c on c.id = r.connection_id
     where c.organization_id = ${organizationId} and r.at > ${since} group by c.id, c.name
    union all
    select c.id, c.name, 'sign_in_failing', count(*), (array_agg(f.detail order by f.id desc))[1]
      from connection_failures f join connections c on c.id = f.connection_id
     where c.organization_id = ${organizationId} and f.at > ${since} group by c.id, c.name
     order by name`.execute(db);
  return rows.map((row) => ({ ...row, severity: 'warning' as const }));
}

async function domainAttention(
  db: Reader,
  { organizationId }: AttentionPlace,
): Promise<readonly Attention[]> {
  const rows = await db
    .selectFrom('domains')
    .select(['id', 'name'])
    .where('organization_id', '=', organizationId)
    .where('failing_since', 'is not', null)
    .orderBy('name')
    .execute();
  return rows.map((row) => ({
    ...row,
    ...{ kind: 'domain_failing' as const, severity: 'warning' as const, count: 1, detail: '' },
  }));
}
