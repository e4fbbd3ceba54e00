import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { listAuditEvents } from '../audit/audit-list.ts';
import type { ChangeContext } from '../audit/record.ts';
import type { DatabaseHandle } from '../database/connection.ts';
import { startTestDatabase } from '../database/test-database.ts';
import { invite, listInvitations } from '../invitations/invitation-service.ts';
import { noMail } from '../mail/mailer.ts';
import { assignPolicy } from '../policies/assignment-service.ts';
import { createPolicy } from '../policies/policy-service.ts';
import { readReceived } from '../policies/received.ts';
import { createApiToken, listApiTokens } from '../tokens/api-tokens.ts';
import { listMembers } from './member-list.ts';
import { addMember, changeRole, removeMember } from './member-service.ts';
import { createOrganization, updateOrganization } from './organization-service.ts';

let database: DatabaseHandle & { stop(): Promise<void> };
let organizationId: string;
let round = 0;
const context = (): ChangeContext => ({
  actor: { kind: 'system', name: 'test' },
  sourceAddress: '192.0.2.1',
  at: new Date(),
});

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  round += 1;
  const made = await createOrganization(database.db, context(), { name: `org${round}`, displayName: 'Org' });
  organizationId = made.id;
});

async function add(name: string, role: 'member' | 'owner' = 'member'): Promise<string> {
  const email = `${name}@round${round}.example`;
  const where = { organizationId, publicUrl: 'https://hub.example' };
  return (await addMember(database.db, context(), where, { email, role })).member.userId;
}

describe('the last owner', () => {
  it('is neither removed nor made less', async () => {
    const owner = await add('owner', 'owner');
    await add('member');
    const { db } = database;
    for (const attempt of [
      () => removeMember(db, context(), organizationId, owner),
      () => changeRole(db, context(), organizationId, { userId: owner, role: 'editor' }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ refusal: { code: 'conflict' } });
    }
  });

  it('stays when two owners remove each other at the same moment, every time', async () => {
    const { db } = database;
    for (let attempt = 0; attempt < 10; attempt += 1) {
      round += 1000;
      organizationId = (await createOrganization(db, context(), { name: `org${round}`, displayName: 'Org' }))
        .id;
      const [one, two] = [await add('one', 'owner'), await add('two', 'owner')];
      const outcomes = await Promise.allSettled([
        removeMember(db, context(), organizationId, one),
        attempt % 2 === 0
          ? removeMember(db, context(), organizationId, two)
          : changeRole(db, context(), organizationId, { userId: two, role: 'member' }),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      const { members } = await listMembers(db, organizationId, { limit: 10, role: 'owner' });
      expect(members).toHaveLength(1);
    }
  });
});

describe('adding', () => {
  it('makes the account once, however many do it at the same moment', async () => {
    const { db } = database;
    const where = { organizationId, publicUrl: 'https://hub.example' };
    const outcomes = await Promise.allSettled(
      ['New@Round.example', 'new@round.example', 'NEW@ROUND.EXAMPLE'].map((email) =>
        addMember(db, context(), where, { email: `${round}${email}`, role: 'member' }),
      ),
    );
    const added = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(added).toHaveLength(1);
    expect(added[0]?.passwordLink?.url).toMatch(/^https:\/\/hub\.example\/setup\/[\w-]{43}$/);
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(RefusalError);
    }
  });

  it('gives no password link for an account that exists: it may belong to another organization', async () => {
    const email = `shared@round${round}.example`;
    const { db } = database;
    const first = await addMember(
      db,
      context(),
      { organizationId, publicUrl: 'x' },
      { email, role: 'member' },
    );
    expect(first.passwordLink).not.toBeNull();
    const other = await createOrganization(db, context(), { name: `other${round}`, displayName: 'Other' });
    const where = { organizationId: other.id, publicUrl: 'x' };
    expect((await addMember(db, context(), where, { email, role: 'owner' })).passwordLink).toBeNull();
  });

  it('makes no account in a domain of another organization, which would trust it later', async () => {
    const { db } = database;
    const owner = await add('owner', 'owner');
    const by = (): ChangeContext => ({
      ...context(),
      actor: { kind: 'user', userId: owner, email: 'owner', via: 'session' },
    });
    const holder = await createOrganization(db, context(), { name: `holder${round}`, displayName: 'Holder' });
    const name = `held${round}.example`;
    const proved = { challenge: 'x', verified_at: new Date() };
    await db
      .insertInto('domains')
      .values({ organization_id: holder.id, name, ...proved })
      .execute();
    const wanted = { email: `kim@${name.toUpperCase()}`, role: 'member' as const };
    const added = (where: string) => addMember(db, by(), { organizationId: where, publicUrl: 'x' }, wanted);
    await expect(added(organizationId)).rejects.toMatchObject({
      refusal: { code: 'forbidden', message: expect.stringContaining('in a domain of another organization') },
    });
    expect((await added(holder.id)).passwordLink).not.toBeNull();
    // Whom the other organization has made is a guest like anybody else.
    expect((await added(organizationId)).passwordLink).toBeNull();
  });

  it('stamps above the last stamp when a removed member comes back', async () => {
    const { db } = database;
    await add('owner', 'owner');
    const userId = await add('back');
    const before = await readReceived(db, { organizationId, userId });
    await removeMember(db, context(), organizationId, userId);
    expect(await readReceived(db, { organizationId, userId })).toBeNull();
    await addMember(
      db,
      { ...context(), at: new Date(1000) },
      { organizationId, publicUrl: 'x' },
      { email: `back@round${round}.example`, role: 'member' },
    );
    const after = await readReceived(db, { organizationId, userId });
    expect(after?.seq).toBe((before?.seq ?? 0) + 1);
  });
});

it('takes team places, policy and own tokens away with the membership, and says so in the audit log', async () => {
  const { db } = database;
  await add('owner', 'owner');
  const userId = await add('leaver');
  const policy = await createPolicy(db, context(), organizationId, {
    name: 'P',
    description: '',
    document: {},
    reason: '',
  });
  await assignPolicy(db, context(), organizationId, { userId, policyId: policy.id });
  await removeMember(db, context(), organizationId, userId);
  expect(
    await db.selectFrom('policy_assignments').where('user_id', '=', userId).selectAll().execute(),
  ).toEqual([]);
  const { events } = await listAuditEvents(db, organizationId, { limit: 1 });
  expect(events[0]).toMatchObject({
    action: 'member.remove',
    actor: { kind: 'system', label: 'test' },
    target: { id: userId },
    before: { role: 'member', origin: 'manual', teams: [], policy: 'P' },
    sourceAddress: '192.0.2.1',
  });
});

it('ends what gives more than who made it may still, each in the audit log', async () => {
  const { db } = database;
  await add('owner', 'owner');
  const userId = await add('made', 'owner');
  const email = `made@round${round}.example`;
  const by: ChangeContext = { ...context(), actor: { kind: 'user', userId, email, via: 'session' } };
  for (const role of ['member', 'editor', 'owner'] as const) {
    await createApiToken(db, by, organizationId, { name: `token ${role}`, role, days: 1 });
    const emails = [`${role}@private.example`];
    const place = { organizationId, publicUrl: 'x', mail: noMail };
    await invite(db, by, place, { emails, role, dryRun: false });
  }
  const ended = async (doing: () => Promise<unknown>) => {
    const { events: before } = await listAuditEvents(db, organizationId, { limit: 1 });
    await doing();
    const { events } = await listAuditEvents(db, organizationId, { limit: 10 });
    return events
      .slice(
        0,
        events.findIndex(({ id }) => id === before[0]?.id),
      )
      .filter(({ action }) => action.endsWith('.revoke'))
      .map(({ action, target, before: had }) => `${action} ${target.label} ${JSON.stringify(had)}`)
      .sort();
  };
  const left = async () => [
    ...(await listApiTokens(db, organizationId, new Date())).tokens.map(({ name }) => name),
    ...(await listInvitations(db, organizationId, new Date())).map((each) => each.email),
  ];
  const lessen = (role: 'editor' | 'member') => changeRole(db, context(), organizationId, { userId, role });
  expect(await ended(() => lessen('editor'))).toEqual([
    'invitation.revoke owner@private.example {"role":"owner"}',
    'token.revoke token owner {"role":"owner"}',
  ]);
  expect(await ended(() => lessen('member'))).toEqual([
    'invitation.revoke editor@private.example {"role":"editor"}',
    'token.revoke token editor {"role":"editor"}',
  ]);
  expect(await left()).toEqual(['token member', 'member@private.example']);
  expect(await ended(() => removeMember(db, context(), organizationId, userId))).toEqual([
    'invitation.revoke member@private.example {"role":"member"}',
    'token.revoke token member {"role":"member"}',
  ]);
});

describe('listing', () => {
  it('pages through everyone once, and searches without reading patterns', async () => {
    const { db } = database;
    for (const name of ['anna', 'bert', 'car%l', 'dora', 'e_ve']) await add(name);
    const seen: string[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listMembers(db, organizationId, { limit: 2, cursor });
      expect(page.total).toBe(5);
      seen.push(...page.members.map(({ email }) => email.split('@')[0] ?? ''));
      if (page.next === null) break;
      cursor = page.next;
    }
    expect(seen).toEqual(['anna', 'bert', 'car%l', 'dora', 'e_ve']);
    for (const sort of ['-email', 'name', '-name', 'role', 'origin', 'joined', '-joined'] as const) {
      const inOrder: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const page = await listMembers(db, organizationId, { limit: 2, cursor, sort });
        inOrder.push(...page.members.map(({ email }) => email));
        if (page.next === null) break;
        cursor = page.next;
      }
      expect([sort, new Set(inOrder).size, inOrder.length]).toEqual([sort, 5, 5]);
      if (sort === '-email') expect(inOrder).toEqual([...inOrder].sort().reverse());
    }
    for (const cursor of ['x', Buffer.from('["\u0000","y"]').toString('base64url')])
      await expect(listMembers(db, organizationId, { limit: 2, cursor, sort: 'joined' })).rejects.toThrow(
        'cursor',
      );
    expect((await listMembers(db, organizationId, { limit: 9, status: 'disabled' })).total).toBe(0);
    expect((await listMembers(db, organizationId, { limit: 9, status: 'active' })).total).toBe(5);
    const search = async (text: string) =>
      (await listMembers(db, organizationId, { limit: 9, search: text })).members.map(({ name }) => name);
    expect(await search('%')).toEqual(['car%l']);
    expect(await search('_')).toEqual(['e_ve']);
    expect(await search('NN')).toEqual(['anna']);
    expect(await search('\\')).toEqual([]);
    expect(await search('\0')).toHaveLength(5);
  });
});

it('stamps everyone when what travels in bundles changes, and nobody when it does not', async () => {
  const { db } = database;
  const userId = await add('member');
  const seq = async () => (await readReceived(db, { organizationId, userId }))?.seq ?? 0;
  const first = await seq();
  await updateOrganization(db, context(), organizationId, { displayName: 'Other name' });
  await updateOrganization(db, context(), organizationId, { refreshSeconds: 3600 });
  expect(await seq()).toBe(first);
  await updateOrganization(db, context(), organizationId, { graceSeconds: 86_400 });
  const second = await seq();
  expect(second).toBeGreaterThan(first);
  await updateOrganization(db, context(), organizationId, {
    contact: { name: 'IT', url: 'mailto:it@x.example' },
  });
  expect(await seq()).toBeGreaterThan(second);
});
