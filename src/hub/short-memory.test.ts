import { describe, expect, it } from 'vitest';
import { createShortMemory } from './short-memory.ts';

interface Thing {
  readonly name: string;
}

function setUp() {
  let time = 0;
  const memory = createShortMemory<Thing>({ now: () => time, forMs: 5_000 });
  return {
    memory,
    pass: (ms: number) => {
      time += ms;
    },
    put: (name: string) => memory.read(name, async () => ({ name })),
  };
}

describe('short memory', () => {
  it('believes what it read for five seconds, and no longer', async () => {
    const { memory, pass, put } = setUp();
    await put('a');
    pass(4_999);
    expect(memory.get('a')).toEqual({ name: 'a' });
    pass(1);
    expect(memory.get('a')).toBeUndefined();
  });

  it('forgets what an announcement concerns, and leaves the rest', async () => {
    const { memory, put } = setUp();
    await put('a');
    await put('b');
    memory.forget(({ name }) => name === 'a');
    expect([memory.get('a'), memory.get('b')]).toEqual([undefined, { name: 'b' }]);
    memory.forget();
    expect(memory.size).toBe(0);
  });

  it('does not remember what was read before an announcement and arrived after it', async () => {
    const { memory } = setUp();
    let answer: (value: Thing) => void = () => undefined;
    const reading = memory.read(
      'a',
      () =>
        new Promise<Thing>((resolve) => {
          answer = resolve;
        }),
    );
    memory.forget(() => false);
    answer({ name: 'old' });
    expect(await reading).toEqual({ name: 'old' });
    expect(memory.get('a')).toBeUndefined();
  });

  it('remembers no absence, and nothing of a failure', async () => {
    const { memory } = setUp();
    expect(await memory.read('a', async () => null)).toBeNull();
    await expect(memory.read('b', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(memory.size).toBe(0);
  });

  it('holds no more than was asked for in its time', async () => {
    const { memory, pass, put } = setUp();
    for (let index = 0; index < 1_000; index += 1) {
      await put(String(index));
      pass(100);
    }
    expect(memory.size).toBeLessThanOrEqual(51);
  });
});
