import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type StandInKey, standInKey } from '../../../test/stand-in-hub.ts';
import type { AgentKey } from '../../shared/contracts/agent-api.ts';
import { diskFiles, type StateFiles } from '../state-file.ts';
import type { HubAnswer, HubHttp } from './hub-http.ts';
import { createHubKeyTrust, type HubKeyTrust, type ProfileKey } from './hub-key-trust.ts';
import { fingerprint, followChain } from './hub-keys.ts';

const HUB = 'https://hub.acme.test';
let folder: string;
let published: readonly unknown[];
let answer: HubAnswer | null = null;
let profile: readonly ProfileKey[] | null;
let failWrites = false;
const disk = diskFiles();
const files: StateFiles = {
  ...disk,
  write: (path, text) => (failWrites ? Promise.reject(new Error('ENOSPC')) : disk.write(path, text)),
};
const http: HubHttp = {
  request: async () =>
    answer ?? { ok: true, status: 200, headers: {}, body: JSON.stringify({ keys: published }) },
  proxyProblem: () => null,
  authorityProblem: async () => null,
};
const launch = (): HubKeyTrust =>
  createHubKeyTrust({ keysFile: join(folder, 'keys.json'), files, http, profileKeys: () => profile });

let one: StandInKey;
let two: StandInKey;
let three: StandInKey;
let stranger: StandInKey;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mooring-keys-'));
  one = await standInKey();
  two = await standInKey(one);
  three = await standInKey(two);
  stranger = await standInKey();
  [published, profile, answer, failWrites] = [[one.jwk], null, null, false];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const jwks = (...keys: StandInKey[]): AgentKey[] => keys.map((key) => key.jwk);
const trusts = async (trust: HubKeyTrust, key: StandInKey, bundle: 'fetched' | 'kept' = 'fetched') =>
  (await trust.key(HUB, key.jwk.kid, bundle))?.x === key.jwk.x;

describe('pinning', () => {
  it('happens at a sign-in alone, and is kept', async () => {
    expect(await launch().update(HUB, HUB)).toMatchObject({ outcome: 'changed', pinned: [] });
    expect(await trusts(launch(), one)).toBe(false);
    expect(await launch().pinAtSignIn(HUB, HUB)).toEqual({ outcome: 'trusted' });
    expect(await trusts(launch(), one)).toBe(true);
    expect(await launch().key('https://other.test', one.jwk.kid, 'fetched')).toBeNull();
  });

  it('is not undone by other keys, even under the same id', async () => {
    await launch().pinAtSignIn(HUB, HUB);
    published = [{ ...stranger.jwk, kid: one.jwk.kid }];
    expect(await launch().update(HUB, HUB)).toEqual({
      outcome: 'changed',
      pinned: [await fingerprint(one.jwk)],
      offered: [await fingerprint(stranger.jwk)],
    });
    expect(await launch().pinAtSignIn(HUB, HUB)).toMatchObject({ outcome: 'changed' });
    expect(await trusts(launch(), one)).toBe(true);
  });

  it('takes another key once a person compared its fingerprint', async () => {
    await launch().pinAtSignIn(HUB, HUB);
    published = jwks(stranger);
    const print = await fingerprint(stranger.jwk);
    expect(await launch().pinAtSignIn(HUB, HUB, 'SHA256:other')).toMatchObject({ outcome: 'changed' });
    expect(await launch().pinAtSignIn(HUB, HUB, ` ${print.replace('SHA256:', '')} `)).toEqual({
      outcome: 'trusted',
    });
    expect(await trusts(launch(), stranger)).toBe(true);
    expect(await trusts(launch(), one)).toBe(false);
    expect(await trusts(launch(), one, 'kept')).toBe(true);
  });

  it('needs keys, an answer and a disk', async () => {
    published = [];
    expect(await launch().pinAtSignIn(HUB, HUB)).toMatchObject({ outcome: 'failed' });
    published = [{ kty: 'RSA', kid: 'r' }, 7, null];
    expect(await launch().pinAtSignIn(HUB, HUB)).toMatchObject({ outcome: 'failed' });
    published = jwks(one);
    failWrites = true;
    expect(await launch().pinAtSignIn(HUB, HUB)).toMatchObject({ outcome: 'failed' });
    expect(await trusts(launch(), one)).toBe(false);
    failWrites = false;
    for (const broken of ['nonsense', '[]', '{"keys":7}']) {
      answer = { ok: true, status: 200, headers: {}, body: broken };
      expect(await launch().pinAtSignIn(HUB, HUB)).toMatchObject({ outcome: 'failed' });
    }
    answer = { ok: true, status: 500, headers: {}, body: '' };
    expect(await launch().pinAtSignIn(HUB, HUB)).toMatchObject({ outcome: 'failed' });
  });

  it('starts anew from a damaged file only at a sign-in', async () => {
    await launch().pinAtSignIn(HUB, HUB);
    await disk.write(join(folder, 'keys.json'), '{"version":1,"hubs":7}');
    expect(await trusts(launch(), one)).toBe(false);
    expect(await launch().update(HUB, HUB)).toMatchObject({ outcome: 'changed' });
    expect(await launch().pinAtSignIn(HUB, HUB)).toEqual({ outcome: 'trusted' });
  });
});

describe('rotation', () => {
  it('follows the chain, in any order of publication, over steps that were missed', async () => {
    await launch().pinAtSignIn(HUB, HUB);
    published = jwks(three, two, stranger);
    expect(await launch().update(HUB, HUB)).toEqual({ outcome: 'trusted' });
    const trust = launch();
    expect(await trusts(trust, three)).toBe(true);
    expect(await trusts(trust, two)).toBe(true);
    expect(await trusts(trust, stranger)).toBe(false);
  });

  it('leaves a withdrawn key good for what it signed, and for nothing new', async () => {
    await launch().pinAtSignIn(HUB, HUB);
    published = jwks(one, two);
    await launch().update(HUB, HUB);
    published = jwks(two);
    await launch().update(HUB, HUB);
    expect(await trusts(launch(), one)).toBe(false);
    expect(await trusts(launch(), one, 'kept')).toBe(true);
    // Whoever stole the old key cannot bring in one of their own.
    const thief = await standInKey(one);
    published = jwks(thief);
    expect(await launch().update(HUB, HUB)).toMatchObject({ outcome: 'changed' });
    expect(await trusts(launch(), thief, 'kept')).toBe(false);
  });

  it('is not fooled by chains that only look like one', async () => {
    const copied = {
      ...stranger.jwk,
      predecessor: one.jwk.kid,
      predecessorSignature: two.jwk.predecessorSignature,
    };
    const asBundle = await standInKey();
    const wrongTyp = {
      ...asBundle.jwk,
      predecessor: one.jwk.kid,
      predecessorSignature: await one.sign(asBundle.jwk),
    };
    const unsigned = { ...stranger.jwk, predecessor: one.jwk.kid };
    const noise = { ...stranger.jwk, predecessor: one.jwk.kid, predecessorSignature: 'a.b.c' };
    const self = await standInKey(stranger, stranger.jwk.kid);
    // A genuine signature, shown with another key under the id that it names.
    const swapped = { ...two.jwk, x: stranger.jwk.x };
    for (const key of [copied, swapped, wrongTyp, unsigned, noise, self.jwk]) {
      expect(await followChain([one.jwk], [key as AgentKey])).toEqual([one.jwk]);
    }
    const renamed = { ...two.jwk, kid: 'renamed' };
    expect(await followChain([one.jwk], [renamed])).toEqual([one.jwk]);
    // A signs B and B signs A, and neither is trusted.
    const b = await standInKey(stranger);
    const a = {
      ...stranger.jwk,
      predecessor: b.jwk.kid,
      predecessorSignature: (await standInKey(b)).jwk.predecessorSignature,
    };
    expect(await followChain([one.jwk], [a as AgentKey, b.jwk])).toEqual([one.jwk]);
  });
});

describe('keys of the configuration profile', () => {
  it('are the only ones from which trust comes, as fingerprint or whole', async () => {
    await launch().pinAtSignIn(HUB, HUB);
    published = jwks(two, one);
    for (const entry of [await fingerprint(one.jwk), (await fingerprint(one.jwk)).slice(7), { ...one.jwk }]) {
      profile = [entry];
      expect(await launch().update(HUB, HUB)).toEqual({ outcome: 'trusted' });
      expect(await trusts(launch(), two)).toBe(true);
    }
    profile = [await fingerprint(stranger.jwk)];
    expect(await trusts(launch(), one)).toBe(false);
    expect(await trusts(launch(), one, 'kept')).toBe(false);
    expect(await launch().pinAtSignIn(HUB, HUB, await fingerprint(one.jwk))).toMatchObject({
      outcome: 'changed',
    });
    profile = [];
    expect(await launch().update(HUB, HUB)).toMatchObject({ outcome: 'changed', pinned: [] });
  });

  it('do not keep a key good that the hub withdrew, unless the profile names it', async () => {
    profile = [await fingerprint(two.jwk)];
    published = jwks(two, three);
    expect(await launch().update(HUB, HUB)).toEqual({ outcome: 'trusted' });
    const other = await standInKey(two);
    published = jwks(other);
    expect(await launch().update(HUB, HUB)).toEqual({ outcome: 'trusted' });
    expect(await trusts(launch(), other)).toBe(true);
    expect(await trusts(launch(), three)).toBe(false);
    expect(await trusts(launch(), three, 'kept')).toBe(true);
    expect(await trusts(launch(), two)).toBe(true);
  });

  it('given whole lead to newer ones although the hub shows the old one no more', async () => {
    const { kty, crv, x, kid } = one.jwk;
    profile = [{ kty, crv, x, kid }, { kty: 'RSA' }, 'not a fingerprint'];
    published = jwks(two);
    expect(await launch().update(HUB, HUB)).toEqual({ outcome: 'trusted' });
    expect(await trusts(launch(), two)).toBe(true);
  });
});
