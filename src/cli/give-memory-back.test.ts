import { expect, test, vi } from 'vitest';
import { giveMemoryBackWhenQuiet } from './give-memory-back.ts';

/** Something that only a collection makes unreachable for good. */
function litter(): WeakRef<object> {
  return new WeakRef({ litter: new Array(1000).fill('x') });
}

test('collects once it has been quiet, again after activity, and no more when ended', async () => {
  let active = (): void => {};
  let subscribed = true;
  const end = giveMemoryBackWhenQuiet((callback) => {
    active = callback;
    return () => {
      subscribed = false;
    };
  });
  // A failed look must not hold on to what it looked at.
  const collected = (ref: WeakRef<object>): Promise<void> =>
    vi.waitFor(() => expect(ref.deref() === undefined).toBe(true), { timeout: 30_000, interval: 100 });
  await collected(litter());
  const later = litter();
  active();
  await collected(later);
  end();
  expect(subscribed).toBe(false);
});
