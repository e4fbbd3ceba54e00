import type { Reader } from '../database/connection.ts';
import { ScimError } from './scim-error.ts';
import type { ScimConnection } from './tokens.ts';

/** An organization that a connection may provision into. */
export interface AllowedOrganization {
  readonly id: string;
  readonly name: string;
}

/**
 * The connection's own organization and those whose owner accepted it (docs/identity.md section 2). Names are
 * compared exactly.
 */
export async function allowedOrganization(
  reader: Reader,
  connection: ScimConnection,
  name: string,
): Promise<AllowedOrganization> {
  if (name === connection.organizationName) return { id: connection.organizationId, name };
  const found = await reader
    .selectFrom('connection_organizations as co')
    .innerJoin('organizations as o', 'o.id', 'co.organization_id')
    .where('co.connection_id', '=', connection.id)
    .where('o.name', '=', name)
    .select(['o.id', 'o.name'])
    .executeTakeFirst();
  if (found !== undefined) return found;
  throw new ScimError(
    400,
    `organization_not_allowed: this connection may not provision into "${name}". It may into "${connection.organizationName}", and into every organization whose owner has accepted it.`,
    'invalidValue',
  );
}

/** Refuses what was placed in an organization that has withdrawn its acceptance since. */
export async function requireAllowed(
  reader: Reader,
  connection: ScimConnection,
  organizationId: string,
): Promise<void> {
  if (organizationId === connection.organizationId) return;
  const { name } = await reader
    .selectFrom('organizations')
    .select('name')
    .where('id', '=', organizationId)
    .executeTakeFirstOrThrow();
  await allowedOrganization(reader, connection, name);
}

// Neither blanks nor what nobody sees: two names that look alike must not be two people.
const ADDRESS = /^[^@\s\p{C}]+@[^@\s\p{C}]+$/u;

/** Refuses a userName that is not an e-mail address, or one that could be spelled in two ways that look alike. */
export function requireAddress(userName: string): void {
  if (userName.normalize('NFC') !== userName) {
    throw new ScimError(
      400,
      `userName "${userName.slice(0, 100)}" has letters and their accents apart, which looks like another address; send it composed (Unicode NFC).`,
      'invalidValue',
    );
  }
  if (!ADDRESS.test(userName) || userName.length > 254) {
    throw new ScimError(
      400,
      `userName must be an e-mail address; "${userName.slice(0, 100)}" is not one.`,
      'invalidValue',
    );
  }
}

/** Whether the domain is among those that an owner limited the connection to, if any. */
export function serves({ domains }: Pick<ScimConnection, 'domains'>, domain: string): boolean {
  return domains.length === 0 || domains.includes(domain.toLowerCase());
}

/** Refuses an address outside the domains that are verified for the connection's organization and that it serves. */
export async function requireVerifiedDomain(
  reader: Reader,
  connection: ScimConnection,
  userName: string,
): Promise<void> {
  requireAddress(userName);
  const domain = userName.slice(userName.lastIndexOf('@') + 1).toLowerCase();
  if (!serves(connection, domain)) {
    throw new ScimError(
      400,
      `The connection ${connection.name} does not serve the domain "${domain}"; it serves ${connection.domains.join(', ')}. An owner changes that in the Admin Console, at the connection.`,
      'invalidValue',
    );
  }
  const verified = await reader
    .selectFrom('domains')
    .select('id')
    .where('organization_id', '=', connection.organizationId)
    .where('name', '=', domain)
    .where('verified_at', 'is not', null)
    .executeTakeFirst();
  if (verified !== undefined) return;
  throw new ScimError(
    400,
    `The domain "${domain}" is not verified for ${connection.organizationName}. Verify it in the Admin Console, then provision again.`,
    'invalidValue',
  );
}
