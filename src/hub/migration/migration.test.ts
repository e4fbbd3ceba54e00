import { afterAll, beforeAll, expect, it } from 'vitest';
import { addMember } from '../organizations/member-service.ts';
import { startTestScim, type TestScim } from '../scim/test-scim.ts';
import { createApiToken } from '../tokens/api-tokens.ts';
import { advanceMigration, beginMigration, readMigration } from './migration-service.ts';
import { readOwnership, transferOwnership } from './ownership.ts';

let scim: TestScim;
const context = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };
beforeAll(async () => {
  scim = await startTestScim();
});
afterAll(() => scim.stop());

const signedIn = async (name: string, role: 'member' | 'owner' = 'member') => {
  const { db } = scim.database;
  const email = `${name}@acme.example`;
  const { id } = await db
    .insertInto('users')
    .values({ email, username: name, name })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('memberships')
    .values({
      organization_id: scim.acme.organizationId,
      user_id: id,
      role,
      origin: 'jit',
      connection_id: scim.acme.connectionId,
    })
    .execute();
  return id;
};

it('moves people from signing in to SCIM, in batches that go on where they stopped', async () => {
  const { db } = scim.database;
  const { organizationId, connectionId } = scim.acme;
  const names = ['ann', 'ben', 'cid', 'dan', 'eve'];
  const ids = new Map<string, string>();
  for (const name of names) ids.set(name, await signedIn(name, name === 'ann' ? 'owner' : 'member'));
  const begun = await beginMigration(db, context, organizationId, connectionId);
  expect(begun).toMatchObject({ step: 'prepared', counts: { waiting: 5 } });
  expect((await beginMigration(db, context, organizationId, connectionId)).id).toBe(begun.id);
  const where = { organizationId, migrationId: begun.id };
  const advance = (action: 'remove' | 'verify' | 'finish', batch = 50) =>
    advanceMigration(db, context, where, { action, batch });

  // The only owner came by signing in: nobody is removed, and signing in still provisions.
  await expect(advance('remove')).rejects.toThrow('Make somebody an owner by hand first');
  const jit = async () =>
    (
      await db
        .selectFrom('connections')
        .select('jit_enabled')
        .where('id', '=', connectionId)
        .executeTakeFirstOrThrow()
    ).jit_enabled;
  expect(await jit()).toBe(true);
  const { member: owner } = await addMember(
    db,
    context,
    { organizationId, publicUrl: 'http://x' },
    { email: 'owner@acme.example', role: 'owner' },
  );

  await createApiToken(
    db,
    {
      ...context,
      actor: { kind: 'user', userId: ids.get('ben') ?? '', email: 'ben@acme.example', via: 'session' },
    },
    organizationId,
    { name: 'ci', role: 'member', days: 1 },
  );
  const ben = ids.get('ben') ?? '';
  expect(await readOwnership(db, organizationId, ben)).toMatchObject({
    tokens: [{ name: 'ci' }],
    onlyOwner: false,
  });
  await expect(
    transferOwnership(db, context, organizationId, { fromUserId: ben, toUserId: ids.get('cid') ?? '' }),
  ).rejects.toThrow('not an owner');
  expect(
    await transferOwnership(db, context, organizationId, { fromUserId: ben, toUserId: owner.userId }),
  ).toEqual({ tokens: 1, invitations: 0 });

  expect(await advance('remove', 2)).toMatchObject({ step: 'removing', counts: { waiting: 3, removed: 2 } });
  expect(await jit()).toBe(false);
  // Between two batches one is adopted, and one leaves by another way.
  await db
    .updateTable('memberships')
    .set({ origin: 'scim' })
    .where('user_id', '=', ids.get('dan') ?? '')
    .execute();
  await db
    .deleteFrom('memberships')
    .where('user_id', '=', ids.get('eve') ?? '')
    .execute();
  expect(await advance('remove', 2)).toMatchObject({
    step: 'verifying',
    counts: { waiting: 0, removed: 4, adopted: 1 },
  });

  for (const name of ['ann', 'ben']) {
    const made = await scim.send(scim.acme, 'POST', '/Users', { userName: `${name}@acme.example` });
    expect(made.status, JSON.stringify(made.body)).toBe(201);
  }
  const verified = await advance('verify');
  expect(verified).toMatchObject({ counts: { returned: 2, removed: 2, adopted: 1 } });
  expect(verified.next).toContain('2 are not back yet');
  const { people } = await readMigration(db, where);
  expect(people.map((each) => `${each.email.split('@')[0]} ${each.state}`)).toEqual([
    'ann returned',
    'ben returned',
    'cid removed',
    'dan adopted',
    'eve removed',
  ]);
  const token = await db
    .selectFrom('api_tokens')
    .select('revoked_at')
    .where('name', '=', 'ci')
    .executeTakeFirstOrThrow();
  expect(token.revoked_at).toBeNull();
  expect((await advance('finish')).step).toBe('finished');
  await expect(advance('remove')).rejects.toThrow('is finished');
  const events = await db
    .selectFrom('audit_events')
    .select('action')
    .where('action', 'in', ['migration.begin', 'connection.update', 'migration.finish', 'member.transfer'])
    .orderBy('id')
    .execute();
  expect(events.map((event) => event.action)).toEqual([
    'migration.begin',
    'member.transfer',
    'connection.update',
    'migration.finish',
  ]);
});

it('is nobody else’s to see', async () => {
  const { db } = scim.database;
  const mine = await beginMigration(db, context, scim.acme.organizationId, scim.acme.connectionId);
  const where = { organizationId: scim.globex.organizationId, migrationId: mine.id };
  await expect(readMigration(db, where)).rejects.toThrow('no such move');
  await expect(
    beginMigration(db, context, scim.globex.organizationId, scim.acme.connectionId),
  ).rejects.toThrow('no such connection');
});
