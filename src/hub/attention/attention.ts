import { sql } from 'kysely';
import type { Attention } from '../../shared/contracts/hub-attention.ts';
import { listConnections } from '../connections/connection-service.ts';
import type { Reader } from '../database/connection.ts';
import { listDomains } from '../domains/domain-service.ts';

/** For so long a refusal of SCIM is worth a look. */
const DAY_MS = 24 * 3_600_000;

/** Standing warnings of an organization: domains first, then connections, then what SCIM was refused lately. */
export async function readAttention(
  reader: Reader,
  where: { readonly organizationId: string; readonly publicUrl: string; readonly now: number },
): Promise<Attention> {
  const { organizationId, publicUrl, now } = where;
  return {
    items: [
      ...(await failingDomains(reader, organizationId)),
      ...(await connectionWarnings(reader, { publicUrl, now }, organizationId)),
      ...(await refusedProvisioning(reader, organizationId, new Date(now - DAY_MS))),
    ],
  };
}

type Items = Attention['items'];

async function failingDomains(reader: Reader, organizationId: string): Promise<Items> {
  const domains = await listDomains(reader, organizationId);
  return domains
    .filter(({ state }) => state === 'failing')
    .map(({ id, name, failingSince, record }) => ({
      code: 'domain_failing',
      about: { kind: 'domain', id, name },
      message: `The DNS record that proves ${name} was not found.`,
      help: `Add the TXT record ${record.value} again, or give the domain up. Until then it stays verified, unless another organization proves it.`,
      since: failingSince,
    }));
}

async function connectionWarnings(
  reader: Reader,
  at: { readonly publicUrl: string; readonly now: number },
  organizationId: string,
): Promise<Items> {
  const connections = await listConnections(reader, at, organizationId);
  return connections.flatMap(({ id, name, warnings }) =>
    warnings.map(({ code, message }) => ({
      code,
      about: { kind: 'connection' as const, id, name },
      message: `${name}: ${message}`,
      help: 'Look at the connection.',
      since: null,
    })),
  );
}

async function refusedProvisioning(reader: Reader, organizationId: string, since: Date): Promise<Items> {
  const { rows } = await sql<{ id: string; name: string; times: number; first: Date; detail: string }>`
    select c.id, c.name, sum(r.times) as times, min(r.at) as first,
           (array_agg(r.detail order by r.id desc))[1] as detail
      from connections c join scim_refusals r on r.connection_id = c.id
     where c.organization_id = ${organizationId} and r.at >= ${since}
     group by c.id, c.name order by lower(c.name)`.execute(reader);
  return rows.map(({ id, name, times, first, detail }) => ({
    code: 'scim_refused',
    about: { kind: 'connection', id, name },
    message: `${name}: SCIM refused ${times} ${times === 1 ? 'request' : 'requests'} in the last day, at last: ${detail}`,
    help: 'The provisioning log of the connection has all of them.',
    since: first.toISOString(),
  }));
}
