import { sql } from 'kysely';
import type { Attention, AttentionItem } from '../../shared/contracts/hub-attention.ts';
import { listConnections } from '../connections/connection-service.ts';
import type { Reader } from '../database/connection.ts';
import { listDomains } from '../domains/domain-list.ts';
import { deviceAttention } from './device-attention.ts';
import { ownerAttention } from './owner-attention.ts';

/** Failures and refusals are worth a look for a day. */
const DAY_MS = 24 * 3_600_000;

/** Where it is looked. */
export interface AttentionPlace {
  readonly organizationId: string;
  readonly publicUrl: string;
  readonly at: Date;
}

type Items = readonly AttentionItem[];

/** What to do about the warnings of a connection, by code. */
const HELP_OF_WARNINGS: Readonly<Record<string, string>> = {
  not_set_up: 'Enter the values of the identity provider, or remove the connection.',
  no_domain: 'Verify a domain of the organization.',
  domain_not_verified: 'Verify the domain, or take it from the connection.',
  certificate_expiring:
    'Import the metadata of the identity provider again, or add the new certificate by hand.',
  certificate_expired:
    'Until the identity provider’s new certificate is entered, sign-ins signed with it are refused.',
  jit_overwrites_scim: 'Switch on that SCIM wins over sign-in, or switch off accounts at sign-in.',
};

/**
 * Standing warnings of an organization, errors before warnings; within them owners without a second factor first,
 * then domains, connections and devices. Editors are told of devices only.
 */
export async function readAttention(
  reader: Reader,
  place: AttentionPlace,
  sees: 'everything' | 'devices',
): Promise<Attention> {
  const since = new Date(place.at.getTime() - DAY_MS);
  const items = [
    ...(sees === 'everything' ? await ownerAttention(reader, place.organizationId) : []),
    ...(sees === 'everything' ? await failingDomains(reader, place.organizationId) : []),
    ...(sees === 'everything' ? await connectionWarnings(reader, place) : []),
    ...(sees === 'everything' ? await failuresSince(reader, place.organizationId, since) : []),
    ...(await deviceAttention(reader, place)),
  ];
  const ranked = (severity: AttentionItem['severity']) => items.filter((item) => item.severity === severity);
  return { items: [...ranked('error'), ...ranked('warning')] };
}

async function failingDomains(reader: Reader, organizationId: string): Promise<Items> {
  const { domains } = await listDomains(reader, organizationId, { state: 'failing' });
  return domains.map(({ id, name, failingSince, record }) => ({
    code: 'domain_failing',
    severity: 'warning',
    about: { kind: 'domain', id, name },
    count: 1,
    message: `The DNS record that proves ${name} was not found.`,
    help: `Add the TXT record ${record.value} again, or give the domain up. Until then it stays verified, unless another organization proves it.`,
    since: failingSince,
  }));
}

async function connectionWarnings(
  reader: Reader,
  { organizationId, publicUrl, at }: AttentionPlace,
): Promise<Items> {
  const { connections } = await listConnections(reader, { publicUrl, now: at.getTime() }, organizationId);
  return connections.flatMap(({ id, name, warnings }) =>
    warnings.map(
      ({ code, message }): AttentionItem => ({
        code,
        severity: code === 'certificate_expired' ? 'error' : 'warning',
        about: { kind: 'connection', id, name },
        count: 1,
        message: `${name}: ${message}`,
        help: HELP_OF_WARNINGS[code] ?? 'The page of the connection says more.',
        since: null,
      }),
    ),
  );
}

interface Failures {
  readonly id: string;
  readonly name: string;
  readonly code: 'scim_refused' | 'sign_in_failing';
  readonly count: number;
  readonly first: Date;
  readonly detail: string;
}

async function failuresSince(reader: Reader, organizationId: string, since: Date): Promise<Items> {
  const { rows } = await sql<Failures>`
    select c.id, c.name, 'scim_refused' as code, sum(r.times)::int as count, min(r.at) as first,
           (array_agg(r.detail order by r.id desc))[1] as detail
      from connections c join scim_refusals r on r.connection_id = c.id
     where c.organization_id = ${organizationId} and r.at >= ${since} group by c.id, c.name
    union all
    select c.id, c.name, 'sign_in_failing', count(*)::int, min(f.at), (array_agg(f.detail order by f.id desc))[1]
      from connections c join connection_failures f on f.connection_id = c.id
     where c.organization_id = ${organizationId} and f.at >= ${since} group by c.id, c.name
     order by name, code`.execute(reader);
  return rows.map(({ id, name, code, count, first, detail }) => ({
    code,
    severity: 'warning',
    about: { kind: 'connection', id, name },
    count,
    message:
      code === 'scim_refused'
        ? `${name}: SCIM refused ${counted(count, 'request')} in the last day, at last: ${detail}`
        : `${name}: ${counted(count, 'sign-in')} failed in the last day, at last: ${detail}`,
    help:
      code === 'scim_refused'
        ? 'The provisioning log of the connection has all of them.'
        : 'The error log of the connection has all of them.',
    since: first.toISOString(),
  }));
}

/** "1 request", "3 requests" */
function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
