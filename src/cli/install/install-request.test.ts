import { describe, expect, test } from 'vitest';
import type { Invocation } from '../command.ts';
import { readInstallRequest } from './install-request.ts';

/** Why it is refused; the request itself where it is not. */
function read(options: Invocation['options']): unknown {
  const result = readInstallRequest(options);
  return 'code' in result ? result.message : result.request;
}

const policy = (text: string) => read({ 'admin-settings': text });

describe('the policy', () => {
  test('a folder with single backslashes is refused: JSON makes other characters of them', () => {
    const shared = (path: string) =>
      policy(`{'filesharingAllowedDirectories': [{'path': '${path}', 'sharedByDefault': true}]}`);
    for (const [path, name] of [
      ['C:\\temp', 'a tab (\\t)'],
      ['D:\\new', 'a line end (\\n)'],
      ['C:\\builds', 'a backspace (\\b)'],
      ['C:\\work\\u007f', 'not JSON'],
      ['C:\\\\x\\u007f', 'a control character'],
    ] as const)
      expect(shared(path)).toMatch(
        name === 'not JSON' ? name : `filesharingAllowedDirectories[0].path holds ${name}`,
      );
    expect(shared('C:\\\\temp')).toMatchObject({
      policy: { filesharingAllowedDirectories: [{ path: 'C:\\temp' }] },
    });
  });

  test('scripts and options of the engine may have lines', () => {
    const given = {
      proxy: { mode: 'manual', embeddedPac: 'function FindProxyForURL() {\n\treturn "DIRECT";\n}' },
      linuxVM: { dockerDaemonOptions: { locked: true, value: '{\n"debug": true}' } },
    };
    expect(policy(JSON.stringify(given))).toMatchObject({ policy: given, warnings: [] });
  });

  test('a key that came twice is told, because one of its values was left out', () => {
    expect(
      policy("{'analyticsEnabled': {'value': true}, 'analyticsEnabled': {'value': false}}"),
    ).toMatchObject({
      policy: { analyticsEnabled: { value: false } },
      warnings: [{ code: 'duplicate_key' }],
    });
    expect(policy('\uFEFF{"analyticsEnabled": {"value": true},}')).toMatchObject({ warnings: [] });
  });
});

test('what was lost on the way here is not written', () => {
  for (const options of [
    { 'admin-settings': "{'proxy': {'mode': 'manual', 'exclude': ['m\uFFFDller.example']}}" },
    { 'override-proxy-exclude': 'm\uFFFDller.example' },
  ])
    expect(read(options)).toContain('another encoding than UTF-8');
});

describe('the proxy', () => {
  test.each([
    ['override-proxy-http', 'http://proxy:3128"'],
    ['override-proxy-https', "'http://proxy:3128'"],
    ['override-proxy-http', '“http://proxy:3128”'],
    ['override-proxy-http', 'http://pro xy:3128'],
    ['override-proxy-http', 'http://proxy:3128;http://other:3128'],
    ['override-proxy-http', 'http://proxy:99999'],
    ['override-proxy-http', 'javascript:alert(1)'],
    ['override-proxy-http', 'ftp://proxy:3128'],
    ['override-proxy-http', 'http://'],
    ['override-proxy-http', "http://proxy'"],
    ['override-proxy-http', 'proxy.example.com,other.example.com'],
    ['override-proxy-exclude', '"localhost,.example.com"'],
    ['override-proxy-exclude', 'localhost;.example.com'],
    ['override-proxy-exclude', 'localhost .example.com'],
    ['override-proxy-exclude', ' , ,'],
    ['override-proxy-pac', '"https://proxy/proxy.pac'],
    ['override-proxy-pac', 'https://proxy/proxy.pac”'],
  ])('--%s=%s is refused', (option, text) => {
    expect(read({ [option]: text })).toMatch(new RegExp(`^--${option}: .*Nothing was written\\.$`, 's'));
  });

  test('a password in what cannot be read as an address is not repeated', () => {
    expect(read({ 'override-proxy-http': 'http://me:hun"ter2@proxy' })).not.toMatch(/hun|ter2/);
  });

  test.each([
    ['override-proxy-http', 'proxy:3128'],
    ['override-proxy-http', 'http://me:it%27s@proxy.example.com:3128'],
    ['override-proxy-https', 'socks5://[::1]:1080'],
    ['override-proxy-https', 'https://10.0.0.1'],
    ['override-proxy-exclude', '*.example.com, <local>,10.0.0.0/8,[::1]:80'],
    ['override-proxy-pac', "/Users/o'brien/my proxy.pac"],
    ['override-proxy-pac', 'https://proxy/proxy.pac'],
    ['override-proxy-embedded-pac', 'function FindProxyForURL() { return "DIRECT" } // "'],
  ])('--%s=%s is taken', (option, text) => {
    expect(read({ [option]: text })).toMatchObject({ proxy: { mode: 'manual' } });
  });
});
