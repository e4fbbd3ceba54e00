import { sql } from 'kysely';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import { type SsoConnection, servesAddress } from '../connections/find-connection.ts';
import type { Db, Trx } from '../database/connection.ts';
import { type ProvedPerson, provedBy } from '../identity/proved-person.ts';
import { ensureAccount, findAccount } from '../organizations/accounts.ts';
import { revokeCredentials } from '../organizations/link-account.ts';
import { lockOrganization } from '../policies/recipients.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import type { AssertedIdentity, SsoFailure } from '../sso/asserted-identity.ts';
import type { SsoNotice } from '../sso/sso-requests.ts';
import '../sso/tables.ts';
import { acceptInvitation } from './invitations.ts';
import { placeByGroups, placeNewcomer, type Scope } from './placement.ts';
import { shownToScim, standingInScim } from './scim-standing.ts';

/** Whose account it is now; `notices` are what of the answer was left out. */
export type SignInOutcome =
  | ({ readonly kind: 'ok'; readonly notices: readonly SsoNotice[] } & ProvedPerson)
  | { readonly kind: 'refused'; readonly failure: SsoFailure };

/** Rolls back what a refused sign-in began. */
class Refused extends Error {
  readonly failure: SsoFailure;
  constructor(failure: SsoFailure) {
    super(failure.detail);
    this.failure = failure;
  }
}

/**
 * Signs a person in whom an identity provider vouches for: finds, links or makes the account, and places it
 * (docs/identity.md section 3). One transaction: a refused sign-in leaves nothing behind.
 */
export async function signInByConnection(
  options: { readonly db: Db; readonly secret: HubSecret; readonly at: Date; readonly sourceAddress: string },
  connection: SsoConnection,
  identity: AssertedIdentity,
): Promise<SignInOutcome> {
  const { db, secret, at, sourceAddress } = options;
  const context: ChangeContext = {
    actor: { kind: 'system', name: `sign-in by ${connection.name}` },
    sourceAddress,
    at,
  };
  try {
    return await db.transaction().execute(async (trx) => {
      const scope = await lockScope(trx, connection);
      const { account, linked } = await link(trx, { connection, identity, secret, context });
      const notices: SsoNotice[] = [];
      if (connection.jit) {
        await provision(trx, { connection, identity, context, scope, account, newcomer: linked, notices });
      } else await admit(trx, { connection, context, account });
      return { kind: 'ok' as const, ...(await provedBy(trx, account.id)), notices };
    });
  } catch (error) {
    if (error instanceof Refused)
      return { kind: 'refused', failure: { ...error.failure, email: identity.email } };
    throw error;
  }
}

// Organizations in one order and nothing before them, as SCIM and owners do: none can wait for the other in a ring.
// The connection itself is not locked: with its organization taken, nobody else changes it.
async function lockScope(trx: Trx, connection: SsoConnection): Promise<Scope> {
  const own = { id: connection.organizationId, name: connection.organizationName };
  const before = await acceptingOrganizations(trx, connection);
  const taken = new Set([own, ...before].map((each) => each.id));
  for (const id of [...taken].sort()) await lockOrganization(trx, id);
  // Read again: one may have withdrawn, another have joined, while the locks were waited for.
  const accepted = (await acceptingOrganizations(trx, connection)).filter(({ id }) => taken.has(id));
  return { own, byName: new Map([own, ...accepted].map((each) => [each.name, each.id])) };
}

function acceptingOrganizations(trx: Trx, connection: SsoConnection) {
  return trx
    .selectFrom('connection_organizations as co')
    .innerJoin('organizations as o', 'o.id', 'co.organization_id')
    .where('co.connection_id', '=', connection.id)
    .select(['o.id', 'o.name'])
    .execute();
}

interface Found {
  readonly account: { readonly id: string; readonly email: string; readonly name: string };
  /** The first time that this connection vouches for the account. */
  readonly linked: boolean;
}

async function link(
  trx: Trx,
  given: {
    readonly connection: SsoConnection;
    readonly identity: AssertedIdentity;
    readonly secret: HubSecret;
    readonly context: ChangeContext;
  },
): Promise<Found> {
  const { connection, identity, secret, context } = given;
  await requireServed(trx, connection, identity.email);
  const key = {
    connection_id: connection.id,
    issuer: identity.issuer,
    subject_hash: secret.digest('sso-subject', identity.subject),
  };
  const known = await findKnown(trx, connection, identity, { key, at: context.at });
  const present = known ?? (await findAccount(trx, identity.email));
  if (present !== undefined) {
    if (present.disabled_at !== null)
      throw new Refused({ class: 'deactivated', detail: `The account of ${present.email} is disabled.` });
    // The subject may have another address by now; the account's own must be theirs to vouch for as well.
    await requireServed(trx, connection, present.email);
    await refuseDeactivated(trx, connection, present);
  }
  const name = fullName(identity);
  const account = present ?? (await makeAccount(trx, identity, context));
  if (present !== undefined) await updateName(trx, connection, context, present, name);
  if (known !== undefined) return { account, linked: false };
  if (present !== undefined) await revokeCredentials(trx, context, account.id);
  await trx
    .insertInto('sso_identities')
    .values({ ...key, user_id: account.id, created_at: context.at, last_used_at: context.at })
    .execute();
  await recordChange(trx, context, {
    organizationId: connection.organizationId,
    action: present === undefined ? 'account.create' : 'account.link',
    target: { kind: 'user', id: account.id, label: account.email },
    after: { connection: connection.name, issuer: identity.issuer },
  });
  return { account, linked: true };
}

/** Where a connection's word for somebody is kept. */
interface IdentityKey {
  readonly connection_id: string;
  readonly issuer: string;
  readonly subject_hash: Buffer;
}

/** The account that this connection has vouched for under that subject before. */
async function findKnown(
  trx: Trx,
  connection: SsoConnection,
  identity: AssertedIdentity,
  { key, at }: { readonly key: IdentityKey; readonly at: Date },
) {
  const those = sql`connection_id = ${key.connection_id} and issuer = ${key.issuer} and subject_hash = ${key.subject_hash}`;
  const { rows } = await sql<{ user_id: string }>`
    update sso_identities set last_used_at = ${at} where ${those} returning user_id`.execute(trx);
  const [row] = rows;
  if (row === undefined) return undefined;
  const account = await trx
    .selectFrom('users')
    .selectAll()
    .where('id', '=', row.user_id)
    .executeTakeFirstOrThrow();
  // The subject of SAML is the address. An account that was renamed since has left it: whoever has it now is somebody else.
  const moved = account.email.toLowerCase() !== identity.email.toLowerCase();
  if (connection.settings.kind !== 'saml' || !moved) return account;
  await sql`delete from sso_identities where ${those}`.execute(trx);
  return undefined;
}

// Also where just-in-time provisioning is off, for whoever was invited: others are refused later, and it is rolled back.
async function makeAccount(
  trx: Trx,
  identity: AssertedIdentity,
  { at }: ChangeContext,
): Promise<Found['account']> {
  const stem = `${identity.givenName}${identity.surname}`;
  const { account } = await ensureAccount(
    trx,
    { email: identity.email, name: fullName(identity), usernameFrom: stem },
    at,
  );
  return account;
}

async function provision(
  trx: Trx,
  given: {
    readonly connection: SsoConnection;
    readonly identity: AssertedIdentity;
    readonly context: ChangeContext;
    readonly scope: Scope;
    readonly account: Found['account'];
    readonly newcomer: boolean;
    readonly notices: SsoNotice[];
  },
): Promise<void> {
  const { connection, identity, context, scope, account, notices } = given;
  const standing = await standingInScim(trx, connection, account.id);
  const before = await isMember(trx, connection.organizationId, account.id);
  await acceptInvitation(trx, context, { organizationId: connection.organizationId, account });
  // Whom SCIM manages it places itself, where the owner decided that it wins.
  if (standing === 'managed' && connection.scimWins) return;
  const placing = {
    connection,
    identity,
    context,
    scope,
    account,
    notices,
    first: given.newcomer && !before,
  };
  const mapped = await placeByGroups(trx, placing);
  if (!mapped) await placeNewcomer(trx, placing);
  await shownToScim(trx, connection, account, identity, context.at);
}

/** Just-in-time provisioning is off: a member gets in, or somebody who was invited. */
async function admit(
  trx: Trx,
  given: {
    readonly connection: SsoConnection;
    readonly context: ChangeContext;
    readonly account: Found['account'];
  },
): Promise<void> {
  const { connection, context, account } = given;
  await acceptInvitation(trx, context, { organizationId: connection.organizationId, account });
  if (!(await isMember(trx, connection.organizationId, account.id))) throw notAssigned(account.email);
}

async function updateName(
  trx: Trx,
  connection: SsoConnection,
  context: ChangeContext,
  account: Found['account'],
  name: string | undefined,
): Promise<void> {
  if (name === undefined || name === account.name) return;
  if (connection.scimWins && (await standingInScim(trx, connection, account.id)) === 'managed') return;
  await trx.updateTable('users').set({ name }).where('id', '=', account.id).execute();
  await recordChange(trx, context, {
    organizationId: connection.organizationId,
    action: 'account.update',
    target: { kind: 'user', id: account.id, label: account.email },
    before: { name: account.name },
    after: { name },
  });
}

async function requireServed(trx: Trx, connection: SsoConnection, email: string): Promise<void> {
  if (await servesAddress(trx, connection, email)) return;
  throw new Refused({
    class: 'domain_not_verified',
    detail: `The domain of ${email} is not a verified domain of ${connection.organizationName} that this connection serves.`,
  });
}

async function refuseDeactivated(
  trx: Trx,
  connection: SsoConnection,
  account: { readonly id: string; readonly email: string },
): Promise<void> {
  if ((await standingInScim(trx, connection, account.id)) !== 'deactivated') return;
  throw new Refused({ class: 'deactivated', detail: `SCIM deactivated ${account.email}.` });
}

function notAssigned(email: string): Refused {
  return new Refused({
    class: 'not_assigned',
    detail: `Access denied: ${email} is neither a member nor invited, and just-in-time provisioning is off.`,
  });
}

async function isMember(trx: Trx, organizationId: string, userId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('memberships')
    .select('user_id')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row !== undefined;
}

/** The full name, where any part of it came. */
function fullName(identity: AssertedIdentity): string | undefined {
  const name = `${identity.givenName} ${identity.surname}`.trim() || identity.fullName;
  return name === '' ? undefined : name.slice(0, 200);
}
