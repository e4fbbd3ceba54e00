import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../agent/clock.ts';
import { tryFileLock } from '../../agent/files/file-lock.ts';
import type { HostFacts, Layout } from '../../agent/paths.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { Invocation } from '../command.ts';
import { install } from './install.ts';
import { readInstallRequest } from './install-request.ts';
import type { Installing } from './installing.ts';
import { type MachineDisk, systemMachineDisk } from './machine-disk.ts';
import { machinePlaces } from './machine-files.ts';
import { uninstall } from './uninstall.ts';

/** `null`, or the code of the error that a call at a path meets. */
type Fault = (call: string, path: string) => string | null;

let folder = '';
let host: HostFacts;
let fault: Fault = () => null;
/** Why no machine file is trusted, or `null`. */
let distrust: string | null = null;
let clock = systemClock();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mooring-install-'));
  fault = () => null;
  distrust = null;
  clock = systemClock();
  host = {
    ...{ platform: 'linux', home: '/home/ada', userName: 'ada', temporary: '/tmp' },
    ...{ testRoot: join(folder, 'root'), exists: existsSync },
  };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const POLICY = "{'analyticsEnabled': {'locked': true, 'value': false}}";
const options = (given: Invocation['options']): Invocation['options'] => given;
const FULL = options({
  'admin-settings': POLICY,
  'allowed-org': 'acme;labs',
  hub: 'https://hub.example.com',
});

const places = (layout: Layout = 'mooring') => machinePlaces(host, layout);
const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

function machine(): Installing {
  return {
    ...{ host, trust: async () => distrust, protectFolder: async (path) => told('protectFolder', path) },
    files: {
      ...{ disk: faultyDisk(), clock, windows: false },
      protect: async (path) => told('protect', path),
    },
  };
}

const told = (call: string, path: string): string | null => {
  const code = fault(call, path);
  return code === null ? null : `it met ${code}`;
};

function faultyDisk(): MachineDisk {
  const real = systemMachineDisk();
  const meet = (call: string, path: string): void => {
    const code = fault(call, path);
    if (code !== null) throw Object.assign(new Error(code), { code });
  };
  const guarded =
    <Rest extends unknown[], Result>(call: string, run: (path: string, ...rest: Rest) => Promise<Result>) =>
    async (path: string, ...rest: Rest): Promise<Result> => {
      meet(call, path);
      return run(path, ...rest);
    };
  return {
    ...real,
    makeFolder: guarded('makeFolder', real.makeFolder),
    unlink: guarded('unlink', real.unlink),
    link: guarded('link', real.link),
    rename: async (from, to) => {
      meet('rename', to);
      return real.rename(from, to);
    },
    open: async (path, purpose) => {
      meet('open', path);
      const file = await real.open(path, purpose);
      return {
        ...file,
        write: async (bytes, offset) => {
          meet('write', path);
          return file.write(bytes, offset);
        },
      };
    },
  };
}

async function run(given: Invocation['options']): Promise<Refusal | null> {
  const read = readInstallRequest(given);
  if ('code' in read) return read;
  const done = await install(machine(), read.request);
  return 'code' in done ? done : null;
}

async function remove(force = false): Promise<Refusal | readonly string[]> {
  const done = await uninstall(machine(), force);
  return 'code' in done ? done : done.removed;
}

/** Every file and folder beneath the root, with mode and content. */
function snapshot(): string[] {
  const root = join(folder, 'root');
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const info = lstatSync(join(root, name));
      const content = info.isFile() ? readFileSync(join(root, name), 'utf8') : '';
      return `${name} ${(info.mode & 0o7777).toString(8)} ${content}`;
    });
}

describe('installing', () => {
  it.each(['linux', 'mac'] as const)(
    'writes what was named, readable by all and writable by its owner: %s',
    async (platform) => {
      host = { ...host, platform };
      const mask = process.umask(0o077);
      try {
        expect(await run(FULL)).toBeNull();
      } finally {
        process.umask(mask);
      }
      const { places: at, manifest } = places();
      expect(json(at['admin-settings'])).toEqual({ analyticsEnabled: { locked: true, value: false } });
      expect(json(at['sign-in'])).toEqual({ allowedOrgs: ['acme', 'labs'] });
      expect(json(at.machine)).toEqual({ layout: 'mooring', hubUrl: 'https://hub.example.com' });
      for (const path of [...Object.values(at), manifest]) {
        expect(lstatSync(path).mode & 0o7777).toBe(0o644);
        expect(lstatSync(dirname(path)).mode & 0o7777).toBe(0o755);
      }
      expect(snapshot().filter((line) => line.includes('.tmp'))).toEqual([]);
    },
  );

  it('keeps what is not named, and suggests a proxy beside the policy', async () => {
    await run(FULL);
    expect(
      await run({ 'override-proxy-http': 'http://proxy:3128', 'override-proxy-exclude': 'a, b' }),
    ).toBeNull();
    const { places: at } = places();
    expect(json(at['admin-settings'])).toEqual({
      analyticsEnabled: { locked: true, value: false },
      proxy: { locked: false, mode: 'manual', http: 'http://proxy:3128', exclude: ['a', 'b'] },
    });
    expect(json(at['sign-in'])).toEqual({ allowedOrgs: ['acme', 'labs'] });
    expect(json(at.machine)).toMatchObject({ hubUrl: 'https://hub.example.com' });
  });

  it('moves what it wrote to another layout, and removes it from there', async () => {
    await run(FULL);
    expect(await run({ layout: 'docker' })).toBeNull();
    expect(existsSync(places().places['admin-settings'])).toBe(false);
    const { places: at } = places('docker');
    expect(json(at['admin-settings'])).toEqual({ analyticsEnabled: { locked: true, value: false } });
    expect(json(at.machine)).toMatchObject({ layout: 'docker' });
    expect(await remove()).toHaveLength(3);
    expect(snapshot()).toEqual([]);
  });

  it('leaves a file of somebody else alone, unless forced', async () => {
    const path = places().places['admin-settings'];
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '{}');
    const before = snapshot();
    expect(await run(FULL)).toMatchObject({ code: 'conflict', details: { paths: [path] } });
    expect(snapshot()).toEqual(before);
    expect(await run({ ...FULL, force: true })).toBeNull();
    expect(json(path)).toMatchObject({ analyticsEnabled: {} });
  });

  it('does not follow a link in the place of a file', async () => {
    const path = places().places['admin-settings'];
    mkdirSync(dirname(path), { recursive: true });
    const theirs = join(folder, 'theirs');
    writeFileSync(theirs, 'theirs');
    symlinkSync(theirs, path);
    expect(await run({ ...FULL, force: true })).toMatchObject({ code: 'conflict' });
    expect(readFileSync(theirs, 'utf8')).toBe('theirs');
  });

  it('does not follow a link in the place of its lock', async () => {
    const { manifest } = places();
    mkdirSync(dirname(manifest), { recursive: true });
    const theirs = join(folder, 'theirs');
    symlinkSync(theirs, join(dirname(manifest), 'install.lock'));
    const before = snapshot();
    expect(await run(FULL)).toMatchObject({
      code: 'conflict',
      help: expect.stringContaining('Move it away'),
    });
    expect(snapshot()).toEqual(before);
    expect(existsSync(theirs)).toBe(false);
  });

  it('gives up when another run is at work for too long, and changes nothing', async () => {
    await run(FULL);
    const lock = join(dirname(places().manifest), 'install.lock');
    const taken = await tryFileLock(lock);
    if (!taken.ok) throw new Error('the lock could not be taken');
    let waited = 0;
    const after = (ms: number, action: () => void) => {
      waited += ms;
      const next = setImmediate(action);
      return () => clearImmediate(next);
    };
    clock = { ...systemClock(), after };
    const before = snapshot();
    const refused = { code: 'conflict', details: { path: lock } };
    expect(await run({ 'allowed-org': 'labs' })).toMatchObject(refused);
    expect(waited).toBeGreaterThan(29_000);
    expect(await remove()).toMatchObject(refused);
    expect(snapshot()).toEqual(before);
    taken.release();
    expect(await run({ 'allowed-org': 'labs' })).toBeNull();
    expect(existsSync(lock)).toBe(false);
  });

  it.each([
    [{ 'admin-settings': "{'a'': 1}" }, 'bad_request', 'At character 4'],
    [{ 'admin-settings': '' }, 'bad_request', 'It is empty'],
    [{ 'admin-settings': '[]' }, 'invalid_value', 'a list'],
    [{ 'admin-settings': "{'cpus': {'value': 'many'}}" }, 'invalid_value', 'cpus'],
    [{ 'admin-settings': "{'configurationFileVersion': 1}" }, 'invalid_value', 'has to be 2'],
    [
      { 'admin-settings': "{'proxy': {'mode': 'system'}}", 'override-proxy-http': 'http://p' },
      'bad_request',
      'twice',
    ],
    [
      { 'proxy-http-mode': 'system', 'override-proxy-pac': 'http://p/x.pac' },
      'bad_request',
      'counts only with',
    ],
    [{ 'override-proxy-https': ' ' }, 'bad_request', 'without a value'],
    [{ 'allowed-org': ' ; ' }, 'bad_request', 'names no organization'],
    [{ 'allowed-org': 'acme,labs' }, 'bad_request', 'acme,labs'],
    [{ 'allowed-org': 'Acme' }, 'bad_request', 'Acme'],
    [{ hub: 'hub.example.com' }, 'bad_request', '--hub'],
    [{ hub: 'http://hub.example.com' }, 'bad_request', 'not encrypted'],
  ])('refuses %o before anything is written', async (given, code, words) => {
    const refusal = await run({ ...FULL, ...given });
    expect(refusal).toMatchObject({ code });
    expect(refusal?.message).toContain(words);
    expect(snapshot()).toEqual([]);
  });
});

describe('failing half-way', () => {
  const FAULTS: readonly (readonly [string, string])[] = [
    ['write', 'ENOSPC'],
    ['open', 'EROFS'],
    ['rename', 'EACCES'],
    ['link', 'EPERM'],
    ['protect', 'a foreign owner'],
  ];
  const FILES = ['admin-settings.json', 'registry.json', 'machine.json', 'install-manifest.json'];

  it.each(FAULTS.flatMap(([call, code]) => FILES.map((file) => [call, code, file] as const)))(
    '%s meets %s at %s: everything is as it was',
    async (call, code, file) => {
      const hits = (each: string, path: string) => each === call && path.includes(file);
      fault = (each, path) => (hits(each, path) && !path.includes('-kept') ? code : null);
      expect(await run(FULL)).toMatchObject({ code: 'storage_failed' });
      expect(snapshot()).toEqual([]);
      fault = () => null;
      await run({ ...FULL, 'admin-settings': '{}', 'allowed-org': 'old' });
      chmodSync(places().places.machine, 0o640);
      const before = snapshot();
      let met = false;
      // Only the first: putting back uses the same calls.
      fault = (each, path) => {
        if (met || !hits(each, path)) return null;
        met = true;
        return code;
      };
      expect(await run(FULL)).toMatchObject({ code: 'storage_failed' });
      expect(met).toBe(true);
      expect(snapshot()).toEqual(before);
    },
  );

  it('a folder that cannot be made leaves none behind', async () => {
    fault = (call, path) => (call === 'makeFolder' && path.endsWith('registry') ? 'EROFS' : null);
    const refusal = await run(FULL);
    expect(refusal?.message).toContain('read-only');
    expect(snapshot()).toEqual([]);
  });

  it('a folder that cannot be protected is not written to', async () => {
    fault = (call) => (call === 'protectFolder' ? 'a refusal' : null);
    expect(await run(FULL)).toMatchObject({ code: 'conflict' });
    expect(snapshot()).toEqual([]);
  });

  it('says where the former text is when it cannot be put back', async () => {
    await run(FULL);
    const path = places().places['admin-settings'];
    let renames = 0;
    fault = (call, at) => {
      if (call === 'protect' && at === path) return 'a foreign owner';
      if (call === 'rename' && at === path) renames += 1;
      return call === 'rename' && renames > 1 && at === path ? 'EIO' : null;
    };
    const refusal = await run({ 'admin-settings': '{}' });
    expect(refusal?.message).not.toContain('Nothing was changed');
    expect(refusal?.message).toContain('-kept.tmp');
  });

  it.each(FILES)('removing fails at %s: everything is as it was', async (file) => {
    await run(FULL);
    const before = snapshot();
    fault = (call, path) => (call === 'unlink' && path.endsWith(`/${file}`) ? 'EACCES' : null);
    expect(await remove()).toMatchObject({ code: 'storage_failed' });
    expect(snapshot()).toEqual(before);
  });
});

describe('killed in the middle', () => {
  const WRITES = new Set(['makeFolder', 'unlink', 'link', 'rename', 'open', 'write']);
  /** From the given call on nothing reaches the disk any more, as after `kill -9`; answers whether it came to that. */
  async function killedAt(call: number, act: () => Promise<unknown>): Promise<boolean> {
    let calls = 0;
    fault = (each) => {
      if (WRITES.has(each)) calls += 1;
      return calls > call ? 'EIO' : null;
    };
    await act();
    fault = () => null;
    return calls > call;
  }
  /** What is left, without folders that are empty: those alone can stand while nothing notes them. */
  const filesLeft = () => snapshot().filter((line) => !line.endsWith(' '));

  it.each([
    ['the first installation', {}, FULL],
    ['one over another', FULL, { 'admin-settings': '{}', 'allowed-org': 'labs' }],
    ['a move to the other layout', FULL, { layout: 'docker' }],
  ] as const)(
    '%s: at every step the next run, and the removal, know what is ours',
    async (_, before, given) => {
      let calls = 0;
      for (let killed = true; killed; calls += 1) {
        if (Object.keys(before).length > 0) expect(await run(before)).toBeNull();
        killed = await killedAt(calls, () => run(given));
        if (calls % 2 === 0) expect(await run({ hub: 'https://other.example.com' })).toBeNull();
        expect(await remove(), `killed at call ${calls}`).not.toHaveProperty('code');
        expect(filesLeft(), `killed at call ${calls}`).toEqual([]);
        rmSync(join(folder, 'root'), { recursive: true, force: true });
      }
      expect(calls).toBeGreaterThan(20);
    },
  );

  it('a removal: the next one ends it', async () => {
    let calls = 0;
    for (let killed = true; killed; calls += 1) {
      await run(FULL);
      killed = await killedAt(calls, remove);
      expect(await remove()).not.toHaveProperty('code');
      expect(filesLeft(), `killed at call ${calls}`).toEqual([]);
    }
    expect(calls).toBeGreaterThan(8);
  });

  it('a file that the killed run was going to replace, and that is not ours, stays', async () => {
    const { places: at, manifest } = places();
    mkdirSync(dirname(at['sign-in']), { recursive: true });
    writeFileSync(at['sign-in'], 'theirs');
    const announced = { layout: 'mooring', files: { 'sign-in': 'a'.repeat(64) } };
    writeFileSync(
      manifest,
      JSON.stringify({ version: 1, layout: 'mooring', files: {}, folders: [], pending: announced }),
    );
    expect(await run(FULL)).toMatchObject({ code: 'conflict', details: { paths: [at['sign-in']] } });
    expect(await remove(true)).toEqual([]);
    expect(readFileSync(at['sign-in'], 'utf8')).toBe('theirs');
  });
});

describe('uninstalling', () => {
  it('removes what it wrote and nothing else, and is content when there is nothing', async () => {
    expect(await remove()).toEqual([]);
    await run(FULL);
    const theirs = join(dirname(places().places.machine), 'theirs.txt');
    writeFileSync(theirs, 'theirs');
    expect(await remove()).toHaveLength(3);
    expect(snapshot().filter((line) => !line.endsWith(' '))).toEqual([expect.stringContaining('theirs')]);
    expect(await remove()).toEqual([]);
  });

  it('keeps a file that changed since, unless forced', async () => {
    await run(FULL);
    const path = places().places['sign-in'];
    writeFileSync(path, '{"allowedOrgs":["mine"]}');
    const before = snapshot();
    expect(await remove()).toMatchObject({ code: 'conflict', details: { paths: [path] } });
    expect(snapshot()).toEqual(before);
    expect(await remove(true)).toHaveLength(3);
    expect(snapshot()).toEqual([]);
  });

  it('removes the rest when one is gone already', async () => {
    await run(FULL);
    rmSync(places().places['sign-in']);
    expect(await remove()).toHaveLength(2);
  });

  it('where others could have written, says to mend the rights, not to throw away what is known', async () => {
    await run(FULL);
    const before = snapshot();
    distrust = 'it can be written by everyone';
    for (const refusal of [await remove(true), await run(FULL)])
      expect(refusal).toMatchObject({
        ...{ code: 'conflict', message: expect.stringContaining('it can be written by everyone') },
        help: expect.stringMatching(/^Set the owner and the rights/),
      });
    expect(snapshot()).toEqual(before);
  });

  it.each(['{', '{"version":1,"files":{"/etc/passwd":"x"}}', '[]'])(
    'a manifest that holds %s removes nothing',
    async (text) => {
      await run(FULL);
      writeFileSync(places().manifest, text);
      const before = snapshot();
      expect(await remove(true)).toMatchObject({ code: 'conflict' });
      expect(await run(FULL)).toMatchObject({ code: 'conflict' });
      expect(snapshot()).toEqual(before);
    },
  );
});
