import { expect, it, onTestFinished } from 'vitest';
import { LOOK_BACK_MS } from '../../shared/contracts/hub-changes.ts';
import type { Announcement } from '../database/announcements.ts';
import type { Role } from '../database/schema.ts';
import { createChangeStreams } from './change-streams.ts';
import { createRecentChanges } from './recent-changes.ts';

/** Streams of a process that has listened for long, whose clock stands still between the tests' steps. */
function begin() {
  let at = 0;
  const listeners = new Set<(announcement: Announcement) => void>();
  const recent = createRecentChanges({ keepMs: LOOK_BACK_MS, now: () => at });
  const streams = createChangeStreams({
    announcements: {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    recent,
  });
  onTestFinished(() => streams.drain());
  at = LOOK_BACK_MS + 1;
  return {
    pass: (ms: number): void => {
      at += ms;
    },
    change: (organization: string, topic: string): void => {
      const payload = JSON.stringify({ organization, topic });
      for (const listener of listeners) listener({ channel: 'mooring_changes', payload });
    },
    reconnect: (): void => {
      for (const listener of listeners) listener({ channel: 'connected', payload: '' });
    },
    /** What a stream is told in the moment in which it opens. */
    open: (organizationId: string, role: Role): string => {
      let told = '';
      const leave = streams.open(
        {
          organizationId,
          listener: crypto.randomUUID(),
          check: async () => role,
          write: (text) => {
            told += text;
          },
          end: () => undefined,
        },
        role,
      );
      leave();
      return told;
    },
  };
}

it('tells a stream that opens what changed while its page read, as far as the role may know', () => {
  const { change, open, pass } = begin();
  expect(open('acme', 'owner')).toBe('');
  change('acme', 'connection');
  change('acme', 'policy');
  change('globex', 'team');
  expect(open('acme', 'owner')).toContain('{"topics":["connection","policy"]}');
  expect(open('acme', 'member')).toContain('{"topics":["policy"]}');
  expect(open('initech', 'owner')).toBe('');
  pass(LOOK_BACK_MS + 1);
  expect(open('acme', 'owner')).toBe('');
});

it('says that anything may have changed when the hub itself did not hear for a while', () => {
  const { reconnect, open, pass } = begin();
  reconnect();
  expect(open('acme', 'member')).toContain('{"topics":["*"]}');
  pass(LOOK_BACK_MS + 1);
  expect(open('acme', 'member')).toBe('');
});
