import { describe, expect, test } from 'vitest';
import type { ChangeAnswer, SettingState } from '../../shared/contracts/local-api.ts';
import {
  afterAnswer,
  afterReading,
  appliedBy,
  edit,
  NO_DRAFTS,
  reset,
  toRequest,
  withProblems,
} from './drafts.ts';

function setting(id: string, parts: Partial<SettingState> = {}): SettingState {
  return {
    id,
    value: 1,
    locked: false,
    source: 'default',
    suggestion: 1,
    managedBy: null,
    contributions: [],
    ...parts,
  };
}

describe('how applying ended', () => {
  const error = { code: 'storage_failed', message: 'The disk is full.' } as const;
  test.each<[string, ChangeAnswer, unknown]>([
    ['all of it done', { results: [{ id: 'a', outcome: 'changed' }] }, { outcome: 'saved', count: 1 }],
    [
      'one refused by name',
      {
        results: [
          { id: 'a', outcome: 'refused', error },
          { id: 'b', outcome: 'not_applied' },
        ],
        error,
      },
      { outcome: 'refused', ids: ['a'] },
    ],
    [
      'nothing could be saved',
      { results: [{ id: 'a', outcome: 'not_applied' }], error },
      { outcome: 'failed', failure: { kind: 'refused', error } },
    ],
    [
      'saved, and not in effect yet',
      { results: [{ id: 'a', outcome: 'changed' }], error },
      { outcome: 'failed', failure: { kind: 'refused', error } },
    ],
  ])('%s', (_, answer, applied) => expect(appliedBy(answer)).toEqual(applied));
});

describe('unsaved changes', () => {
  test('an edit is kept until it is the value in force again', () => {
    const cpus = setting('cpus');
    const edited = edit(NO_DRAFTS, cpus, 4, null);
    expect(toRequest(edited)).toEqual({ set: { cpus: 4 } });
    expect(edit(edited, cpus, 1, null).size).toBe(0);
  });

  test('lists and objects are compared by what they hold', () => {
    const list = setting('list', { value: [{ a: 'x', b: true }] });
    expect(edit(NO_DRAFTS, list, [{ b: true, a: 'x' }], null).size).toBe(0);
    expect(edit(NO_DRAFTS, list, [{ b: false, a: 'x' }], null).size).toBe(1);
    const order = setting('order', { value: ['a', 'b'] });
    expect(edit(NO_DRAFTS, order, ['b', 'a'], null).size).toBe(1);
  });

  test('nothing is sent while one of them has to be mended', () => {
    const drafts = edit(edit(NO_DRAFTS, setting('a'), 2, null), setting('b'), null, 'Enter a number.');
    expect(withProblems(drafts)).toEqual(['b']);
    expect(toRequest(drafts)).toBeNull();
    expect(toRequest(NO_DRAFTS)).toBeNull();
  });

  test.each([{ locked: true }, { frozen: 'policy_stale' as const }])(
    'a held setting takes no edit and no reset: %o',
    (held) => {
      const state = setting('a', { ...held, choice: 5 });
      expect(edit(NO_DRAFTS, state, 2, null).size).toBe(0);
      expect(reset(NO_DRAFTS, state).size).toBe(0);
    },
  );

  test('a reset is a wish of its own; without a choice it only drops the edit', () => {
    expect(toRequest(reset(NO_DRAFTS, setting('a', { value: 5, choice: 5 })))).toEqual({ reset: ['a'] });
    expect(reset(edit(NO_DRAFTS, setting('a'), 2, null), setting('a')).size).toBe(0);
  });

  const refusal = { code: 'invalid_value', message: 'It has to be from 1 to 9.' } as const;

  test('after an answer the done are gone, the refused say why, the kept back stay', () => {
    const a = setting('a');
    const sent = edit(edit(edit(NO_DRAFTS, a, 2, null), setting('b'), 3, null), setting('c'), 4, null);
    const answer: ChangeAnswer = {
      results: [
        { id: 'a', outcome: 'changed', value: 2 },
        { id: 'b', outcome: 'refused', error: refusal },
        { id: 'c', outcome: 'not_applied' },
      ],
    };
    const next = afterAnswer(sent, sent, answer);
    expect([...next.keys()]).toEqual(['b', 'c']);
    expect(next.get('b')?.refusal).toEqual(refusal);
    expect(edit(next, setting('b'), 5, null).get('b')?.refusal).toBeNull();
  });

  test('an edit made while the answer was on its way is not lost', () => {
    const sent = edit(NO_DRAFTS, setting('a'), 2, null);
    const meanwhile = edit(sent, setting('a'), 3, null);
    const next = afterAnswer(meanwhile, sent, { results: [{ id: 'a', outcome: 'changed' }] });
    expect(next.get('a')?.value).toBe(3);
  });

  test('a lock that came takes its draft; what is in force needs no applying', () => {
    const drafts = edit(
      edit(edit(NO_DRAFTS, setting('a'), 2, null), setting('b'), 2, null),
      setting('c'),
      2,
      null,
    );
    const read = afterReading(drafts, [
      setting('a', { locked: true }),
      setting('b', { value: 2 }),
      setting('c'),
    ]);
    expect(read.overtaken).toEqual(['a']);
    expect([...read.drafts.keys()]).toEqual(['c']);
  });

  test('what returns to the suggestion follows one that changes; what is only frozen waits', () => {
    const chosen = { value: 5, choice: 5 };
    const drafts = edit(reset(NO_DRAFTS, setting('a', chosen)), setting('b'), 2, null);
    const read = afterReading(drafts, [
      setting('a', { ...chosen, suggestion: 8 }),
      setting('b', { frozen: 'policy_stale' }),
    ]);
    expect(read.overtaken).toEqual([]);
    expect(read.drafts.get('a')).toMatchObject({ value: 8, reset: true });
    expect(read.drafts.get('b')).toMatchObject({ value: 2, reset: false });
    expect(toRequest(read.drafts)).toEqual({ set: { b: 2 }, reset: ['a'] });
  });

  test('a setting that is gone takes its draft with it', () => {
    expect(afterReading(edit(NO_DRAFTS, setting('a'), 2, null), []).drafts.size).toBe(0);
  });
});
