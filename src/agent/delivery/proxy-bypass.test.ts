import { describe, expect, it } from 'vitest';
import { bypassesProxy, destinationOf, isLoopback } from './proxy-bypass.ts';

describe('which destinations an exclusion covers', () => {
  const table: [url: string, entry: string, covered: boolean][] = [
    ['https://hub.acme.test', '*', true],
    ['https://hub.acme.test', '', false],
    ['https://hub.acme.test', 'hub.acme.test', true],
    ['https://hub.acme.test', ' HUB.Acme.Test ', true],
    ['https://hub.acme.test', 'acme.test', true],
    ['https://hub.acme.test', '.acme.test', true],
    ['https://hub.acme.test', '*.acme.test', true],
    ['https://badacme.test', 'acme.test', false],
    ['https://acme.test', '.acme.test', true],
    ['https://hub.acme.test', 'acme', false],
    ['https://hub.acme.test', '.', false],
    ['https://hub.acme.test', '*.', false],
    ['https://hub.acme.test:8443', 'acme.test:8443', true],
    ['https://hub.acme.test', 'acme.test:8443', false],
    ['https://hub.acme.test', 'acme.test:443', true],
    ['https://hub', '<local>', true],
    ['https://hub.acme.test', '<local>', false],
    ['https://10.1.2.3', '<local>', false],
    ['https://10.1.2.3', '10.0.0.0/8', true],
    ['https://11.1.2.3', '10.0.0.0/8', false],
    ['https://169.254.1.1', '169.254/16', true],
    ['https://10.1.2.3', '10.0.0.0/99', false],
    ['https://10.1.2.3', '10.0.0.0/x', false],
    ['https://10.1.2.3', '10.1.2.3', true],
    ['https://10.1.2.3', '2.3', false],
    ['https://[fd00::1]', 'fd00::/8', true],
    ['https://[fd00::1]', '10.0.0.0/8', false],
    ['https://[fd00::1]', 'fd00::1', true],
    ['https://[fd00::1]:8443', '[fd00::1]:8443', true],
    ['https://[fd00::1]', '[fd00::1]:8443', false],
    ['https://hub.acme.test', '10.0.0.0/8', false],
    ['https://hub.acme.test', '(((', false],
  ];
  it.each(table)('%s with "%s": %s', (url, entry, covered) => {
    expect(bypassesProxy(destinationOf(new URL(url)), [entry])).toBe(covered);
  });

  it('takes any entry of the list', () => {
    expect(bypassesProxy(destinationOf(new URL('https://hub.test')), ['a.test', 'hub.test'])).toBe(true);
    expect(bypassesProxy(destinationOf(new URL('https://hub.test')), [])).toBe(false);
  });

  it('knows the loopback', () => {
    for (const host of ['localhost', 'hub.localhost', '127.0.0.1', '127.9.9.9', '::1']) {
      expect(isLoopback(host)).toBe(true);
    }
    for (const host of ['127.0.0.1.acme.test', '10.0.0.1', 'localhost.acme.test', '::2', '128.0.0.1', '']) {
      expect(isLoopback(host)).toBe(false);
    }
  });
});
