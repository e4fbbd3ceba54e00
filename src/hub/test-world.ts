import type { ChangeContext } from './audit/record.ts';
import { readIdpMetadata } from './connections/idp-metadata.ts';
import { IDP_METADATA } from './connections/test-metadata.ts';
import type { DatabaseHandle } from './database/connection.ts';
import { claimDomain } from './domains/domain-service.ts';
import { invite } from './invitations/invitation-service.ts';
import { noMail } from './mail/mailer.ts';
import { createJob } from './member-jobs/job-service.ts';
import { beginMigration } from './migration/migration-service.ts';
import { addMember } from './organizations/member-service.ts';
import { createOrganization } from './organizations/organization-service.ts';
import { deletePolicy } from './policies/deleted-policies.ts';
import { createPolicy } from './policies/policy-service.ts';
import { acceptReport } from './reports/report-service.ts';
import { sampleReport } from './reports/test-report.ts';
import { createScimToken } from './scim/tokens.ts';
import { createHubSecret, type HubSecret } from './secrets/hub-secret.ts';
import { listSamlKeys } from './sso/saml-key-service.ts';
import { createSsoRequests } from './sso/sso-requests.ts';
import { createTeam, deleteTeam } from './teams/team-service.ts';
import { createApiToken } from './tokens/api-tokens.ts';

/*
 * For tests that walk the routes: organization acme with one of everything that a path can name, and organization
 * globex beside it.
 */

/** As the environment gives it to a hub. */
export const TEST_SECRET_TEXT = 'a secret for tests, thirty-two characters and more';
export const TEST_SECRET = createHubSecret(TEST_SECRET_TEXT);

/** Callers that the tests speak as; `stranger` owns another organization. */
export type Person = 'member' | 'editor' | 'owner' | 'stranger';

/** The ids of what there is, under the names that paths have for them. */
export interface TestWorld {
  readonly organizationId: string;
  readonly userId: string;
  readonly policyId: string;
  readonly deletedPolicyId: string;
  readonly deletionId: string;
  readonly teamId: string;
  readonly tokenId: string;
  readonly deviceId: string;
  readonly sharedConnectionId: string;
  readonly acceptingOrganization: string;
  readonly testId: string;
  readonly overrideId: string;
  readonly domainId: string;
  readonly connectionId: string;
  readonly fingerprint: string;
  readonly signInId: string;
  readonly scimTokenId: string;
  readonly invitationId: string;
  readonly migrationId: string;
  readonly jobId: string;
  readonly ownerId: string;
  readonly people: Readonly<Record<Person, string>>;
}

/**
 * A path, or a body as text, with ids that exist in acme, asked for by way of an organization. Throws on a name that
 * nothing here has: a path to nowhere would be refused for the wrong reason.
 */
export function fillPath(path: string, world: TestWorld, organization: string): string {
  const ids = new Map<string, unknown>([...Object.entries(world), ['revision', '1']]);
  ids.set('organization', organization);
  return path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const id = ids.get(name);
    if (typeof id !== 'string') throw new Error(`the test world has nothing for {${name}} in ${path}`);
    return id;
  });
}

/** Makes both organizations; `stranger` owns globex. */
export async function createTestWorld(
  { db }: Pick<DatabaseHandle, 'db'>,
  { publicUrl, secret }: { readonly publicUrl: string; readonly secret: HubSecret },
): Promise<TestWorld> {
  const context: ChangeContext = {
    actor: { kind: 'system', name: 'test' },
    sourceAddress: null,
    at: new Date(),
  };
  const acme = await createOrganization(db, context, { name: 'acme', displayName: 'Acme' });
  const globex = await createOrganization(db, context, { name: 'globex', displayName: 'Globex' });
  const people = { member: '', editor: '', owner: '', stranger: '' };
  for (const person of ['member', 'editor', 'owner', 'stranger'] as const) {
    const where = { organizationId: person === 'stranger' ? globex.id : acme.id, publicUrl };
    const role = person === 'stranger' ? 'owner' : person;
    const added = await addMember(db, context, where, {
      email: `${person}@acme.example`,
      name: person,
      role,
    });
    people[person] = added.member.userId;
  }
  const policy = await createPolicy(db, context, acme.id, {
    name: 'Standard',
    description: '',
    document: { configurationFileVersion: 2, analyticsEnabled: { locked: true, value: false } },
    reason: '',
  });
  const deleted = await createPolicy(db, context, acme.id, {
    name: 'Deleted',
    description: '',
    document: {},
    reason: '',
  });
  await deletePolicy(db, context, { organizationId: acme.id, policyId: deleted.id, version: null });
  const team = await createTeam(db, context, acme.id, { name: 'Platform', description: '' });
  const gone = await createTeam(db, context, acme.id, { name: 'Gone', description: '' });
  await deleteTeam(db, context, acme.id, gone.id);
  const { token } = await createApiToken(db, context, acme.id, { name: 'existing', role: 'member', days: 1 });
  const connection = await db
    .insertInto('connections')
    .values({
      organization_id: acme.id,
      name: 'Walk',
      kind: 'saml',
      settings: JSON.stringify(readIdpMetadata(IDP_METADATA)),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const shared = await db
    .insertInto('connections')
    .values({ organization_id: globex.id, name: 'Of another', kind: 'saml' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const requests = createSsoRequests({ db, secret, now: () => new Date() });
  const test = await requests.begin({
    connectionId: connection.id,
    place: { kind: 'test' },
    browserHash: null,
  });
  const keys = { db, secret, publicUrl };
  const key = { organizationId: acme.id, connectionId: connection.id };
  const { fingerprint } = (await listSamlKeys(keys, key, context.at)).keys[0] ?? { fingerprint: '' };
  const scim = await createScimToken(db, context, { organizationId: acme.id, connectionId: connection.id });
  const place = { organizationId: acme.id, publicUrl, mail: noMail };
  const wanted = { emails: ['invited@acme.example'], role: 'member' as const, dryRun: false };
  const [invited] = await invite(db, context, place, wanted);
  const migration = await beginMigration(db, context, acme.id, connection.id);
  const job = await createJob(db, context, acme.id, {
    action: { kind: 'role', role: 'member' },
    userIds: [people.member],
  });
  const { domain } = await claimDomain(db, context, acme.id, 'walk.acme.example');
  return {
    organizationId: acme.id,
    userId: people.member,
    policyId: policy.id,
    deletedPolicyId: deleted.id,
    deletionId: gone.id,
    teamId: team.id,
    tokenId: token.id,
    // None: deleting it is tested where overrides are.
    overrideId: '22222222-2222-4222-8222-222222222222',
    deviceId: await createDevice(db, context, { organizationId: acme.id, userId: people.member }),
    domainId: domain.id,
    connectionId: connection.id,
    fingerprint,
    // None: ending sessions is tested where they are.
    signInId: '22222222-2222-4222-8222-222222222222',
    sharedConnectionId: shared.id,
    acceptingOrganization: 'globex',
    testId: test.id,
    scimTokenId: scim?.token.id ?? '',
    invitationId: invited?.invitationId ?? '',
    migrationId: migration.id,
    jobId: job.id,
    ownerId: people.owner,
    people,
  };
}

async function createDevice(
  db: DatabaseHandle['db'],
  context: ChangeContext,
  who: { readonly organizationId: string; readonly userId: string },
): Promise<string> {
  await acceptReport(db, context, { ...who, email: 'member@acme.example' }, sampleReport());
  const { id } = await db.selectFrom('devices').select('id').executeTakeFirstOrThrow();
  return id;
}
