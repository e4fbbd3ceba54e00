import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHubSecret, loadHubSecret } from './hub-secret.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mooring-secret-'));
});
afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

const TEXT = 'x'.repeat(32);

describe('sealing', () => {
  it('opens what it sealed, for the same purpose and the same secret only', () => {
    const secret = createHubSecret(TEXT);
    const sealed = secret.seal('a', Buffer.from('hello'));
    expect(secret.open('a', sealed)?.toString()).toBe('hello');
    expect(createHubSecret(TEXT).open('a', sealed)?.toString()).toBe('hello');
    expect(secret.open('b', sealed)).toBeNull();
    expect(createHubSecret(`${TEXT}y`).open('a', sealed)).toBeNull();
    expect(sealed.includes('hello')).toBe(false);
  });

  it('opens nothing that was changed or cut', () => {
    const secret = createHubSecret(TEXT);
    const sealed = secret.seal('a', Buffer.from('hello'));
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(secret.open('a', changed)).toBeNull();
      expect(secret.open('a', sealed.subarray(0, index))).toBeNull();
    }
  });

  it('seals the same text differently each time, and digests it the same', () => {
    const secret = createHubSecret(TEXT);
    expect(secret.seal('a', Buffer.from('x')).equals(secret.seal('a', Buffer.from('x')))).toBe(false);
    expect(secret.digest('a', 'x').equals(secret.digest('a', 'x'))).toBe(true);
    expect(secret.digest('a', 'x').equals(secret.digest('b', 'x'))).toBe(false);
    // The purpose and the text cannot be shifted into each other.
    expect(secret.digest('ab', 'c').equals(secret.digest('a', 'bc'))).toBe(false);
  });
});

describe('where the secret comes from', () => {
  it('makes a file that only its owner reads, and finds it again', async () => {
    const file = join(directory, 'data', 'hub.secret');
    const first = await loadHubSecret({ environment: undefined, file });
    const second = await loadHubSecret({ environment: '', file });
    if (!first.ok || !second.ok) throw new Error('no secret');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(second.secret.open('a', first.secret.seal('a', Buffer.from('x')))?.toString()).toBe('x');
  });

  it('first starts at the same time agree on one', async () => {
    const file = join(directory, 'hub.secret');
    const loaded = await Promise.all(
      Array.from({ length: 10 }, () => loadHubSecret({ environment: undefined, file })),
    );
    const digests = loaded.map((each) => (each.ok ? each.secret.digest('a', 'x').toString('hex') : 'none'));
    expect(new Set(digests).size).toBe(1);
    expect(digests[0]).not.toBe('none');
  });

  it('prefers the environment and leaves the file alone', async () => {
    const file = join(directory, 'hub.secret');
    const loaded = await loadHubSecret({ environment: TEXT, file });
    expect(loaded.ok).toBe(true);
    await expect(readFile(file)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('refuses a short one, one that others can read, and one that cannot be read, saying what to do', async () => {
    const file = join(directory, 'hub.secret');
    expect(await loadHubSecret({ environment: 'short', file })).toMatchObject({
      ok: false,
      fault: { kind: 'too_short' },
    });
    await writeFile(file, `${TEXT}\n`, { mode: 0o644 });
    const open = await loadHubSecret({ environment: undefined, file });
    expect(open).toMatchObject({ ok: false, fault: { kind: 'unsafe_file' } });
    expect(open.ok ? '' : open.fault.message).toContain(`chmod 600 ${file}`);
    expect(await loadHubSecret({ environment: undefined, file: directory })).toMatchObject({ ok: false });
    await rm(file);
    await writeFile(file, '', { mode: 0o600 });
    expect(await loadHubSecret({ environment: undefined, file })).toMatchObject({
      ok: false,
      fault: { kind: 'too_short' },
    });
  });
});
