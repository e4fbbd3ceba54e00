import { afterAll, beforeAll, expect, it } from 'vitest';
import { createApiToken } from '../tokens/api-tokens.ts';
import { startTestScim, type TestScim } from './test-scim.ts';

/* What ends with a membership, what does not, and that each change is in the audit log. */

const DOCKER = 'urn:ietf:params:scim:schemas:extension:docker:2.0:User';
let scim: TestScim;
beforeAll(async () => {
  scim = await startTestScim();
});
afterAll(() => scim.stop());

const send = async (method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown) => {
  const answer = await scim.send(scim.acme, method, path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300);
  return answer.body;
};
const set = (path: string, value: unknown) => ({ Operations: [{ op: 'replace', path, value }] });
const userId = async (email: string) =>
  (
    await scim.database.db
      .selectFrom('users')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirstOrThrow()
  ).id;

it('ends the tokens that they made here, not those of others nor elsewhere, and no session while they are a member elsewhere', async () => {
  const { db } = scim.database;
  const email = 'leaver@acme.example';
  const { id } = await send('POST', '/Users', { userName: email });
  await send('POST', '/Users', { userName: 'stayer@acme.example' });
  const [leaver, stayer] = [await userId(email), await userId('stayer@acme.example')];
  await db
    .insertInto('memberships')
    .values({
      ...{ organization_id: scim.globex.organizationId, user_id: leaver, role: 'member', origin: 'manual' },
    })
    .execute();
  const token = (by: string, address: string, organizationId: string, name: string) => {
    const actor = { kind: 'user' as const, userId: by, email: address, via: 'session' as const };
    const wanted = { name, role: 'member' as const, days: 1 };
    return createApiToken(db, { actor, sourceAddress: null, at: new Date() }, organizationId, wanted);
  };
  await token(leaver, email, scim.acme.organizationId, 'theirs here');
  await token(leaver, email, scim.globex.organizationId, 'theirs elsewhere');
  await token(stayer, 'stayer@acme.example', scim.acme.organizationId, 'of another');
  await db
    .insertInto('browser_sessions')
    .values({
      ...{ user_id: leaver, id_hash: Buffer.from('a session'), address: null, user_agent: null },
      ...{ created_at: new Date(), proved_at: new Date(), expires_at: new Date(Date.now() + 60_000) },
    })
    .execute();
  await send('PATCH', `/Users/${id}`, set('active', false));
  const revoked = await db
    .selectFrom('api_tokens')
    .select('name')
    .where('revoked_at', 'is not', null)
    .execute();
  expect(revoked).toEqual([{ name: 'theirs here' }]);
  const session = db.selectFrom('browser_sessions').select('ended_reason').where('user_id', '=', leaver);
  expect(await session.execute()).toEqual([{ ended_reason: null }]);
});

it('ends the tokens that may do more than the role that the directory gives from now on', async () => {
  const { db } = scim.database;
  const email = 'lessened@acme.example';
  const role = (value: string) => set(`${DOCKER}:dockerRole`, value);
  const { id } = await send('POST', '/Users', { userName: email, [DOCKER]: { dockerRole: 'editor' } });
  const actor = { kind: 'user' as const, userId: await userId(email), email, via: 'session' as const };
  for (const each of ['member', 'editor'] as const) {
    const made = { actor, sourceAddress: null, at: new Date() };
    const wanted = { name: `lessened ${each}`, role: each, days: 1 };
    await createApiToken(db, made, scim.acme.organizationId, wanted);
  }
  const from = await last();
  await send('PATCH', `/Users/${id}`, role('editor'));
  await send('PATCH', `/Users/${id}`, role('member'));
  const revoked = (await since(from)).filter(({ action }) => action === 'token.revoke');
  expect(revoked).toMatchObject([{ target_label: 'lessened editor', actor_label: 'SCIM: okta' }]);
});

it('gives the role of the person back with the membership, whatever groups say, and takes them out of one group only', async () => {
  const email = 'returns@acme.example';
  const { id } = await send('POST', '/Users', { userName: email, [DOCKER]: { dockerRole: 'editor' } });
  const members = [{ value: id }];
  const one = await send('POST', '/Groups', { displayName: 'acme:One', members });
  const two = await send('POST', '/Groups', { displayName: 'acme:Two', members });
  await send('PATCH', `/Users/${id}`, set('active', false));
  await send('PATCH', `/Users/${id}`, set('active', true));
  const { db } = scim.database;
  const member = await db
    .selectFrom('memberships')
    .select('role')
    .where('user_id', '=', await userId(email))
    .executeTakeFirstOrThrow();
  expect(member.role).toBe('editor');
  for (const operation of [
    { op: 'remove', path: 'members', value: members },
    { op: 'remove', path: `members[value eq "${id}"]` },
    { op: 'remove', path: 'members' },
  ]) {
    await send('PUT', `/Groups/${one.id}`, { displayName: 'acme:One', members });
    await send('PATCH', `/Groups/${one.id}`, { Operations: [operation] });
    expect((await send('GET', `/Groups/${one.id}`)).members).toEqual([]);
    expect((await send('GET', `/Groups/${two.id}`)).members).toHaveLength(1);
  }
});

it('writes down each change of a person and of a group, who did it, and nothing for what changed nothing', async () => {
  const { db } = scim.database;
  // An account that was there before is attached, and one that was not is made: both are written down.
  await db
    .insertInto('users')
    .values({ email: 'there@acme.example', username: 'there', name: 'There' })
    .execute();
  for (const email of ['there@acme.example', 'fresh@acme.example']) {
    const from = await last();
    const { id } = await send('POST', '/Users', { userName: email });
    await send('PATCH', `/Users/${id}`, set('displayName', 'Renamed'));
    await send('PATCH', `/Users/${id}`, set('displayName', 'Renamed'));
    await send('PATCH', `/Users/${id}`, set('active', false));
    await send('DELETE', `/Users/${id}`);
    const events = await since(from);
    expect(events.map(({ action }) => action).sort()).toEqual(
      [
        ...['scim.user.create', 'member.add', 'scim.user.update', 'scim.user.update', 'member.remove'],
        'scim.user.delete',
      ].sort(),
    );
    expect(new Set(events.map((event) => `${event.actor_kind} ${event.actor_label}`))).toEqual(
      new Set(['system SCIM: okta']),
    );
    expect(events.find(({ action }) => action === 'scim.user.delete')).toMatchObject({
      target_label: email,
      before: { userName: email, active: false },
    });
  }
  const from = await last();
  const { id } = await send('POST', '/Users', { userName: 'grouped@acme.example' });
  const group = await send('POST', '/Groups', { displayName: 'acme:Audited' });
  await send('PATCH', `/Groups/${group.id}`, {
    Operations: [{ op: 'add', path: 'members', value: [{ value: id }] }],
  });
  await send('PATCH', `/Groups/${group.id}`, set('displayName', 'acme:Anew'));
  await send('PATCH', `/Groups/${group.id}`, set('displayName', 'acme:Anew'));
  await send('DELETE', `/Groups/${group.id}`);
  const events = (await since(from)).filter(({ action }) => action.startsWith('scim.group.'));
  expect(events.map(({ action }) => action)).toEqual([
    'scim.group.create',
    'scim.group.update',
    'scim.group.update',
    'scim.group.delete',
  ]);
  expect(events[2]).toMatchObject({
    before: { displayName: 'acme:Audited' },
    after: { displayName: 'acme:Anew', membersChanged: 0 },
  });
});

async function last(): Promise<number> {
  const { rows } = await scim.database.pool.query<{ id: number }>(
    'select coalesce(max(id), 0) as id from audit_events',
  );
  return rows[0]?.id ?? 0;
}

function since(id: number) {
  return scim.database.db.selectFrom('audit_events').selectAll().where('id', '>', id).orderBy('id').execute();
}
