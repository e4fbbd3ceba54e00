import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import type { ChangeContext } from '../audit/record.ts';
import { databaseForFile } from '../database/test-database.ts';
import { addMember, removeMember } from '../organizations/member-service.ts';
import { createOrganization } from '../organizations/organization-service.ts';
import { createTeam, deleteTeam, setTeamMember, updateTeam } from '../teams/team-service.ts';
import { assignPolicy, setDefaultPolicy, unassignPolicy } from './assignment-service.ts';
import { deletePolicy } from './deleted-policies.ts';
import { createPolicy, orderPolicies } from './policy-service.ts';
import { readReceived } from './received.ts';
import { assignPolicyToTeam, listPolicyTeams, unassignPolicyFromTeam } from './team-assignment-service.ts';

const database = databaseForFile();
const context = (): ChangeContext => ({
  actor: { kind: 'system', name: 'test' },
  sourceAddress: null,
  at: new Date(),
});
let count = 0;
let organizationId: string;
let ada: string;
let bob: string;
let front: string;
let back: string;
let first: string;
let second: string;
let fallback: string;

beforeEach(async () => {
  const { db } = database;
  count += 1;
  const { id } = await createOrganization(db, context(), { name: `acme${count}`, displayName: 'Acme' });
  organizationId = id;
  const member = async (name: string) => {
    const where = { organizationId, publicUrl: 'http://127.0.0.1' };
    const added = await addMember(db, context(), where, {
      email: `${name}@acme${count}.example`,
      name,
      role: 'member',
    });
    return added.member.userId;
  };
  [ada, bob] = [await member('ada'), await member('bob')];
  const team = async (name: string) =>
    (await createTeam(db, context(), organizationId, { name, description: '' })).id;
  [front, back] = [await team('Front'), await team('Back')];
  const policy = async (name: string) =>
    (await createPolicy(db, context(), organizationId, { name, description: '', document: {}, reason: '' }))
      .id;
  [first, second, fallback] = [await policy('First'), await policy('Second'), await policy('Fallback')];
  await setDefaultPolicy(db, context(), organizationId, fallback);
});

const received = async (userId: string) => {
  const now = await readReceived(database.db, { organizationId, userId });
  return {
    policy: now?.policy?.id ?? null,
    via: now?.policy?.via ?? null,
    scope: now?.policy?.scope ?? null,
  };
};
const seq = async (userId: string) => {
  const { rows } = await sql<{ seq: number }>`select seq from bundle_sequences
    where organization_id = ${organizationId} and user_id = ${userId}`.execute(database.db);
  return rows[0]?.seq ?? 0;
};
/** Who was stamped by a change. */
async function stamped(change: () => Promise<unknown>): Promise<string[]> {
  const before = [await seq(ada), await seq(bob)];
  await change();
  const after = [await seq(ada), await seq(bob)];
  return ['ada', 'bob'].filter((_name, index) => after[index] !== before[index]);
}
const join = (teamId: string, userId: string, present = true) =>
  setTeamMember(database.db, context(), organizationId, { teamId, userId, present });
const assignTeam = (teamId: string, policyId: string, moveFrom?: string) =>
  assignPolicyToTeam(database.db, context(), organizationId, { teamId, policyId, moveFrom });

it('a team that is renamed keeps members and policy; the connections that place newcomers in it follow', async () => {
  const { db } = database;
  await setTeamMember(db, context(), organizationId, { teamId: front, userId: ada, present: true });
  await assignPolicyToTeam(db, context(), organizationId, { policyId: first, teamId: front });
  const place = await db
    .insertInto('connections')
    .values({
      organization_id: organizationId,
      name: 'Okta',
      kind: 'saml',
      default_team: 'FRONT',
      created_at: new Date(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const rename = (name: string) => updateTeam(db, context(), organizationId, { teamId: front, name });
  await expect(rename('bACK')).rejects.toThrow('There is a team named "bACK" already.');
  expect(await rename('Façade')).toMatchObject({ name: 'Façade', members: 1, policy: { id: first } });
  expect((await received(ada)).policy).toBe(first);
  const { default_team } = await db
    .selectFrom('connections')
    .select('default_team')
    .where('id', '=', place.id)
    .executeTakeFirstOrThrow();
  expect(default_team).toBe('Façade');
});

describe('a policy of a team', () => {
  it('is the user policy of its members, and follows membership live', async () => {
    await join(front, ada);
    expect(await stamped(() => assignTeam(front, first))).toEqual(['ada']);
    expect(await received(ada)).toEqual({ policy: first, via: 'team', scope: 'user' });
    expect(await received(bob)).toEqual({ policy: fallback, via: 'default', scope: 'organization' });
    expect(await stamped(() => join(front, bob))).toEqual(['bob']);
    expect(await received(bob)).toMatchObject({ policy: first });
    expect(await stamped(() => join(front, ada, false))).toEqual(['ada']);
    expect(await received(ada)).toMatchObject({ policy: fallback, via: 'default' });
  });

  it('yields to a direct assignment, and comes back when that goes', async () => {
    await join(front, ada);
    await assignTeam(front, first);
    const assign = () =>
      assignPolicy(database.db, context(), organizationId, { userId: ada, policyId: second });
    expect(await stamped(assign)).toEqual(['ada']);
    expect(await received(ada)).toEqual({ policy: second, via: 'member', scope: 'user' });
    // What the team receives does not reach who has a policy of their own: no new number either.
    expect(
      await stamped(() => unassignPolicyFromTeam(database.db, context(), organizationId, front)),
    ).toEqual([]);
    expect(await stamped(() => assignTeam(front, first))).toEqual([]);
    expect(await stamped(() => join(front, ada, false))).toEqual([]);
    await join(front, ada);
    await unassignPolicy(database.db, context(), organizationId, ada);
    expect(await received(ada)).toMatchObject({ policy: first, via: 'team' });
  });

  it('of two teams is the one that comes first in the policy list, and follows its order', async () => {
    await join(front, ada);
    await join(back, ada);
    await join(back, bob);
    await assignTeam(front, first);
    await assignTeam(back, second);
    expect(await received(ada)).toMatchObject({ policy: first });
    const order = (ids: string[]) => orderPolicies(database.db, context(), organizationId, ids);
    expect(await stamped(() => order([second, first]))).toEqual(['ada']);
    expect(await received(ada)).toMatchObject({ policy: second });
    // An order that changes nobody's policy stamps nobody.
    expect(await stamped(() => order([second, fallback, first]))).toEqual([]);
  });

  it('ends with the team, with the policy, and with the membership', async () => {
    await join(front, ada);
    await assignTeam(front, first);
    const removeTeam = () => deleteTeam(database.db, context(), organizationId, front);
    expect(await stamped(removeTeam)).toEqual(['ada']);
    expect(await received(ada)).toMatchObject({ policy: fallback });
    await join(back, ada);
    await assignTeam(back, second);
    const edited = { organizationId, policyId: second, version: null };
    expect(await stamped(() => deletePolicy(database.db, context(), edited))).toEqual(['ada']);
    expect(await received(ada)).toMatchObject({ policy: fallback });
    await assignTeam(back, first);
    await removeMember(database.db, context(), organizationId, ada);
    expect(await readReceived(database.db, { organizationId, userId: ada })).toBeNull();
  });

  it('is one at most for a team: the refusal names the present one', async () => {
    await assignTeam(front, first);
    await expect(assignTeam(front, second)).rejects.toMatchObject({
      refusal: {
        code: 'conflict',
        message: expect.stringContaining('"First"'),
        details: { moveFrom: first },
      },
    });
    expect(await assignTeam(front, second, first)).toMatchObject({ movedFrom: { id: first } });
    expect((await listPolicyTeams(database.db, organizationId, second)).teams).toMatchObject([
      { name: 'Front' },
    ]);
    expect((await listPolicyTeams(database.db, organizationId, first)).teams).toEqual([]);
  });

  it('cannot be given across organizations', async () => {
    const mine = { organizationId, first };
    const { id } = await createOrganization(database.db, context(), {
      name: `other${count}`,
      displayName: 'O',
    });
    await expect(
      assignPolicyToTeam(database.db, context(), id, { teamId: front, policyId: mine.first }),
    ).rejects.toMatchObject({ refusal: { code: 'not_found' } });
  });

  it('follows membership that changes without any of our code: the database stamps by itself', async () => {
    await assignTeam(front, first);
    await assignTeam(back, second);
    const add = () =>
      sql`insert into team_members (organization_id, team_id, user_id, origin)
          select ${organizationId}, t, u, 'scim' from unnest(${[front, back]}::uuid[]) t, unnest(${[ada, bob]}::uuid[]) u`.execute(
        database.db,
      );
    expect(await stamped(add)).toEqual(['ada', 'bob']);
    const clear = () => sql`delete from team_members where user_id = ${bob}`.execute(database.db);
    expect(await stamped(clear)).toEqual(['bob']);
  });
});
