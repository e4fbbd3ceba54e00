import { describe, expect, it } from 'vitest';
import { parseInternetSettings, parseScutil, systemProxyReader } from './system-proxy.ts';

const SCUTIL = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
  }
  ExcludeSimpleHostnames : 1
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 8080
  HTTPProxy : proxy.acme.test
  HTTPSEnable : 1
  HTTPSPort : 8443
  HTTPSProxy : secure.acme.test
  ProxyAutoConfigEnable : 0
  ProxyAutoConfigURLString : http://pac.acme.test/proxy.pac
}
`;

const REG = [
  '',
  'HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings',
  '    User Agent    REG_SZ    Mozilla/4.0 (compatible; MSIE 8.0; Win32)',
  '    ProxyEnable    REG_DWORD    0x1',
  '    ProxyServer    REG_SZ    http=a.acme.test:80;https=b.acme.test:8443',
  '    ProxyOverride    REG_SZ    *.acme.test;<local>',
  '    AutoConfigURL    REG_SZ    https://pac.acme.test/p.pac',
  '',
].join('\r\n');

describe('the proxy of the operating system', () => {
  it('is read on mac', () => {
    expect(parseScutil(SCUTIL)).toEqual({
      http: 'http://proxy.acme.test:8080',
      https: 'http://secure.acme.test:8443',
      exclude: ['*.local', '169.254/16', '<local>'],
      pac: '',
    });
    expect(parseScutil(SCUTIL.replace('ConfigEnable : 0', 'ConfigEnable : 1')).pac).toBe(
      'http://pac.acme.test/proxy.pac',
    );
    expect(parseScutil(SCUTIL.replace('HTTPSEnable : 1', 'HTTPSEnable : 0')).https).toBe('');
    expect(parseScutil('')).toEqual({ http: '', https: '', exclude: [], pac: '' });
  });

  it('is read on Windows', () => {
    expect(parseInternetSettings(REG)).toEqual({
      http: 'a.acme.test:80',
      https: 'b.acme.test:8443',
      exclude: ['*.acme.test', '<local>'],
      pac: 'https://pac.acme.test/p.pac',
    });
    expect(parseInternetSettings(REG.replace('0x1', '0x0')).https).toBe('');
    expect(parseInternetSettings(REG.replace(/http=\S+/, 'one.acme.test:3128'))).toMatchObject({
      http: 'one.acme.test:3128',
      https: 'one.acme.test:3128',
    });
    expect(parseInternetSettings('garbage')).toEqual({ http: '', https: '', exclude: [], pac: '' });
  });

  it('asks the programs of the system by their full path, and has none on Linux', async () => {
    const calls: string[][] = [];
    const run = async (file: string, args: readonly string[]) => {
      calls.push([file, ...args]);
      return null;
    };
    expect(await systemProxyReader('mac', '', run)()).toBeNull();
    expect(await systemProxyReader('windows', 'C:\\Windows', run)()).toBeNull();
    expect(await systemProxyReader('linux', '', run)()).toBeNull();
    expect(calls).toEqual([
      ['/usr/sbin/scutil', '--proxy'],
      [
        'C:\\Windows\\System32\\reg.exe',
        'query',
        'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings',
      ],
    ]);
  });
});
