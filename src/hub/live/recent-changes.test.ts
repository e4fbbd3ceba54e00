import { describe, expect, it } from 'vitest';
import { createRecentChanges } from './recent-changes.ts';

const KEEP_MS = 30_000;

function begin() {
  let at = 1_000;
  const recent = createRecentChanges({ keepMs: KEEP_MS, now: () => at });
  return {
    recent,
    pass: (ms: number): void => {
      at += ms;
    },
  };
}

/** A process that has listened for long. */
function listening() {
  const begun = begin();
  begun.pass(KEEP_MS + 1);
  return begun;
}

describe('what changed a moment ago', () => {
  it('is told of its own organization, each kind once, and forgotten after its time', () => {
    const { recent, pass } = listening();
    recent.note('acme', 'policy');
    recent.note('globex', 'team');
    pass(KEEP_MS - 1);
    recent.note('acme', 'team');
    recent.note('acme', 'team');
    pass(1);
    expect(recent.of('acme')).toEqual(['policy', 'team']);
    pass(1);
    expect(recent.of('acme')).toEqual(['team']);
    expect(recent.of('globex')).toEqual([]);
    expect(recent.of('initech')).toEqual([]);
  });

  it('may be anything when the process listens only since a moment, or did not hear for a while', () => {
    const { recent, pass } = begin();
    expect(recent.of('acme')).toEqual(['*']);
    pass(KEEP_MS + 1);
    expect(recent.of('acme')).toEqual([]);
    recent.noteUnheard();
    expect(recent.of('acme')).toEqual(['*']);
    pass(KEEP_MS + 1);
    expect(recent.of('acme')).toEqual([]);
  });

  it('is kept again after it was forgotten', () => {
    const { recent, pass } = listening();
    recent.note('acme', 'policy');
    pass(KEEP_MS * 3);
    recent.note('globex', 'policy');
    expect(recent.of('acme')).toEqual([]);
    recent.note('acme', 'team');
    expect(recent.of('acme')).toEqual(['team']);
  });
});
