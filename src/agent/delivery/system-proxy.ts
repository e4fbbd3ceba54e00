import { execFile } from 'node:child_process';
import type { Platform } from '../../shared/settings/setting.ts';

/** What the operating system says about proxies. Empty texts: not set. */
export interface SystemProxy {
  readonly http: string;
  readonly https: string;
  readonly exclude: readonly string[];
  /** Address of a PAC script. */
  readonly pac: string;
}

/** Reads the operating system's proxy settings; `null` where it has none, or they cannot be read. */
export type SystemProxyReader = () => Promise<SystemProxy | null>;

/** Runs a program with a fixed argument list and answers its output; `null` when it failed. */
export type ProgramRunner = (file: string, args: readonly string[]) => Promise<string | null>;

const SYSTEM_ROOT_REG = ['System32', 'reg.exe'] as const;
const INTERNET_SETTINGS = 'HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings';

/**
 * The reader of a platform. Linux has no system setting that holds for every desktop: there the environment is
 * the system's answer, which is tried next anyway.
 *
 * @param systemRoot `AgentPaths.systemRoot`, so that `reg.exe` is not looked up in the user's PATH.
 */
export function systemProxyReader(
  platform: Platform,
  systemRoot: string,
  run: ProgramRunner = runProgram,
): SystemProxyReader {
  if (platform === 'linux') return async () => null;
  if (platform === 'mac') {
    return async () => {
      const output = await run('/usr/sbin/scutil', ['--proxy']);
      return output === null ? null : parseScutil(output);
    };
  }
  const reg = [systemRoot, ...SYSTEM_ROOT_REG].join('\\');
  return async () => {
    const output = await run(reg, ['query', INTERNET_SETTINGS]);
    return output === null ? null : parseInternetSettings(output);
  };
}

/** Reads the output of `scutil --proxy`. */
export function parseScutil(output: string): SystemProxy {
  const values = new Map<string, string>();
  const exclude: string[] = [];
  let inExceptions = false;
  for (const line of output.split('\n')) {
    const [, key = '', value = ''] = /^\s*(\S+)\s*:\s*(.*?)\s*$/.exec(line) ?? [];
    if (key === 'ExceptionsList') inExceptions = true;
    else if (line.trim() === '}') inExceptions = false;
    else if (inExceptions && /^\d+$/.test(key)) exclude.push(value);
    else if (key !== '') values.set(key, value);
  }
  const proxy = (kind: string): string => {
    const host = values.get(`${kind}Proxy`);
    if (values.get(`${kind}Enable`) !== '1' || !host) return '';
    return `http://${host}:${values.get(`${kind}Port`) ?? '80'}`;
  };
  const pac =
    values.get('ProxyAutoConfigEnable') === '1' ? (values.get('ProxyAutoConfigURLString') ?? '') : '';
  if (values.get('ExcludeSimpleHostnames') === '1') exclude.push('<local>');
  return { http: proxy('HTTP'), https: proxy('HTTPS'), exclude, pac };
}

/** Reads the output of `reg query` on the user's Internet Settings, which is where Windows keeps its proxy. */
export function parseInternetSettings(output: string): SystemProxy {
  const values = new Map<string, string>();
  for (const line of output.split(/\r?\n/)) {
    const [, name, value] = /^\s+(\S+)\s+REG_(?:SZ|DWORD|EXPAND_SZ)\s+(.*?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) values.set(name, value);
  }
  const pac = values.get('AutoConfigURL') ?? '';
  const exclude = (values.get('ProxyOverride') ?? '').split(';').filter((entry) => entry.trim() !== '');
  if (Number(values.get('ProxyEnable') ?? 0) !== 1) return { http: '', https: '', exclude, pac };
  return { ...splitProxyServer(values.get('ProxyServer') ?? ''), exclude, pac };
}

/** `host:port` for every scheme, or `http=host:port;https=host:port`. */
function splitProxyServer(text: string): { http: string; https: string } {
  if (!text.includes('=')) return { http: text, https: text };
  const parts = new Map<string, string>();
  for (const part of text.split(';')) {
    const [scheme = '', address = ''] = part.split('=', 2);
    parts.set(scheme.trim().toLowerCase(), address.trim());
  }
  return { http: parts.get('http') ?? '', https: parts.get('https') ?? '' };
}

const RUN_LIMIT_MS = 5_000;

function runProgram(file: string, args: readonly string[]): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(
      file,
      [...args],
      { timeout: RUN_LIMIT_MS, maxBuffer: 1024 * 1024, windowsHide: true },
      (error, stdout) => {
        resolve(error ? null : stdout);
      },
    );
  });
}
