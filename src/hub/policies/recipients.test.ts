import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DatabaseHandle } from '../database/connection.ts';
import { startTestDatabase } from '../database/test-database.ts';
import { readReceived } from './received.ts';
import { lockOrganization, type Recipients, stampEveryone, stampRecipients } from './recipients.ts';

let database: DatabaseHandle & { stop(): Promise<void> };
let organizationId: string;
const users: Record<'own' | 'plain' | 'other', string> = { own: '', plain: '', other: '' };
let policyId: string;
let defaultId: string;

beforeAll(async () => {
  database = await startTestDatabase();
  const { db } = database;
  const organization = await db
    .insertInto('organizations')
    .values({ name: 'acme', display_name: 'Acme' })
    .returning('id')
    .executeTakeFirstOrThrow();
  organizationId = organization.id;
  for (const name of ['own', 'plain', 'other'] as const) {
    const user = await db
      .insertInto('users')
      .values({ email: `${name}@acme.example`, username: name, name })
      .returning('id')
      .executeTakeFirstOrThrow();
    users[name] = user.id;
    if (name === 'other') continue;
    await db
      .insertInto('memberships')
      .values({ organization_id: organizationId, user_id: user.id, role: 'member', origin: 'manual' })
      .execute();
  }
  policyId = await insertPolicy('Own', { locked: 1 });
  defaultId = await insertPolicy('Default', { locked: 2 });
  await db
    .insertInto('policy_assignments')
    .values({ organization_id: organizationId, user_id: users.own, policy_id: policyId })
    .execute();
  await db.updateTable('organizations').set({ default_policy_id: defaultId }).execute();
});
afterAll(() => database.stop());

async function insertPolicy(name: string, document: object): Promise<string> {
  return database.db.transaction().execute(async (trx) => {
    const policy = await trx
      .insertInto('policies')
      .values({ organization_id: organizationId, name, revision: 1, updated_at: new Date(5) })
      .returning('id')
      .executeTakeFirstOrThrow();
    await trx
      .insertInto('policy_revisions')
      .values({
        policy_id: policy.id,
        revision: 1,
        document: JSON.stringify(document),
        text: JSON.stringify(document),
        author_label: 'test',
        reason: '',
      })
      .execute();
    return policy.id;
  });
}

async function stamp(recipients: Recipients, at: number): Promise<void> {
  await database.db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    await stampRecipients(trx, { organizationId, recipients, at: new Date(at) });
  });
}

async function sequence(user: keyof typeof users): Promise<number | undefined> {
  return (await readReceived(database.db, { organizationId, userId: users[user] }))?.seq;
}

it('stamps exactly the recipients, with the time or one more than before', async () => {
  expect([await sequence('own'), await sequence('plain'), await sequence('other')]).toEqual([
    0,
    0,
    undefined,
  ]);
  await stamp({ kind: 'everyone' }, 1000);
  expect([await sequence('own'), await sequence('plain')]).toEqual([1000, 1000]);
  await stamp({ kind: 'default' }, 2000);
  expect([await sequence('own'), await sequence('plain')]).toEqual([1000, 2000]);
  await stamp({ kind: 'policy', policyId }, 1000);
  expect([await sequence('own'), await sequence('plain')]).toEqual([1001, 2000]);
  // The clock was set back: the number rises all the same.
  await stamp({ kind: 'policy', policyId: defaultId }, 500);
  expect([await sequence('own'), await sequence('plain')]).toEqual([1001, 2001]);
  await stamp({ kind: 'users', userIds: [users.own, users.other] }, 3000);
  expect([await sequence('own'), await sequence('plain')]).toEqual([3000, 2001]);
  // Not a member: nothing to stamp.
  const rows = await database.db.selectFrom('bundle_sequences').select('user_id').execute();
  expect(rows.map((row) => row.user_id).sort()).toEqual([users.own, users.plain].sort());
  await database.db.transaction().execute((trx) => stampEveryone(trx, new Date(2500)));
  expect([await sequence('own'), await sequence('plain')]).toEqual([3001, 2500]);
});

it('selects the own policy before the default, and never merges them', async () => {
  const own = await readReceived(database.db, { organizationId, userId: users.own });
  expect(own).toMatchObject({
    policy: { id: policyId, scope: 'user', revision: 1 },
    document: { locked: 1 },
  });
  const plain = await readReceived(database.db, { organizationId, userId: users.plain });
  expect(plain).toMatchObject({ policy: { id: defaultId, scope: 'organization' }, document: { locked: 2 } });
  expect(plain?.policy?.updatedAt).toEqual(new Date(5));
  await database.db.updateTable('organizations').set({ default_policy_id: null }).execute();
  const none = await readReceived(database.db, { organizationId, userId: users.plain });
  expect(none).toMatchObject({ policy: null, document: {}, refreshSeconds: 3600, graceSeconds: null });
});
