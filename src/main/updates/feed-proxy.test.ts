import { describe, expect, test } from 'vitest';
import type { ManagedProxy } from '../../agent/delivery/hub-http.ts';
import { feedProxy } from './feed-proxy.ts';

const given = (change: Partial<ManagedProxy>): ManagedProxy => ({
  ...{ mode: 'manual', http: '', https: '', exclude: [], pac: '', embeddedPac: '', ...change },
});
const configOf = (change: Partial<ManagedProxy>) => feedProxy(given(change)).config;

describe('the way to the update feed', () => {
  test('is the system’s where no proxy is set by hand', () => {
    expect(configOf({ mode: 'system', https: 'http://left.over:3128' })).toEqual({ mode: 'system' });
    expect(configOf({})).toEqual({ mode: 'system' });
    expect(configOf({ http: 'ftp://no.proxy', https: 'not an address' })).toEqual({ mode: 'system' });
  });

  test('is the proxy set by hand, for each scheme its own, and never the only way', () => {
    expect(configOf({ http: 'plain.example', https: 'https://ada:s3cret@proxy.example:3129/' })).toEqual({
      mode: 'fixed_servers',
      proxyRules: 'http=http://plain.example:80,direct://;https=https://proxy.example:3129,direct://',
      proxyBypassRules: '',
    });
  });

  test('leaves out what is excluded, sub-domains and all', () => {
    const exclude = [
      'acme.example',
      '.lan',
      '*.corp',
      '10.0.0.0/8',
      '127.0.0.1:8080',
      '[::1]',
      '<local>',
      '*',
      '',
    ];
    expect(configOf({ https: 'proxy:3128', exclude }).proxyBypassRules).toBe(
      'acme.example;*.acme.example;lan;*.lan;corp;*.corp;10.0.0.0/8;127.0.0.1:8080;[::1];<local>;*',
    );
  });

  test('an entry with a separator cannot become two', () => {
    expect(configOf({ https: 'proxy:3128', exclude: ['a;*', 'b, *'] }).proxyBypassRules).toBe('');
  });

  test('is what the script says; its text comes before its address', () => {
    const pac = 'https://acme.example/proxy.pac';
    expect(configOf({ pac, https: 'proxy:3128' })).toEqual({ mode: 'pac_script', pacScript: pac });
    const text = 'function FindProxyForURL() { return "PROXY p:1"; }';
    const { pacScript = '' } = configOf({ pac, embeddedPac: text });
    expect(Buffer.from(pacScript.split(',')[1] ?? '', 'base64').toString()).toBe(text);
  });

  test('name and password go to that proxy alone', () => {
    const { login } = feedProxy(given({ https: 'http://ada:s%40fe@proxy.example:3128' }));
    expect(login('proxy.example', 3128)).toEqual({ user: 'ada', password: 's@fe' });
    for (const [host, port] of [
      ['evil.example', 3128],
      ['proxy.example', 80],
    ] as const)
      expect(login(host, port)).toBeNull();
    expect(feedProxy(given({ https: 'http://proxy.example:3128' })).login('proxy.example', 3128)).toBeNull();
  });
});
