import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { listAuditEvents } from '../audit/audit-list.ts';
import type { ChangeContext } from '../audit/record.ts';
import type { DatabaseHandle } from '../database/connection.ts';
import { startTestDatabase } from '../database/test-database.ts';
import { addMember } from '../organizations/member-service.ts';
import { createOrganization } from '../organizations/organization-service.ts';
import { assignPolicy, setDefaultPolicy, unassignPolicy } from './assignment-service.ts';
import { deletePolicy } from './deleted-policies.ts';
import { readEffectivePolicy } from './effective-policy.ts';
import { listPolicies, readStoredPolicy } from './policy-list.ts';
import {
  createPolicy,
  duplicatePolicy,
  orderPolicies,
  restoreRevision,
  updatePolicy,
} from './policy-service.ts';
import { readReceived } from './received.ts';
import { listRevisions } from './revision-list.ts';

let database: DatabaseHandle & { stop(): Promise<void> };
let organizationId: string;
let own: string;
let plain: string;
let round = 0;
const context = (): ChangeContext => ({
  actor: { kind: 'system', name: 'test' },
  sourceAddress: null,
  at: new Date(),
});

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  round += 1;
  const { db } = database;
  organizationId = (await createOrganization(db, context(), { name: `org${round}`, displayName: 'Org' })).id;
  const add = async (name: string) =>
    (
      await addMember(
        db,
        context(),
        { organizationId, publicUrl: 'x' },
        { email: `${name}@round${round}.example`, role: 'member' },
      )
    ).member.userId;
  own = await add('own');
  plain = await add('plain');
});

const memory = (value: number) => ({ memoryMiB: { locked: true, value } });

async function make(name: string, document: Parameters<typeof createPolicy>[3]['document'] = {}) {
  return createPolicy(database.db, context(), organizationId, {
    name,
    description: '',
    document,
    reason: '',
  });
}

/** Who was stamped by an action. */
async function stampedBy(action: () => Promise<unknown>): Promise<readonly string[]> {
  const read = async () =>
    Promise.all(
      [own, plain].map(async (userId) => (await readReceived(database.db, { organizationId, userId }))?.seq),
    );
  const before = await read();
  await action();
  const after = await read();
  return ['own', 'plain'].filter((_name, index) => before[index] !== after[index]);
}

it('stamps those whose bundle changes, and nobody else, over the whole life of policies', async () => {
  const { db } = database;
  const [everyone, special] = [await make('Everyone', memory(1024)), await make('Special', memory(2048))];
  const edit = (policyId: string, change: object) => () =>
    updatePolicy(db, context(), { organizationId, policyId, version: null }, { reason: '', ...change });
  const assign = (policyId: string, moveFrom?: string) => () =>
    assignPolicy(db, context(), organizationId, { userId: own, policyId, moveFrom });
  const steps: readonly (readonly [string, () => Promise<unknown>, readonly string[]])[] = [
    ['a policy of nobody is changed', edit(everyone.id, { document: memory(1025) }), []],
    ['default set', () => setDefaultPolicy(db, context(), organizationId, everyone.id), ['own', 'plain']],
    ['default set again', () => setDefaultPolicy(db, context(), organizationId, everyone.id), []],
    ['assigned', assign(special.id), ['own']],
    ['assigned again', assign(special.id), []],
    ['the default changes', edit(everyone.id, { document: memory(1026) }), ['plain']],
    ['the default is saved unchanged', edit(everyone.id, { document: memory(1026) }), []],
    ['its description changes', edit(everyone.id, { description: 'text' }), []],
    ['its name changes', edit(everyone.id, { name: 'Everybody' }), ['plain']],
    ['the assigned one changes', edit(special.id, { document: memory(2049) }), ['own']],
    ['moved to the default', assign(everyone.id, special.id), ['own']],
    ['changed for both', edit(everyone.id, { document: memory(1027) }), ['own', 'plain']],
    ['unassigned', () => unassignPolicy(db, context(), organizationId, own), ['own']],
    ['unassigned again', () => unassignPolicy(db, context(), organizationId, own), []],
    ['reordered', () => orderPolicies(db, context(), organizationId, [special.id]), []],
    [
      'the default is deleted',
      () => deletePolicy(db, context(), { organizationId, policyId: everyone.id, version: null }),
      ['own', 'plain'],
    ],
  ];
  for (const [name, action, expected] of steps)
    expect([name, await stampedBy(action)]).toEqual([name, expected]);
  expect(await readReceived(db, { organizationId, userId: plain })).toMatchObject({
    policy: null,
    document: {},
  });
});

it('lets one of two who save at once win, and tells the other', async () => {
  const { db } = database;
  const { id, version } = await make('Contended');
  const save = (value: number) =>
    updatePolicy(
      db,
      context(),
      { organizationId, policyId: id, version },
      { document: memory(value), reason: '' },
    );
  const outcomes = await Promise.allSettled([save(1000), save(2000)]);
  const refused = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
  expect(refused).toHaveLength(1);
  expect(refused[0]).toMatchObject({
    refusal: { code: 'precondition_failed', details: { version: version + 1 } },
  });
  const stored = await readStoredPolicy(db, organizationId, id);
  expect(stored.revision).toBe(2);
  expect((await listRevisions(db, organizationId, id)).revisions).toHaveLength(2);
});

it('never leaves a member on content that their sequence number does not count, whatever runs at once', async () => {
  const { db } = database;
  const [everyone, special] = [await make('Everyone', memory(1024)), await make('Special', memory(2048))];
  await setDefaultPolicy(db, context(), organizationId, everyone.id);
  const seen = new Map<number, string>();
  let running = true;
  const watching = (async () => {
    while (running) {
      const received = await readReceived(db, { organizationId, userId: own });
      const content = JSON.stringify([received?.policy, received?.document]);
      const known = seen.get(received?.seq ?? -1) ?? content;
      seen.set(received?.seq ?? -1, content);
      if (known !== content) throw new Error(`seq ${received?.seq} stood for ${known} and for ${content}`);
    }
  })();
  const edit = async (policyId: string, from: number) => {
    for (let value = from; value < from + 25; value += 1) {
      const edited = { organizationId, policyId, version: null };
      await updatePolicy(db, context(), edited, { document: memory(value), reason: '' });
    }
  };
  const move = async () => {
    for (let turn = 0; turn < 25; turn += 1) {
      await assignPolicy(db, context(), organizationId, { userId: own, policyId: special.id });
      await unassignPolicy(db, context(), organizationId, own);
    }
  };
  await Promise.all([edit(everyone.id, 3000), edit(special.id, 4000), move()]);
  running = false;
  await watching;
  expect(seen.size).toBeGreaterThan(5);
});

describe('documents', () => {
  it('with any error are refused with every problem and its line, and change nothing', async () => {
    const { db } = database;
    const { id, version } = await make('Kept', memory(1024));
    const text =
      '{\n  "memoryMiB": { "locked": true, "value": "much" },\n  "cpus": { "value": 0 },\n  "prxy": 1\n}';
    const refused = await updatePolicy(
      db,
      context(),
      { organizationId, policyId: id, version },
      { text, reason: '' },
    ).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(RefusalError);
    const { refusal } = refused as RefusalError;
    expect(refusal.code).toBe('invalid_value');
    expect(refusal.details?.problems).toMatchObject([
      { severity: 'error', code: 'wrong_type', line: 2 },
      { severity: 'error', line: 3 },
      { severity: 'warning', code: 'unknown_key', line: 4 },
    ]);
    expect(await readStoredPolicy(db, organizationId, id)).toMatchObject({ revision: 1, version });
  });

  it.each([
    ['NUL', '{"memoryMiBx":"\\u0000"}'],
    ['a raw NUL in a comment', '{/*\0*/}'],
    ['half a surrogate pair', '{"x":"\\ud800"}'],
    ['a number beyond all bounds', '{"x":1e999}'],
    ['nesting without end', `{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['nothing', ''],
    ['a list', '[]'],
    ['text', 'policy'],
    ['more than 1 MiB', `{"x":"${'x'.repeat(1_100_000)}"}`],
  ])('with %s are refused and never reach the database', async (_name, text) => {
    const call = createPolicy(database.db, context(), organizationId, {
      name: 'Bad',
      description: '',
      text,
      reason: '',
    });
    await expect(call).rejects.toMatchObject({ refusal: { code: 'invalid_value' } });
    expect(await listPolicies(database.db, organizationId)).toEqual([]);
  });

  it('keep their text, their prototype-like keys and their order to themselves', async () => {
    const text =
      '{ // why\n "cpus": {"value": 2}, "__proto__": {"polluted": true}, "memoryMiB": {"value": 4096}, }';
    const made = await createPolicy(database.db, context(), organizationId, {
      name: 'Odd',
      description: '',
      text,
      reason: '',
    });
    expect(made.text).toBe(text);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const effective = await readEffectivePolicy(database.db, { organizationId, userId: plain }, 'linux');
    expect(effective.policy).toBeNull();
  });

  it('have their addresses masked in the audit log and in what is resolved, not in the policy', async () => {
    const { db } = database;
    const document = {
      proxy: { locked: true, mode: 'manual', http: 'http://ann:secret@proxy.example:3128' },
    };
    const { id } = await make('Proxy', document);
    await setDefaultPolicy(db, context(), organizationId, id);
    const { events } = await listAuditEvents(db, organizationId, { limit: 50 });
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(JSON.stringify(events)).toContain('***@proxy.example');
    const effective = await readEffectivePolicy(db, { organizationId, userId: plain }, 'linux');
    expect(JSON.stringify(effective)).not.toContain('secret');
    const received = await readReceived(db, { organizationId, userId: plain });
    expect(received?.document).toEqual(document);
  });
});

it('names the first policy before it moves a member', async () => {
  const { db } = database;
  const [first, second] = [await make('First'), await make('Second')];
  await assignPolicy(db, context(), organizationId, { userId: own, policyId: first.id });
  const move = (moveFrom?: string) =>
    assignPolicy(db, context(), organizationId, { userId: own, policyId: second.id, moveFrom });
  await expect(move()).rejects.toMatchObject({
    refusal: { code: 'conflict', details: { policy: { id: first.id, name: 'First' } } },
  });
  await expect(move(second.id)).rejects.toMatchObject({ refusal: { code: 'conflict' } });
  expect(await move(first.id)).toMatchObject({ movedFrom: { name: 'First' }, policy: { name: 'Second' } });
});

it('restores a revision as a new one, and copies a policy for nobody', async () => {
  const { db } = database;
  const { id } = await make('History', memory(1024));
  const edited = { organizationId, policyId: id, version: null };
  await updatePolicy(db, context(), edited, { document: memory(2048), reason: 'more' });
  const restored = await restoreRevision(db, context(), edited, { revision: 1, reason: '' });
  expect(restored).toMatchObject({ revision: 3, document: memory(1024) });
  const { revisions } = await listRevisions(db, organizationId, id);
  expect(revisions.map(({ revision, reason }) => [revision, reason])).toEqual([
    [3, 'Restored revision 1'],
    [2, 'more'],
    [1, ''],
  ]);
  await expect(restoreRevision(db, context(), edited, { revision: 9, reason: '' })).rejects.toMatchObject({
    refusal: { code: 'not_found' },
  });
  const copy = await duplicatePolicy(db, context(), organizationId, { policyId: id, name: 'Copy' });
  expect(copy).toMatchObject({ revision: 1, document: memory(1024), assignedUsers: 0, isDefault: false });
  await expect(
    duplicatePolicy(db, context(), organizationId, { policyId: id, name: 'HISTORY' }),
  ).rejects.toMatchObject({ refusal: { code: 'conflict' } });
});

it('resolves a member with the engine of the devices, contributions and all', async () => {
  const { db } = database;
  const special = await make('Special', {
    ...memory(2048),
    analyticsEnabled: { locked: false, value: false },
  });
  await assignPolicy(db, context(), organizationId, { userId: own, policyId: special.id });
  const effective = await readEffectivePolicy(db, { organizationId, userId: own }, 'mac');
  expect(effective.policy).toEqual({ id: special.id, name: 'Special', scope: 'user', revision: 1 });
  expect(effective.settings.memoryMiB).toMatchObject({ value: 2048, locked: true, source: 'user-policy' });
  expect(effective.settings.memoryMiB?.contributions[0]).toMatchObject({
    source: 'user-policy',
    outcome: 'wins',
  });
  expect(effective.settings.analyticsEnabled).toMatchObject({ value: false, locked: false });
  const other = await readEffectivePolicy(db, { organizationId, userId: plain }, 'mac');
  expect(other.settings.memoryMiB).toMatchObject({ source: 'default', locked: false });
});
