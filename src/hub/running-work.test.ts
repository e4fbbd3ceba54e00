import { expect, test } from 'vitest';
import { followWork } from './running-work.ts';

test('what has begun is waited for, however it ends; what begins meanwhile too', async () => {
  const work = followWork();
  const [first, second] = [Promise.withResolvers<string>(), Promise.withResolvers<void>()];
  expect(work.follow(first.promise)).toBe(first.promise);
  work.follow(second.promise).catch(() => undefined);
  let over = false;
  const settled = work.settled(60_000).then(() => {
    over = true;
  });
  first.resolve('done');
  await first.promise;
  expect(over).toBe(false);
  second.reject(new Error('failed'));
  await settled;
  expect(over).toBe(true);
});

test('work that never ends is not waited for forever, and nothing is not waited for at all', async () => {
  const work = followWork();
  await work.settled(60_000);
  expect(work.follow(5)).toBe(5);
  await work.settled(60_000);
  work.follow(new Promise(() => undefined));
  await work.settled(1);
});
