import { afterEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../../test/manual-clock.ts';
import type { HubOidc, OidcResult } from './hub-oidc.ts';
import { type SignIn, startBrowserSignIn } from './sign-in.ts';

const refused = <T>(): OidcResult<T> => ({ ok: false, problem: { kind: 'broken', message: 'not asked' } });

/** A hub that sends people to this address. */
const sendingTo = (url: string): HubOidc => ({
  issuer: 'https://hub.acme.test',
  browserStep: async () => ({ ok: true, value: { url, state: 'state', redeem: async () => refused() } }),
  deviceStep: async () => refused(),
  refresh: async () => refused(),
  revoke: async () => refused(),
});

describe('the address that a browser is given', () => {
  let signIn: SignIn | null = null;
  afterEach(async () => signIn?.cancel({ code: 'internal', message: 'The test is over.' }));

  const addressesFor = async (url: string): Promise<readonly string[]> => {
    const opened: string[] = [];
    const started = await startBrowserSignIn({
      ...{ id: 'one', clock: manualClock().clock, oidc: sendingTo(url), loginHint: null },
      complete: async () => null,
      opener: async (address) => opened.push(address) > 0,
    });
    if (!('ended' in started)) throw new Error(started.message);
    signIn = started;
    return opened;
  };

  it('is the one that the hub names', async () => {
    expect(await addressesFor('https://hub.acme.test/a')).toEqual(['https://hub.acme.test/a']);
  });

  it.each(['file:///etc/passwd', 'blob:https://hub.acme.test/a', 'ms-settings:', '--version'])(
    'is never %s, whatever the hub says',
    async (url) => {
      expect(await addressesFor(url)).toEqual([]);
    },
  );
});
