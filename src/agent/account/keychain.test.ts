import { describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/manual-clock.ts';
import { type KeychainLibrary, openKeychain } from './keychain.ts';

/** A library that fails in every call with this. */
const failing = (message: string): KeychainLibrary => ({
  getPassword: () => Promise.reject(new Error(message)),
  setPassword: () => Promise.reject(new Error(message)),
  deletePassword: () => Promise.reject(new Error(message)),
});

describe('a keychain', () => {
  it('is not loaded before it is used, and once', async () => {
    let loads = 0;
    const entries = new Map<string, string>();
    const keychain = openKeychain({
      platform: 'mac',
      clock: manualClock().clock,
      load: async () => {
        loads += 1;
        return {
          getPassword: async (service, account) => entries.get(`${service} ${account}`) ?? null,
          setPassword: async (service, account, secret) => void entries.set(`${service} ${account}`, secret),
          deletePassword: async (service, account) => entries.delete(`${service} ${account}`),
        };
      },
    });
    expect(loads).toBe(0);
    expect(await keychain.write('a', 's')).toEqual({ ok: true, secret: null });
    expect(await keychain.read('a')).toEqual({ ok: true, secret: 's' });
    expect([...entries.keys()]).toEqual(['Mooring a']);
    expect(await keychain.remove('a')).toEqual({ ok: true, secret: null });
    expect(await keychain.remove('a')).toEqual({ ok: true, secret: null });
    expect(loads).toBe(1);
  });

  it.each([
    ['Cannot autolaunch D-Bus without X11 $DISPLAY', /No D-Bus session/],
    ['The name org.freedesktop.secrets was not provided by any .service files', /No keyring service/],
    [
      'GDBus.Error:org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets was not provided by any .service files',
      /No keyring service/,
    ],
    ['libsecret-1.so.0: cannot open shared object file: No such file or directory', /libsecret-1-0/],
    ['Cannot create an item in a locked collection', /locked/],
    ['Object does not exist at path “/org/freedesktop/secrets/collection/login”', /no collection/],
    ['something\nelse', /refused: something else/],
  ])('that says "%s" is told in words', async (message, words) => {
    const keychain = openKeychain({
      platform: 'linux',
      clock: manualClock().clock,
      load: async () => failing(message),
    });
    for (const answer of [
      await keychain.read('a'),
      await keychain.write('a', 's3cret'),
      await keychain.remove('a'),
    ]) {
      expect(answer).toMatchObject({ ok: false, reason: expect.stringMatching(words) });
      expect(JSON.stringify(answer)).not.toContain('s3cret');
    }
  });

  it('whose library cannot be loaded is tried again at the next use', async () => {
    let broken = true;
    const keychain = openKeychain({
      platform: 'linux',
      clock: manualClock().clock,
      load: async () => {
        if (broken) throw new Error("Cannot find module 'keytar'");
        return { ...failing(''), getPassword: async () => 'found' };
      },
    });
    expect(await keychain.read('a')).toMatchObject({ ok: false });
    broken = false;
    expect(await keychain.read('a')).toEqual({ ok: true, secret: 'found' });
  });

  it('that waits for its password forever is given up', async () => {
    const time = manualClock();
    const keychain = openKeychain({
      platform: 'linux',
      clock: time.clock,
      load: async () => ({ ...failing(''), getPassword: () => new Promise(() => {}) }),
    });
    const answer = keychain.read('a');
    time.advance(60_000);
    expect(await answer).toMatchObject({ ok: false, reason: expect.stringContaining('did not answer') });
    expect(time.waiting()).toBe(0);
  });
});
