import { randomBytes } from 'node:crypto';
import { RefusalError } from '../shared/contracts/refusal.ts';
import type { ChangeContext } from './audit/record.ts';
import type { Clock } from './clock.ts';
import type { Db } from './database/connection.ts';
import type { Json, Role } from './database/schema.ts';
import { ensureAccount, findAccount } from './organizations/accounts.ts';
import { joinOrganization } from './organizations/member-service.ts';
import { createOrganization } from './organizations/organization-service.ts';
import { assignPolicy, setDefaultPolicy } from './policies/assignment-service.ts';
import { createPolicy } from './policies/policy-service.ts';
import { lockOrganization } from './policies/recipients.ts';
import { createScimToken } from './scim/tokens.ts';

export interface DemoOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly hashPassword: (password: string) => Promise<string>;
}

/** The demo world, as printed when the hub answers. Passwords are made anew each time. */
export interface DemoWorld {
  readonly organization: string;
  readonly emailDomain: string;
  readonly ownerEmail: string;
  readonly ownerPassword: string;
  /** Has a policy of their own. */
  readonly developerEmail: string;
  readonly developerPassword: string;
  /** Has none: the organization's default applies. */
  readonly designerEmail: string;
  readonly designerPassword: string;
  readonly defaultPolicyId: string;
  readonly userPolicyId: string;
  /** The identity provider of the organization, not set up. */
  readonly connectionId: string;
  readonly secondOrganization: string;
  readonly secondOwnerEmail: string;
  readonly secondOwnerPassword: string;
  /** SCIM tokens of a connection of each organization; made anew each time, like the passwords. */
  readonly scimToken: string;
  readonly otherScimToken: string;
}

const DOMAIN = 'acme.example';
const PEOPLE = {
  owner: { email: `olivia@${DOMAIN}`, name: 'Olivia Owner' },
  developer: { email: `dana@${DOMAIN}`, name: 'Dana Developer' },
  designer: { email: `dave@${DOMAIN}`, name: 'Dave Designer' },
  second: { email: 'grace@globex.example', name: 'Grace Globex' },
} as const;

/** What the organization decides for everyone: a few locks and a suggestion. */
const DEFAULT_DOCUMENT: { [key: string]: Json } = {
  configurationFileVersion: 2,
  analyticsEnabled: { locked: true, value: false },
  exposeDockerAPIOnTCP2375: { locked: true, value: false },
  proxy: {
    locked: true,
    mode: 'manual',
    http: 'http://proxy.acme.example:3128',
    https: 'http://proxy.acme.example:3128',
    exclude: ['localhost', '*.acme.example'],
  },
  enableDockerAI: { locked: false, value: false },
};

/** What Dana gets instead of it: selected, never merged. */
const DEVELOPER_DOCUMENT: { [key: string]: Json } = {
  configurationFileVersion: 2,
  analyticsEnabled: { locked: true, value: false },
  enhancedContainerIsolation: { locked: true, value: true },
  kubernetes: { locked: false, enabled: true },
};

/**
 * Makes the demo world: organization `acme` with an owner, a developer with a policy of their own, a designer
 * under the default, and a second organization. On a database that holds anything else it refuses.
 */
export async function createDemoWorld(options: DemoOptions): Promise<DemoWorld> {
  const { db, clock } = options;
  const context = demoContext(clock);
  const existing = await db.selectFrom('organizations').select(['id', 'name', 'default_policy_id']).execute();
  if (existing.length > 0 && (await findAccount(db, PEOPLE.owner.email)) === undefined) {
    throw new RefusalError({
      code: 'conflict',
      message: 'The demo world is only made in a database of its own, and this one is in use.',
      help: 'Leave --demo out, or give the demo another data directory.',
    });
  }
  if (existing.length === 0) await populate(options, context);
  return describeWorld(options);
}

function demoContext(clock: Clock): ChangeContext {
  return { actor: { kind: 'system', name: 'demo' }, sourceAddress: null, at: new Date(clock.now()) };
}

async function populate({ db }: DemoOptions, context: ChangeContext): Promise<void> {
  const acme = await createOrganization(db, context, { name: 'acme', displayName: 'Acme' });
  // Vouched for by the operator, as nobody can prove names that end in `.example`: the daily look leaves such domains alone.
  await db
    .insertInto('domains')
    .values({
      organization_id: acme.id,
      name: DOMAIN,
      challenge: 'demo',
      verified_at: context.at,
      forced: true,
    })
    .execute();
  await join(db, context, acme.id, PEOPLE.owner, 'owner');
  const developer = await join(db, context, acme.id, PEOPLE.developer, 'member');
  await join(db, context, acme.id, PEOPLE.designer, 'member');
  const everyone = await createPolicy(db, context, acme.id, {
    name: 'Everyone',
    description: 'What holds for all of Acme',
    document: DEFAULT_DOCUMENT,
    reason: 'Demo',
  });
  await setDefaultPolicy(db, context, acme.id, everyone.id);
  const developers = await createPolicy(db, context, acme.id, {
    name: 'Developers',
    description: 'For those who build containers',
    document: DEVELOPER_DOCUMENT,
    reason: 'Demo',
  });
  await assignPolicy(db, context, acme.id, { userId: developer, policyId: developers.id });
  const globex = await createOrganization(db, context, { name: 'globex', displayName: 'Globex' });
  await db
    .insertInto('domains')
    .values({
      organization_id: globex.id,
      name: 'globex.example',
      challenge: 'demo',
      verified_at: context.at,
      forced: true,
    })
    .execute();
  await db
    .insertInto('connections')
    .values(
      [acme.id, globex.id].map((id) => ({ organization_id: id, name: 'Identity provider', kind: 'saml' })),
    )
    .execute();
  await join(db, context, globex.id, PEOPLE.second, 'owner');
}

async function join(
  db: Db,
  context: ChangeContext,
  organizationId: string,
  person: { readonly email: string; readonly name: string },
  role: Role,
): Promise<string> {
  return db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const { account } = await ensureAccount(trx, person, context.at);
    await joinOrganization(trx, context, { organizationId, account, role, origin: 'manual' });
    return account.id;
  });
}

async function describeWorld(options: DemoOptions): Promise<DemoWorld> {
  const policyId = async (name: string): Promise<string> => {
    const found = await options.db
      .selectFrom('policies as p')
      .innerJoin('organizations as o', 'o.id', 'p.organization_id')
      .where('o.name', '=', 'acme')
      .where('p.name', '=', name)
      .select('p.id')
      .executeTakeFirst();
    return found?.id ?? '';
  };
  return {
    organization: 'acme',
    emailDomain: DOMAIN,
    ownerEmail: PEOPLE.owner.email,
    ownerPassword: await newPassword(options, PEOPLE.owner.email),
    developerEmail: PEOPLE.developer.email,
    developerPassword: await newPassword(options, PEOPLE.developer.email),
    designerEmail: PEOPLE.designer.email,
    designerPassword: await newPassword(options, PEOPLE.designer.email),
    defaultPolicyId: await policyId('Everyone'),
    userPolicyId: await policyId('Developers'),
    connectionId: (await connectionOf(options.db, 'acme')).id,
    secondOrganization: 'globex',
    secondOwnerEmail: PEOPLE.second.email,
    secondOwnerPassword: await newPassword(options, PEOPLE.second.email),
    scimToken: await newScimToken(options, 'acme'),
    otherScimToken: await newScimToken(options, 'globex'),
  };
}

async function newPassword({ db, hashPassword }: DemoOptions, email: string): Promise<string> {
  const password = randomBytes(12).toString('base64url');
  await db
    .updateTable('users')
    .set({ password_hash: await hashPassword(password) })
    .where('email', '=', email)
    .execute();
  return password;
}

async function newScimToken({ db, clock }: DemoOptions, organization: string): Promise<string> {
  const connection = await connectionOf(db, organization);
  const where = { organizationId: connection.organization_id, connectionId: connection.id };
  const made = await createScimToken(db, demoContext(clock), where);
  return made?.secret ?? '';
}

function connectionOf(db: Db, organization: string) {
  return db
    .selectFrom('connections as c')
    .innerJoin('organizations as o', 'o.id', 'c.organization_id')
    .where('o.name', '=', organization)
    .select(['c.id', 'c.organization_id'])
    .orderBy('c.created_at')
    .executeTakeFirstOrThrow();
}
