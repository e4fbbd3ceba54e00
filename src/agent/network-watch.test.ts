import { expect, test } from 'vitest';
import { addressesOf, watchAddresses, watchNetwork } from './network-watch.ts';

test('tells of a network that came or changed, not of one that went', () => {
  const states = [
    { online: true, addresses: 'a' },
    { online: true, addresses: 'a' },
    { online: false, addresses: '' },
    { online: true, addresses: 'a' },
    { online: true, addresses: 'b' },
  ];
  let look = (): void => {};
  let came = 0;
  let at = 0;
  const stop = watchNetwork({
    facts: () => states[at] ?? { online: false, addresses: '' },
    after: (_, act) => {
      look = act;
      return () => {
        look = () => {};
      };
    },
    onCome: () => {
      came += 1;
    },
  });
  const told = states.slice(1).map(() => {
    at += 1;
    look();
    return came;
  });
  expect(told).toEqual([0, 0, 1, 2]);
  stop();
  look();
  expect(came).toBe(2);
});

test('addresses do not depend on their order, and not on what every machine has', () => {
  const one = { address: '10.0.0.2', internal: false };
  const two = { address: '192.168.1.2', internal: false };
  const noise = [
    { address: '127.0.0.1', internal: true },
    { address: 'fe80::1', internal: false },
  ];
  expect(addressesOf({ a: [one, ...noise], b: [two] })).toBe(
    addressesOf({ b: [two], a: [one], c: undefined }),
  );
});

test('where only addresses are known, the first that comes is a network that came', () => {
  const loopback = [{ address: '127.0.0.1', internal: true }];
  let interfaces: Parameters<typeof addressesOf>[0] = { lo: loopback };
  let look = (): void => {};
  let came = 0;
  const stop = watchAddresses({
    interfaces: () => interfaces,
    after: (_, act) => {
      look = act;
      return () => {
        look = () => {};
      };
    },
    onCome: () => {
      came += 1;
    },
  });
  const told = [
    { lo: loopback, eth0: [{ address: '10.0.0.2', internal: false }] },
    { lo: loopback, eth0: [{ address: '10.0.0.2', internal: false }] },
    { lo: loopback },
    { lo: loopback, eth0: [{ address: '10.0.0.2', internal: false }] },
  ].map((now) => {
    interfaces = now;
    look();
    return came;
  });
  expect(told).toEqual([1, 1, 1, 2]);
  stop();
});
