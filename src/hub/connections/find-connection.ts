import type { Reader } from '../database/connection.ts';
import { type ConnectionSettings, readSettings } from './settings.ts';

/** A connection as signing in needs it. */
export interface SsoConnection {
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly settings: ConnectionSettings;
  readonly sealedSecret: Buffer | null;
  /** Verified domains that it serves; empty: all of the organization. */
  readonly domains: readonly string[];
  readonly defaultTeam: string | null;
  readonly jit: boolean;
  readonly scimWins: boolean;
  readonly enforced: boolean;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The connection of that id; `null` when there is none or it is not set up. */
export async function findConnection(reader: Reader, id: string): Promise<SsoConnection | null> {
  if (!UUID.test(id)) return null;
  const row = await selectConnections(reader).where('c.id', '=', id).executeTakeFirst();
  return row === undefined ? null : toConnection(row);
}

/**
 * The connections that sign in the address's domain: those of the one organization that has verified it. Empty: the
 * address signs in locally.
 */
export async function connectionsOfAddress(reader: Reader, email: string): Promise<readonly SsoConnection[]> {
  const domain = domainOf(email);
  if (domain === null) return [];
  const rows = await selectConnections(reader)
    .innerJoin('domains as d', 'd.organization_id', 'c.organization_id')
    .where('d.name', '=', domain)
    .where('d.verified_at', 'is not', null)
    .orderBy('c.created_at')
    .execute();
  return rows
    .map(toConnection)
    .filter((each) => each !== null)
    .filter((each) => each.domains.length === 0 || each.domains.includes(domain));
}

/** Whether a connection may sign this address in: its domain is verified for the organization, and served. */
export async function servesAddress(
  reader: Reader,
  connection: SsoConnection,
  email: string,
): Promise<boolean> {
  const domain = domainOf(email);
  if (domain === null || (connection.domains.length > 0 && !connection.domains.includes(domain)))
    return false;
  const verified = await reader
    .selectFrom('domains')
    .select('id')
    .where('organization_id', '=', connection.organizationId)
    .where('name', '=', domain)
    .where('verified_at', 'is not', null)
    .executeTakeFirst();
  return verified !== undefined;
}

/** Whether the address must sign in by its identity provider: its local password is refused then. */
export async function requiresSso(reader: Reader, email: string): Promise<boolean> {
  return (await connectionsOfAddress(reader, email)).some(({ enforced }) => enforced);
}

function domainOf(email: string): string | null {
  const at = email.lastIndexOf('@');
  if (at < 1 || email.includes('\0')) return null;
  return email
    .slice(at + 1)
    .toLowerCase()
    .replace(/\.$/, '');
}

function selectConnections(reader: Reader) {
  return reader
    .selectFrom('connections as c')
    .innerJoin('organizations as o', 'o.id', 'c.organization_id')
    .select([
      'c.id',
      'c.name',
      'c.organization_id',
      'o.name as organization_name',
      'c.settings',
      'c.sealed_secret',
      'c.domain_names',
      'c.default_team',
      'c.jit_enabled',
      'c.scim_wins',
      'c.enforced',
    ]);
}

type Row = Awaited<ReturnType<ReturnType<typeof selectConnections>['executeTakeFirstOrThrow']>>;

function toConnection(row: Row): SsoConnection | null {
  const settings = readSettings(row.settings);
  if (settings === null) return null;
  return {
    id: row.id,
    name: row.name,
    organizationId: row.organization_id,
    organizationName: row.organization_name,
    settings,
    sealedSecret: row.sealed_secret,
    domains: row.domain_names,
    defaultTeam: row.default_team,
    jit: row.jit_enabled,
    scimWins: row.scim_wins,
    enforced: row.enforced,
  };
}
