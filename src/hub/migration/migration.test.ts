import type { Readable } from 'node:stream';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { migrationAdvanceSchema } from '../../shared/contracts/hub-provisioning.ts';
import { waitingForLocks } from '../database/test-database.ts';
import { addMember } from '../organizations/member-service.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { startTestScim, type TestScim } from '../scim/test-scim.ts';
import { createApiToken } from '../tokens/api-tokens.ts';
import { exportMigration } from './migration-export.ts';
import { listMigrations, readMigration } from './migration-list.ts';
import { advanceMigration, beginMigration } from './migration-service.ts';
import type { MigrationPlace } from './migration-steps.ts';
import { readOwnership, transferOwnership } from './ownership.ts';

const readWhole = async (stream: Readable) => (await stream.toArray()).join('');

let scim: TestScim;
const context = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };
beforeAll(async () => {
  scim = await startTestScim();
});
afterAll(() => scim.stop());

const signedIn = async (
  name: string,
  role: 'member' | 'owner' = 'member',
  { organizationId, connectionId }: { organizationId: string; connectionId: string } = scim.acme,
) => {
  const { db } = scim.database;
  const email = `${name}@${organizationId === scim.acme.organizationId ? 'acme' : 'globex'}.example`;
  const { id } = await db
    .insertInto('users')
    .values({ email, username: name, name })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('memberships')
    .values({
      organization_id: organizationId,
      user_id: id,
      role,
      origin: 'jit',
      connection_id: connectionId,
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
  const advance = (action: 'remove' | 'verify' | 'finish', batch = 50, without: readonly string[] = []) =>
    advanceMigration(db, context, where, { action, batch, without });

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
  await pagesFitTogether(where);
  const token = await db
    .selectFrom('api_tokens')
    .select('revoked_at')
    .where('name', '=', 'ci')
    .executeTakeFirstOrThrow();
  expect(token.revoked_at).toBeNull();
  // Cid and eve are not back: the move ends without them only when both are named.
  const [cid = '', eve = ''] = [ids.get('cid'), ids.get('eve')];
  for (const named of [[], [cid], [cid, ids.get('ann') ?? '']]) {
    const left = named.includes(cid) ? [eve] : [cid, eve];
    await expect(advance('finish', 1, named)).rejects.toMatchObject({
      refusal: {
        code: 'conflict',
        details: {
          count: left.length,
          missing: left.map((userId) => expect.objectContaining({ userId, state: 'removed' })),
        },
      },
    });
  }
  expect((await readMigration(db, where)).migration.step).toBe('verifying');
  expect((await advance('finish', 1, [cid, eve])).step).toBe('finished');
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

/** Every order and filter, page by page, is what it is whole. */
async function pagesFitTogether(where: { readonly organizationId: string; readonly migrationId: string }) {
  const { db } = scim.database;
  for (const query of [
    { sort: 'email' },
    { sort: '-email' },
    { sort: 'state' },
    { state: 'removed' },
    { state: 'missing' },
    { search: 'E' },
  ] as const) {
    const all = await readMigration(db, where, query);
    expect(all).toMatchObject({ total: all.people.length, next: null });
    const paged: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await readMigration(db, where, { ...query, cursor, limit: 2 });
      expect([page.people.length <= 2, page.total]).toEqual([true, all.total]);
      paged.push(...page.people.map(({ email }) => email));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect([query, paged]).toEqual([query, all.people.map(({ email }) => email)]);
  }
  const removed = await readMigration(db, where, { state: 'removed' });
  expect(removed.people.map(({ email }) => email)).toEqual(['cid@acme.example', 'eve@acme.example']);
  const missing = await readMigration(db, where, { state: 'missing' });
  expect(missing.people).toEqual(removed.people);
  const file = await readWhole(exportMigration(db, where, { state: 'missing' }));
  expect(file.split('\r\n')).toEqual([
    'Email,State,Detail',
    'cid@acme.example,removed,',
    'eve@acme.example,removed,Was gone already.',
    '',
  ]);
  const found = await readMigration(db, where, { search: 'BEN' });
  expect(found.people.map(({ email }) => email)).toEqual(['ben@acme.example']);
}

it('leaves alone whom SCIM took over a moment before their removal', async () => {
  const { db } = scim.database;
  const { organizationId, connectionId } = scim.acme;
  const raced = await signedIn('raced');
  const { id: migrationId } = await beginMigration(db, context, organizationId, connectionId);
  const where = { organizationId, migrationId };
  // SCIM's change has the organization first; the removal has read who waits already, and waits itself.
  const removal = await db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const removing = advanceMigration(db, context, where, { action: 'remove', batch: 50, without: [] });
    await vi.waitFor(async () => expect(await waitingForLocks(scim.database)).toBeGreaterThan(0), {
      timeout: 20_000,
    });
    await trx.updateTable('memberships').set({ origin: 'scim' }).where('user_id', '=', raced).execute();
    return { removing };
  });
  expect(await removal.removing).toMatchObject({ counts: { waiting: 0, removed: 0, adopted: 1 } });
  const member = await db
    .selectFrom('memberships')
    .select('origin')
    .where('user_id', '=', raced)
    .executeTakeFirst();
  expect(member?.origin).toBe('scim');
  await advanceMigration(db, context, where, { action: 'finish', batch: 1, without: [] });
});

it('removes and ends only once, however many ask at the same moment', async () => {
  const { db } = scim.database;
  const { organizationId, connectionId } = scim.acme;
  const ids: string[] = [];
  for (const name of ['twice1', 'twice2', 'twice3', 'twice4']) ids.push(await signedIn(name));
  const { id: migrationId } = await beginMigration(db, context, organizationId, connectionId);
  const where = { organizationId, migrationId };
  const at = (action: 'remove' | 'cancel') =>
    advanceMigration(db, context, where, { action, batch: 50, without: [] });
  await Promise.all([at('remove'), at('remove'), at('remove')]);
  const removals = await db
    .selectFrom('audit_events')
    .select('target_id')
    .where('action', '=', 'member.remove')
    .where('target_id', 'in', ids)
    .execute();
  expect(removals.map((event) => event.target_id).sort()).toEqual([...ids].sort());
  const { people } = await readMigration(db, where);
  expect(people.map((each) => [each.state, each.detail])).toEqual(ids.map(() => ['removed', '']));
  const ends = await Promise.allSettled([at('cancel'), at('cancel')]);
  expect(ends.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  await expect(at('remove')).rejects.toThrow('is cancelled');
});

it('is nobody else’s to see', async () => {
  const { db } = scim.database;
  const mine = await beginMigration(db, context, scim.acme.organizationId, scim.acme.connectionId);
  const where = { organizationId: scim.globex.organizationId, migrationId: mine.id };
  await expect(readMigration(db, where)).rejects.toThrow('no such move');
  expect(await listMigrations(db, scim.globex.organizationId)).toEqual({
    migrations: [],
    total: 0,
    next: null,
  });
  await expect(
    beginMigration(db, context, scim.globex.organizationId, scim.acme.connectionId),
  ).rejects.toThrow('no such connection');
});

it('lists every move, newest first, in pages that fit together', async () => {
  const { db } = scim.database;
  const { organizationId, connectionId } = scim.acme;
  const all = await listMigrations(db, organizationId);
  expect([all.total, all.next]).toEqual([all.migrations.length, null]);
  expect(all.migrations.map(({ step }) => step).sort()).toEqual([
    'cancelled',
    'finished',
    'finished',
    'prepared',
  ]);
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await listMigrations(db, organizationId, { limit: 1, cursor });
    ids.push(...page.migrations.map(({ id }) => id));
    if (page.next === null) break;
    cursor = page.next;
  }
  expect(ids).toEqual(all.migrations.map(({ id }) => id));
  const oldest = await listMigrations(db, organizationId, { sort: 'created' });
  expect(oldest.migrations.map(({ id }) => id)).toEqual(ids.toReversed());
  const ended = await listMigrations(db, organizationId, { step: 'cancelled', connection: connectionId });
  expect(ended.migrations.map(({ step }) => step)).toEqual(['cancelled']);
  const none = await listMigrations(db, organizationId, { connection: scim.globex.connectionId });
  expect(none.total).toBe(0);
});

describe('another organization', () => {
  const members = () => scim.database.db.updateTable('memberships');
  const standing = async (where: MigrationPlace) =>
    Object.fromEntries(
      (await readMigration(scim.database.db, where)).people.map(({ email, state }) => [
        email.split('@')[0],
        state,
      ]),
    );
  const take = (
    where: MigrationPlace,
    action: 'remove' | 'verify' | 'finish' | 'cancel',
    without: readonly string[] = [],
  ) => advanceMigration(scim.database.db, context, where, { action, batch: 50, without });

  it('is asked before the first removal for all that must hold, and each is a check of its own', async () => {
    const { db } = scim.database;
    const { organizationId, connectionId } = scim.globex;
    const boss = await signedIn('boss', 'owner', scim.globex);
    const { id: migrationId } = await beginMigration(db, context, organizationId, connectionId);
    const where = { organizationId, migrationId };
    const failing = async () =>
      (await readMigration(db, where)).migration.checks
        .filter(({ required, passed }) => required && !passed)
        .map(({ name }) => name);
    // The only owner would be removed, then is one by hand, then is disabled.
    expect(await failing()).toEqual(['owner']);
    await expect(take(where, 'remove')).rejects.toMatchObject({
      refusal: { code: 'conflict', details: { checks: [expect.objectContaining({ name: 'owner' })] } },
    });
    await members().set({ origin: 'manual' }).where('user_id', '=', boss).execute();
    expect(await failing()).toEqual([]);
    const disabled = (at: Date | null) =>
      db.updateTable('users').set({ disabled_at: at }).where('id', '=', boss).execute();
    await disabled(new Date());
    expect(await failing()).toEqual(['owner']);
    await disabled(null);
    for (const [name, change, undo] of [
      [
        'scim',
        () => db.updateTable('connections').set({ scim_enabled: false }).where('id', '=', connectionId),
        () => db.updateTable('connections').set({ scim_enabled: true }).where('id', '=', connectionId),
      ],
      [
        'scim',
        () =>
          db
            .updateTable('scim_tokens')
            .set({ revoked_at: new Date() })
            .where('connection_id', '=', connectionId),
        () =>
          db.updateTable('scim_tokens').set({ revoked_at: null }).where('connection_id', '=', connectionId),
      ],
      [
        'domain',
        () =>
          db.updateTable('domains').set({ verified_at: null }).where('organization_id', '=', organizationId),
        () =>
          db
            .updateTable('domains')
            .set({ verified_at: new Date() })
            .where('organization_id', '=', organizationId),
      ],
    ] as const) {
      await change().execute();
      expect(await failing()).toEqual([name]);
      await expect(take(where, 'remove')).rejects.toThrow('Nobody was removed');
      await undo().execute();
    }
    expect(await failing()).toEqual([]);
    await take(where, 'cancel');
  });

  it('has people who came and changed since the move began: each is seen as they stand at the end', async () => {
    const { db } = scim.database;
    const { organizationId, connectionId } = scim.globex;
    const ids = new Map<string, string>();
    const come = async (name: string) => void ids.set(name, await signedIn(name, 'member', scim.globex));
    for (const name of ['fay', 'gus', 'hal', 'ida']) await come(name);
    const { id: migrationId, counts } = await beginMigration(db, context, organizationId, connectionId);
    expect(counts.waiting).toBe(4);
    const where = { organizationId, migrationId };
    const at = (name: string) => ids.get(name) ?? '';
    await members().set({ origin: 'scim' }).where('user_id', '=', at('fay')).execute();
    await db.deleteFrom('memberships').where('user_id', '=', at('gus')).execute();
    await members().set({ origin: 'manual', connection_id: null }).where('user_id', '=', at('hal')).execute();
    const missing = async (...named: string[]) => {
      const error = await take(where, 'finish', named.map(at)).then(
        () => null,
        (refusal: unknown) => refusal,
      );
      expect(error).toMatchObject({ refusal: { code: 'conflict' } });
      return standing(where);
    };
    // Nothing was removed yet: whoever waits is missing as well.
    expect(await missing('gus', 'hal')).toEqual({
      fay: 'adopted',
      gus: 'removed',
      hal: 'refused',
      ida: 'waiting',
    });
    expect(await missing('gus', 'ida')).toMatchObject({ hal: 'refused' });
    expect(await missing('hal', 'ida')).toMatchObject({ gus: 'removed' });
    // One came by signing in since, and is removed with the others; who came back that way is again.
    await come('jon');
    await take(where, 'remove');
    expect(await standing(where)).toEqual({
      fay: 'adopted',
      gus: 'removed',
      hal: 'refused',
      ida: 'removed',
      jon: 'removed',
    });
    const back = (name: string, origin: 'jit' | 'scim' | 'manual', connection: string | null) =>
      db
        .insertInto('memberships')
        .values({
          organization_id: organizationId,
          user_id: at(name),
          role: 'member',
          origin,
          connection_id: connection,
        })
        .execute();
    await back('jon', 'jit', connectionId);
    await take(where, 'remove');
    expect(await standing(where)).toMatchObject({ jon: 'removed' });
    // By hand is not back through SCIM.
    await back('gus', 'manual', null);
    await back('ida', 'scim', connectionId);
    expect(await missing('hal', 'jon')).toMatchObject({ gus: 'removed', ida: 'returned' });
    await members()
      .set({ origin: 'scim', connection_id: connectionId })
      .where('user_id', '=', at('gus'))
      .execute();
    expect(await take(where, 'finish', [at('hal'), at('jon')])).toMatchObject({ step: 'finished' });
    expect(await standing(where)).toEqual({
      fay: 'adopted',
      gus: 'returned',
      hal: 'refused',
      ida: 'returned',
      jon: 'removed',
    });
  });

  it('has one who owns things: theirs alone are given on, to an owner', async () => {
    const { db } = scim.database;
    const { organizationId } = scim.globex;
    const [kim, lea] = [
      await signedIn('kim', 'member', scim.globex),
      await signedIn('lea', 'member', scim.globex),
    ];
    const { user_id: owner } = await db
      .selectFrom('memberships')
      .select('user_id')
      .where('organization_id', '=', organizationId)
      .where('role', '=', 'owner')
      .executeTakeFirstOrThrow();
    for (const [userId, name] of [
      [kim, 'kim'],
      [lea, 'lea'],
    ] as const) {
      const actor = {
        kind: 'user' as const,
        userId,
        email: `${name}@globex.example`,
        via: 'session' as const,
      };
      await createApiToken(db, { ...context, actor }, organizationId, { name, role: 'member', days: 1 });
      await db
        .insertInto('invitations')
        .values({
          ...{
            organization_id: organizationId,
            email: `by-${name}@globex.example`,
            role: 'member',
            invited_by: userId,
          },
          ...{ secret_hash: Buffer.from(name), expires_at: new Date(Date.now() + 60_000) },
        })
        .execute();
    }
    expect(await readOwnership(db, organizationId, kim)).toMatchObject({
      ...{ tokens: [{ name: 'kim' }], invitations: 1, onlyOwner: false },
    });
    expect((await readOwnership(db, organizationId, owner)).onlyOwner).toBe(true);
    const { id: migrationId } = await beginMigration(db, context, organizationId, scim.globex.connectionId);
    const owning = async () =>
      (await readMigration(db, { organizationId, migrationId }, { owning: true })).people.map(
        ({ userId, owns }) => [userId, owns],
      );
    const both = { tokens: 1, invitations: 1, onlyOwner: false };
    expect(await owning()).toEqual([
      [kim, both],
      [lea, both],
    ]);
    // A member is no owner, though there be none; and what was made elsewhere stays theirs.
    await db.updateTable('users').set({ disabled_at: new Date() }).where('id', '=', owner).execute();
    expect((await readOwnership(db, organizationId, kim)).onlyOwner).toBe(false);
    await db.updateTable('users').set({ disabled_at: null }).where('id', '=', owner).execute();
    const elsewhere = {
      kind: 'user' as const,
      userId: kim,
      email: 'kim@globex.example',
      via: 'session' as const,
    };
    await createApiToken(db, { ...context, actor: elsewhere }, scim.acme.organizationId, {
      name: 'elsewhere',
      role: 'member',
      days: 1,
    });
    await expect(
      transferOwnership(db, context, organizationId, { fromUserId: kim, toUserId: lea }),
    ).rejects.toThrow('not an owner');
    const moved = await transferOwnership(db, context, organizationId, { fromUserId: kim, toUserId: owner });
    expect(moved).toEqual({ tokens: 1, invitations: 1 });
    const kept = await db
      .selectFrom('api_tokens')
      .select('created_by')
      .where('name', '=', 'elsewhere')
      .executeTakeFirstOrThrow();
    expect(kept.created_by).toBe(kim);
    expect(await readOwnership(db, organizationId, kim)).toMatchObject({ tokens: [], invitations: 0 });
    expect(await readOwnership(db, organizationId, lea)).toMatchObject({
      tokens: [{ name: 'lea' }],
      invitations: 1,
    });
    expect(await owning()).toEqual([[lea, both]]);
    // A second owner who is disabled is none.
    await members().set({ role: 'owner' }).where('user_id', '=', lea).execute();
    const owners = { role: 'owner' } as const;
    const { people } = await readMigration(db, { organizationId, migrationId }, owners);
    expect(people.map(({ userId }) => userId)).toEqual([lea]);
    expect((await readOwnership(db, organizationId, owner)).onlyOwner).toBe(false);
    await db.updateTable('users').set({ disabled_at: new Date() }).where('id', '=', lea).execute();
    expect((await readOwnership(db, organizationId, owner)).onlyOwner).toBe(true);
    await db.updateTable('users').set({ disabled_at: new Date() }).where('id', '=', owner).execute();
    expect(await owning()).toEqual([[lea, { ...both, onlyOwner: true }]]);
    await db.updateTable('users').set({ disabled_at: null }).where('id', '=', owner).execute();
    await take({ organizationId, migrationId }, 'cancel');
  });

  /** Removes while the membership of the first of `waiting` cannot be ended yet, and lets `meanwhile` happen then. */
  const removingWhile = async <T>(where: MigrationPlace, first: string, meanwhile: () => Promise<T>) => {
    const { db } = scim.database;
    const removal = await db.transaction().execute(async (trx) => {
      await trx
        .selectFrom('memberships')
        .select('user_id')
        .where('user_id', '=', first)
        .forUpdate()
        .execute();
      const removing = take(where, 'remove').catch((error: unknown) => error);
      await vi.waitFor(async () => expect(await waitingForLocks(scim.database)).toBe(1), { timeout: 20_000 });
      return { removing, happening: await meanwhile() };
    });
    return { removed: await removal.removing, happening: removal.happening };
  };

  it('looks at each person again at their turn', async () => {
    const { db } = scim.database;
    const { organizationId, connectionId } = scim.globex;
    const other = await db
      .insertInto('connections')
      .values({ organization_id: organizationId, name: 'second', kind: 'saml' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const ids = new Map<string, string>();
    for (const name of ['mia', 'ned', 'oda', 'pam'])
      ids.set(name, await signedIn(name, 'member', scim.globex));
    ids.set('zoe', await signedIn('zoe', 'owner', scim.globex));
    await signedIn('elsewhere', 'member', { organizationId, connectionId: other.id });
    const at = (name: string) => ids.get(name) ?? '';
    await db.updateTable('users').set({ disabled_at: null }).execute();
    const { id: migrationId } = await beginMigration(db, context, organizationId, connectionId);
    const where = { organizationId, migrationId };
    // Who signs in through another connection is not in it, and kim and lea are by their own.
    expect(Object.keys(await standing(where)).toSorted()).toEqual([
      'kim',
      'lea',
      'mia',
      'ned',
      'oda',
      'pam',
      'zoe',
    ]);
    const owners = sql`select user_id from memberships where organization_id = ${organizationId} and role = 'owner' and user_id <> ${at('zoe')}`;
    await removingWhile(where, at('mia'), async () => {
      await members().set({ origin: 'scim' }).where('user_id', '=', at('ned')).execute();
      await members().set({ connection_id: other.id }).where('user_id', '=', at('oda')).execute();
      await sql`update users set disabled_at = now() where id in (${owners})`.execute(db);
    });
    expect(await standing(where)).toMatchObject({
      mia: 'removed',
      ned: 'adopted',
      oda: 'refused',
      pam: 'removed',
      zoe: 'refused',
    });
    const { people } = await readMigration(db, where, { state: 'refused' });
    expect(people.map(({ detail }) => detail)).toEqual([
      'Is a member in another way by now.',
      expect.stringContaining('owner'),
    ]);
    await sql`update users set disabled_at = null where id in (${owners})`.execute(db);
    // Back through SCIM, and then by signing in after all: removed again.
    await db
      .insertInto('memberships')
      .values({
        organization_id: organizationId,
        user_id: at('pam'),
        role: 'member',
        origin: 'scim',
        connection_id: connectionId,
      })
      .execute();
    await take(where, 'verify');
    expect(await standing(where)).toMatchObject({ pam: 'returned', ned: 'adopted' });
    await members()
      .set({ origin: 'jit' })
      .where('user_id', 'in', [at('pam'), at('ned')])
      .execute();
    await take(where, 'remove');
    expect(await standing(where)).toMatchObject({ pam: 'removed', ned: 'removed' });
    await take(where, 'cancel');
  });

  it('gives a move up between two people: whoever waits then stays', async () => {
    const { db } = scim.database;
    const { organizationId, connectionId } = scim.globex;
    const quin = await signedIn('quin', 'member', scim.globex);
    // Many, because the lock is not given in the order it was asked for: the removal may have it a few times more.
    const behind = new Map<string, string>();
    for (let each = 10; each < 40; each += 1)
      behind.set(`rita${each}`, await signedIn(`rita${each}`, 'member', scim.globex));
    const { id: migrationId } = await beginMigration(db, context, organizationId, connectionId);
    const where = { organizationId, migrationId };
    const { happening } = await removingWhile(where, quin, async () => {
      const cancelling = take(where, 'cancel');
      await vi.waitFor(async () => expect(await waitingForLocks(scim.database)).toBe(2), { timeout: 20_000 });
      return { cancelling };
    });
    expect(await happening.cancelling).toMatchObject({ step: 'cancelled' });
    const stand = await standing(where);
    expect(stand.quin).toBe('removed');
    const staying = [...behind].filter(([name]) => stand[name] === 'waiting').map(([, userId]) => userId);
    expect(staying).not.toEqual([]);
    expect((await readMigration(db, where)).migration.step).toBe('cancelled');
    const left = await db
      .selectFrom('memberships')
      .select('user_id')
      .where('user_id', 'in', [quin, ...behind.values()])
      .execute();
    expect(left.map(({ user_id: userId }) => userId).sort()).toEqual(staying.sort());
  });
});

it('takes as many names at once as a request holds, and says what takes more', () => {
  const id = '00000000-0000-4000-8000-000000000000';
  const asked = (count: number) =>
    migrationAdvanceSchema.safeParse({ action: 'finish', without: new Array(count).fill(id) });
  expect(asked(20_000).success).toBe(true);
  expect(asked(20_001).error?.issues[0]?.message).toMatch(
    /^names at most 20,000 people.*--without-file FILE$/,
  );
});
