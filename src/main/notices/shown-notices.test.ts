import type { EventEmitter } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeEach, expect, test, vi } from 'vitest';
import { createNotices } from './shown-notices.ts';

/*
 * What becomes of a notification whose object nobody holds: Electron lets go of it, and with it of who hears its click.
 */
const system = vi.hoisted(() => ({ shown: [] as WeakRef<EventEmitter>[], supported: true }));
vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events');
  class Notification extends EventEmitter {
    static isSupported(): boolean {
      return system.supported;
    }
    show(): void {
      system.shown.push(new WeakRef(this));
    }
  }
  return { Notification };
});

beforeEach(() => {
  system.shown.length = 0;
  system.supported = true;
});

const NOTICE = { title: 'Policy', body: 'It changed', place: '/policy' };
/** Collects what nobody holds. References that are weak hold what they refer to until the turn has ended. */
const collect = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc !== 'function') throw new Error('garbage cannot be collected here');
  gc();
};
const alive = () => system.shown.filter((each) => each.deref() !== undefined).length;

test('a click is heard however late it comes, and what was clicked, closed or refused is let go of', async () => {
  const opened: string[] = [];
  const notify = createNotices((place) => void opened.push(place));
  for (let count = 0; count < 3; count += 1) notify(NOTICE);
  await collect();
  expect(alive()).toBe(3);
  for (const [index, name] of ['click', 'close', 'failed'].entries())
    system.shown[index]?.deref()?.emit(name);
  expect(opened).toEqual(['/policy']);
  await collect();
  expect(alive()).toBe(0);
});

test('nobody holds on to more than can be clicked', async () => {
  const notify = createNotices(() => undefined);
  for (let count = 0; count < 30; count += 1) notify(NOTICE);
  await collect();
  expect(alive()).toBe(20);
});

test('where the system shows none, nothing is shown', () => {
  system.supported = false;
  createNotices(() => undefined)(NOTICE);
  expect(system.shown).toEqual([]);
});
