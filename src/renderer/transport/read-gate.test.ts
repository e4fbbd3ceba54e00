import { expect, test } from 'vitest';
import type { Carrier } from './carrier.ts';
import { createReadGate } from './read-gate.ts';

test('requests wait until the page follows the events, and following does not wait', async () => {
  const done: string[] = [];
  const carrier: Carrier = {
    send: async ({ path }) => {
      done.push(path);
      return { status: 200, text: '{}' };
    },
    follow: async () => {
      done.push('follow');
      return 200;
    },
  };
  const gate = createReadGate();
  const guarded = gate.guard(carrier);
  const answer = guarded.send({ method: 'GET', path: '/v1/status' });
  await guarded.follow({ open: () => {}, data: () => {} }, new AbortController().signal);
  expect(gate.isOpen()).toBe(false);
  expect(done).toEqual(['follow']);
  gate.open();
  expect(await answer).toEqual({ status: 200, text: '{}' });
  expect(gate.isOpen()).toBe(true);
  expect(done).toEqual(['follow', '/v1/status']);
});
