import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { removeMember } from '../organizations/member-service.ts';
import { createApiToken } from '../tokens/api-tokens.ts';
import { startTestScim, type TestScim, type TestTenant } from './test-scim.ts';
import { createScimToken } from './tokens.ts';

/* One organization with two connections that have the same people, as while it changes its identity provider. */

const DOCKER = 'urn:ietf:params:scim:schemas:extension:docker:2.0:User';
const OPERATOR = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };
let scim: TestScim;
let former: TestTenant;
let next: TestTenant;
let serial = 0;
let email = '';
beforeAll(async () => {
  scim = await startTestScim();
  former = scim.acme;
  next = await connection('entra');
});
beforeEach(() => {
  serial += 1;
  email = `both${serial}@acme.example`;
});
afterAll(() => scim.stop());

async function connection(name: string): Promise<TestTenant> {
  const { organizationId } = scim.acme;
  const { id: connectionId } = await scim.database.db
    .insertInto('connections')
    .values({ organization_id: organizationId, name, kind: 'oidc' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const made = await createScimToken(scim.database.db, OPERATOR, { organizationId, connectionId });
  return { organizationId, connectionId, token: made?.secret ?? '' };
}
const post = async (tenant: TestTenant, path: '/Users' | '/Groups', body: object): Promise<string> => {
  const answer = await scim.send(tenant, 'POST', path, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.id;
};
const active = async (tenant: TestTenant, id: string, value: boolean) => {
  const body = { Operations: [{ op: 'replace', path: 'active', value }] };
  const answer = await scim.send(tenant, 'PATCH', `/Users/${id}`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
};
const shownActive = async (tenant: TestTenant, id: string) =>
  (await scim.send(tenant, 'GET', `/Users/${id}`)).body.active;
const userId = async () =>
  (
    await scim.database.db
      .selectFrom('users')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirstOrThrow()
  ).id;
/** Role, and whose the membership is; with the teams. */
const standing = async () => {
  const { db } = scim.database;
  const id = await userId();
  const member = await db
    .selectFrom('memberships as m')
    .leftJoin('connections as c', 'c.id', 'm.connection_id')
    .where('m.user_id', '=', id)
    .select(['m.role', 'c.name', 'm.origin'])
    .executeTakeFirst();
  const teams = await db
    .selectFrom('team_members as tm')
    .innerJoin('teams as t', 't.id', 'tm.team_id')
    .where('tm.user_id', '=', id)
    .select('t.name')
    .orderBy('t.name')
    .execute();
  return [
    member === undefined ? 'out' : `${member.role} ${member.origin} of ${member.name}`,
    ...teams.map(({ name }) => name),
  ];
};
const actions = async () =>
  (
    await scim.database.db
      .selectFrom('audit_events')
      .select('action')
      .where('target_id', '=', await userId())
      .orderBy('id')
      .execute()
  ).map(({ action }) => action);
const session = async () => {
  const { rows } = await scim.database.pool.query<{ sessions: number }>(
    'select count(*)::int as sessions from browser_sessions where user_id = $1 and ended_reason is null',
    [await userId()],
  );
  return rows[0]?.sessions;
};
const signIn = async () =>
  scim.database.db
    .insertInto('browser_sessions')
    .values({
      user_id: await userId(),
      id_hash: Buffer.from(`${email} session`),
      ...{ address: null, user_agent: null, created_at: new Date(), proved_at: new Date() },
      expires_at: new Date(Date.now() + 60_000),
    })
    .execute();

describe('a person of two connections', () => {
  it('stays a member without a break until both let go', async () => {
    const old = await post(former, '/Users', { userName: email });
    const fresh = await post(next, '/Users', {
      userName: email.toUpperCase(),
      [DOCKER]: { dockerRole: 'editor' },
    });
    expect(fresh).not.toBe(old);
    // The membership is the first one's still, with its role, which is not the other's to change.
    expect(await standing()).toEqual(['member scim of okta']);
    for (const role of ['owner', 'editor']) {
      const wanted = { Operations: [{ op: 'replace', path: `${DOCKER}:dockerRole`, value: role }] };
      expect((await scim.send(next, 'PATCH', `/Users/${fresh}`, wanted)).status).toBe(200);
      expect(await standing()).toEqual(['member scim of okta']);
    }
    await signIn();
    await active(former, old, false);
    expect(await standing()).toEqual(['editor scim of entra']);
    expect([await shownActive(former, old), await shownActive(next, fresh), await session()]).toEqual([
      false,
      true,
      1,
    ]);
    expect(await actions()).toEqual(['member.add', 'member.pass-on']);
    // The former one may take it up again, and the membership is not doubled nor lost when the next one goes.
    await active(former, old, true);
    expect(await standing()).toEqual(['editor scim of entra']);
    expect((await scim.send(next, 'DELETE', `/Users/${fresh}`)).status).toBe(204);
    expect(await standing()).toEqual(['member scim of okta']);
    await active(former, old, false);
    expect([await standing(), await session()]).toEqual([['out'], 0]);
  });

  it('keeps the tokens that the role of the next one allows', async () => {
    const old = await post(former, '/Users', { userName: email, [DOCKER]: { dockerRole: 'editor' } });
    await post(next, '/Users', { userName: email });
    const actor = { kind: 'user' as const, userId: await userId(), email, via: 'session' as const };
    for (const role of ['member', 'editor'] as const)
      await createApiToken(scim.database.db, { ...OPERATOR, actor }, former.organizationId, {
        ...{ name: `${email} ${role}`, role, days: 1 },
      });
    await active(former, old, false);
    expect(await standing()).toEqual(['member scim of entra']);
    const left = scim.database.db
      .selectFrom('api_tokens')
      .select('role')
      .where('created_by', '=', actor.userId)
      .where('revoked_at', 'is', null);
    expect(await left.execute()).toEqual([{ role: 'member' }]);
  });

  it('is inactive for one and comes by the other', async () => {
    const old = await post(former, '/Users', { userName: email });
    await active(former, old, false);
    expect(await standing()).toEqual(['out']);
    const fresh = await post(next, '/Users', { userName: email });
    expect(await standing()).toEqual(['member scim of entra']);
    expect([await shownActive(former, old), await shownActive(next, fresh)]).toEqual([false, true]);
    // Deleting what one has does not touch what the other gave.
    expect((await scim.send(former, 'DELETE', `/Users/${old}`)).status).toBe(204);
    expect(await standing()).toEqual(['member scim of entra']);
  });

  it('is not kept by one that has them inactive, in a group or not', async () => {
    const [old, fresh] = [
      await post(former, '/Users', { userName: email }),
      await post(next, '/Users', { userName: email }),
    ];
    await post(next, '/Groups', { displayName: `acme:Idle ${serial}`, members: [{ value: fresh }] });
    await active(next, fresh, false);
    expect((await standing())[0]).toBe('member scim of okta');
    await active(former, old, false);
    expect(await standing()).toEqual(['out']);
  });

  it('keeps a place in a team while either names it', async () => {
    const old = await post(former, '/Users', { userName: email });
    const team = `acme:Both ${serial}`;
    const group = await post(former, '/Groups', { displayName: team, members: [{ value: old }] });
    // The next one takes up who came by the former, and not the place that the former gave and cannot give again now.
    const switched = (on: boolean) =>
      scim.database.db
        .updateTable('connections')
        .set({ scim_enabled: on })
        .where('id', '=', former.connectionId)
        .execute();
    await switched(false);
    const fresh = await post(next, '/Users', { userName: email });
    await switched(true);
    expect(await standing()).toEqual(['member scim of okta', `Both ${serial}`]);
    const second = await post(next, '/Groups', { displayName: team, members: [{ value: fresh }] });
    expect(await standing()).toEqual(['member scim of okta', `Both ${serial}`]);
    expect((await scim.send(former, 'DELETE', `/Groups/${group}`)).status).toBe(204);
    expect(await standing()).toEqual(['member scim of okta', `Both ${serial}`]);
    await active(former, old, false);
    expect(await standing()).toEqual(['member scim of entra', `Both ${serial}`]);
    const remove = { Operations: [{ op: 'remove', path: `members[value eq "${fresh}"]` }] };
    expect((await scim.send(next, 'PATCH', `/Groups/${second}`, remove)).status).toBe(204);
    expect(await standing()).toEqual(['member scim of entra']);
  });

  it('is inactive for both when an owner removes them', async () => {
    const [old, fresh] = [
      await post(former, '/Users', { userName: email }),
      await post(next, '/Users', { userName: email }),
    ];
    await removeMember(scim.database.db, OPERATOR, scim.acme.organizationId, await userId());
    expect([await shownActive(former, old), await shownActive(next, fresh)]).toEqual([false, false]);
    await active(next, fresh, true);
    expect(await standing()).toEqual(['member scim of entra']);
  });

  it('is not kept by one whose SCIM is off, nor seen or written across', async () => {
    const [old, fresh] = [
      await post(former, '/Users', { userName: email }),
      await post(next, '/Users', { userName: email }),
    ];
    for (const [tenant, id] of [
      [former, fresh],
      [next, old],
    ] as const)
      for (const method of ['GET', 'DELETE'] as const)
        expect((await scim.send(tenant, method, `/Users/${id}`)).status).toBe(404);
    const { db } = scim.database;
    const switched = (on: boolean) =>
      db.updateTable('connections').set({ scim_enabled: on }).where('id', '=', next.connectionId).execute();
    await switched(false);
    await active(former, old, false);
    await switched(true);
    expect(await standing()).toEqual(['out']);
  });

  it('is not left without an owner when the next one says less', async () => {
    const old = await post(former, '/Users', { userName: email, [DOCKER]: { dockerRole: 'owner' } });
    await post(next, '/Users', { userName: email });
    const body = { Operations: [{ op: 'replace', path: 'active', value: false }] };
    const answer = await scim.send(former, 'PATCH', `/Users/${old}`, body);
    expect([answer.status, answer.body.detail]).toEqual([409, expect.stringContaining('last owner')]);
    expect(await standing()).toEqual(['owner scim of okta']);
  });

  it('is taken over whole when the connection that gave the membership was deleted', async () => {
    const gone = await connection(`gone ${serial}`);
    const old = await post(gone, '/Users', { userName: email });
    await post(gone, '/Groups', { displayName: `acme:Gone ${serial}`, members: [{ value: old }] });
    await scim.database.db.deleteFrom('connections').where('id', '=', gone.connectionId).execute();
    expect(await standing()).toEqual(['member scim of null', `Gone ${serial}`]);
    const fresh = await post(next, '/Users', { userName: email });
    expect((await standing())[0]).toBe('member scim of entra');
    await active(next, fresh, false);
    expect(await standing()).toEqual(['out']);
  });
});
