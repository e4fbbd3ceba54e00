import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { watchMachine } from './machine-watch.ts';

test('the end of a sleep, an unlocked screen and a network that comes wake the agent, until the watch ends', () => {
  const power = new EventEmitter();
  let online = true;
  let interfaces = { eth0: [{ address: '10.0.0.2', internal: false }] };
  let look = (): void => {};
  let woken = 0;
  const stop = watchMachine({
    ...{ power, isOnline: () => online, interfaces: () => interfaces },
    after: (_, act) => {
      look = act;
      return () => {
        look = () => {};
      };
    },
    onWake: () => {
      woken += 1;
    },
  });
  power.emit('suspend');
  power.emit('resume');
  power.emit('unlock-screen');
  expect(woken).toBe(2);
  online = false;
  look();
  online = true;
  look();
  expect(woken).toBe(3);
  interfaces = { eth0: [{ address: '192.168.7.4', internal: false }] };
  look();
  expect(woken).toBe(4);
  stop();
  power.emit('resume');
  online = false;
  look();
  expect([woken, power.listenerCount('resume') + power.listenerCount('unlock-screen')]).toEqual([4, 0]);
});
