import type { Selectable } from 'kysely';
import type { Connection } from '../../shared/contracts/hub-sso.ts';
import type { Reader } from '../database/connection.ts';
import { certificateFacts } from './certificates.ts';
import { type ConnectionSettings, readSettings } from './settings.ts';
import type { ConnectionsTable } from './tables.ts';

export type ConnectionRow = Selectable<ConnectionsTable>;

/** Addresses of the hub that an identity provider is given; each connection has its own. */
export function connectionAddresses(publicUrl: string, id: string) {
  const base = `${publicUrl}/sso/${id}`;
  return {
    entityId: base,
    acsUrl: `${base}/acs`,
    metadataUrl: `${base}/metadata`,
    certificateUrl: `${base}/certificate.pem`,
    redirectUri: `${base}/callback`,
  };
}

/** Connections as owners see them. */
export async function viewConnections(
  reader: Reader,
  where: { readonly publicUrl: string; readonly now: number },
  rows: readonly ConnectionRow[],
): Promise<Connection[]> {
  if (rows.length === 0) return [];
  const domains = await reader
    .selectFrom('domains')
    .select(['organization_id', 'name'])
    .where('organization_id', 'in', [...new Set(rows.map((row) => row.organization_id))])
    .where('verified_at', 'is not', null)
    .execute();
  return rows.map((row) =>
    view(
      row,
      where,
      domains.filter((each) => each.organization_id === row.organization_id).map((each) => each.name),
    ),
  );
}

function view(
  row: ConnectionRow,
  { publicUrl, now }: { readonly publicUrl: string; readonly now: number },
  verified: readonly string[],
): Connection {
  const settings = readSettings(row.settings);
  const addresses = connectionAddresses(publicUrl, row.id);
  const saml = row.kind === 'saml';
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    ready: settings !== null,
    domains: row.domain_names,
    defaultTeam: row.default_team,
    jit: row.jit_enabled,
    scim: row.scim_enabled,
    scimWins: row.scim_wins,
    scimAdopts: row.scim_adopts_jit,
    enforced: row.enforced,
    saml:
      settings?.kind === 'saml'
        ? {
            idpEntityId: settings.idpEntityId,
            signInUrl: settings.signInUrl,
            certificates: settings.certificates.map((pem) => certificateFacts(pem, now)),
            wantResponseSigned: settings.wantResponseSigned,
            signRequests: settings.signRequests,
          }
        : null,
    oidc:
      settings?.kind === 'oidc'
        ? { issuer: settings.issuer, clientId: settings.clientId, hasSecret: row.sealed_secret !== null }
        : null,
    setUp: {
      entityId: saml ? addresses.entityId : null,
      acsUrl: saml ? addresses.acsUrl : null,
      metadataUrl: saml ? addresses.metadataUrl : null,
      certificateUrl: saml ? addresses.certificateUrl : null,
      redirectUri: saml ? null : addresses.redirectUri,
    },
    warnings: warningsOf(row, settings, verified, now),
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

function warningsOf(
  row: ConnectionRow,
  settings: ConnectionSettings | null,
  verified: readonly string[],
  now: number,
): Connection['warnings'] {
  const warnings: Connection['warnings'] = [];
  const warn = (code: string, message: string) => warnings.push({ code, message });
  if (settings === null)
    warn('not_set_up', 'Nobody can sign in with it yet: the identity provider is not set up.');
  if (verified.length === 0)
    warn('no_domain', 'The organization has no verified domain, so nobody is sent to it.');
  for (const name of row.domain_names.filter((each) => !verified.includes(each)))
    warn('domain_not_verified', `${name} is not a verified domain of the organization; it is left out.`);
  if (settings?.kind === 'saml') {
    const facts = settings.certificates.map((pem) => certificateFacts(pem, now));
    for (const each of facts.filter(({ state }) => state === 'expiring'))
      warn(
        'certificate_expiring',
        `The certificate ${each.subject} ends on ${each.validTo.slice(0, 10)}. Add its successor beside it now.`,
      );
    for (const each of facts.filter(({ state }) => state === 'expired'))
      warn('certificate_expired', `The certificate ${each.subject} ended on ${each.validTo.slice(0, 10)}.`);
  }
  if (row.jit_enabled && row.scim_enabled && !row.scim_wins)
    warn(
      'jit_overwrites_scim',
      'Sign-in and SCIM both write. Let SCIM win, so that sign-in does not overwrite it.',
    );
  return warnings;
}
