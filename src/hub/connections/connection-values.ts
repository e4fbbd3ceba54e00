import type { Insertable } from 'kysely';
import type { ConnectionChange } from '../../shared/contracts/hub-sso.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Editable } from '../audit/made-from.ts';
import type { ConnectionRow } from './connection-view.ts';
import { type ConnectionSettings, oidcSettings, readSettings, samlSettings } from './settings.ts';
import type { ConnectionsTable } from './tables.ts';

/** What an owner edits of a connection; of the secret only whether there is one. */
export function editedOf(row: ConnectionRow): Editable {
  return {
    name: row.name,
    domains: [...row.domain_names],
    defaultTeam: row.default_team,
    switches: [row.jit_enabled, row.scim_enabled, row.scim_wins, row.scim_adopts_jit, row.enforced],
    settings: JSON.stringify(readSettings(row.settings)),
    hasSecret: row.sealed_secret !== null,
  };
}

/** What metadata says, over what stands: it switches no signature off. */
export function keepingSignatures(before: ConnectionRow, settings: ConnectionSettings): ConnectionSettings {
  const stood = readSettings(before.settings);
  if (settings.kind !== 'saml' || stood?.kind !== 'saml') return settings;
  return {
    ...settings,
    wantResponseSigned: settings.wantResponseSigned || stood.wantResponseSigned,
    signRequests: settings.signRequests || stood.signRequests,
  };
}

/** The settings that a change comes to; `null`: it changes none. Refuses those of another kind. */
export function settingsOf(
  kind: 'saml' | 'oidc',
  wanted: Pick<ConnectionChange, 'saml' | 'oidc'>,
  stood: ConnectionSettings | null = null,
): ConnectionSettings | null {
  if (kind === 'saml' ? wanted.oidc !== undefined : wanted.saml !== undefined) throw wrongKind(kind);
  if (wanted.saml !== undefined) {
    const { wantResponseSigned, signRequests } = { ...(stood?.kind === 'saml' ? stood : {}), ...wanted.saml };
    return samlSettings({ ...wanted.saml, wantResponseSigned, signRequests });
  }
  return wanted.oidc === undefined ? null : oidcSettings(wanted.oidc);
}

/** The columns that a change names. */
export function columnsOf(change: ConnectionChange): Partial<Insertable<ConnectionsTable>> {
  return {
    ...(change.domains === undefined
      ? {}
      : { domain_names: [...new Set(change.domains.map((each) => each.toLowerCase().replace(/\.$/, '')))] }),
    ...(change.jit === undefined ? {} : { jit_enabled: change.jit }),
    ...(change.scim === undefined ? {} : { scim_enabled: change.scim }),
    ...(change.scimWins === undefined ? {} : { scim_wins: change.scimWins }),
    ...(change.scimAdopts === undefined ? {} : { scim_adopts_jit: change.scimAdopts }),
    ...(change.enforced === undefined ? {} : { enforced: change.enforced }),
  };
}

/** Asking for single sign-on where there is none would lock everybody out. */
export function refuseHollowEnforcement(row: ConnectionRow): void {
  if (!row.enforced || readSettings(row.settings) !== null) return;
  throw new RefusalError({
    code: 'invalid_value',
    message: 'Single sign-on cannot be required before the connection is set up: nobody could sign in.',
    help: 'Enter the values of the identity provider and test the connection first.',
  });
}

/** The refusal of values that are of another kind than the connection. */
export function wrongKind(kind: 'saml' | 'oidc'): RefusalError {
  return new RefusalError({
    code: 'invalid_value',
    message: `This connection is of the kind ${kind}; the values are of another.`,
    help: 'To change the kind, delete the connection and make a new one.',
  });
}
