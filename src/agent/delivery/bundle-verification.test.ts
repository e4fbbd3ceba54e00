import { createHmac, generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { type StandInKey, standInKey, standInPayload } from '../../../test/stand-in-hub.ts';
import { KEY_TYP } from '../../shared/contracts/agent-api.ts';
import {
  BUNDLE_REFUSALS,
  BUNDLE_TYP,
  type BundlePayload,
  type BundleRefusal,
} from '../../shared/contracts/bundle.ts';
import {
  type BundleExpectation,
  type OfflineExpectation,
  verifyBundle,
  verifyOfflineBundle,
} from './bundle-verification.ts';

const HUB = { url: 'https://hub.acme.test' };
const NOW = 1_800_000_000_000;

let key: StandInKey;
let stranger: StandInKey;
let good: string;

const payload = (change: Partial<BundlePayload> = {}) => standInPayload(HUB, 'ada', 'acme', 10, change);
const expected = (change: Partial<BundleExpectation> = {}): BundleExpectation => ({
  issuer: HUB.url,
  userId: 'ada',
  organization: 'acme',
  highestSeq: 10,
  now: NOW,
  key: async (kid) => (kid === key.jwk.kid ? key.jwk : null),
  ...change,
});
const b64 = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const header = (change: Record<string, unknown> = {}) => ({
  alg: 'EdDSA',
  typ: BUNDLE_TYP,
  kid: key.jwk.kid,
  ...change,
});

beforeAll(async () => {
  key = await standInKey();
  stranger = await standInKey();
  good = await key.sign(payload());
});

describe('a bundle', () => {
  it('that says what it should is accepted', async () => {
    expect(await verifyBundle(good, expected())).toEqual({ ok: true, payload: payload() });
    expect(await verifyBundle(`${good}\n`, expected({ highestSeq: null }))).toMatchObject({ ok: true });
    const offlineDocument = { ...payload({ policy: null, document: {} }) };
    expect(await verifyBundle(await key.sign(offlineDocument), expected())).toMatchObject({ ok: true });
    expect(await verifyBundle(await key.sign({ ...payload(), fromTheFuture: 1 }), expected())).toMatchObject({
      ok: true,
    });
  });

  type Forgery = [what: string, reason: BundleRefusal, make: () => string | Promise<string>];
  const parts = () => good.split('.') as [string, string, string];
  const FORGERIES: Forgery[] = [
    ['nothing', 'malformed', () => ''],
    ['a web page', 'malformed', () => '<html></html>'],
    ['JSON instead of a JWS', 'malformed', () => JSON.stringify(payload())],
    ['two parts', 'malformed', () => parts().slice(0, 2).join('.')],
    ['four parts', 'malformed', () => `${good}.${good}`],
    ['padding', 'malformed', () => `${good}==`],
    ['a header that is no JSON', 'malformed', () => `${b64('nonsense')}.${parts()[1]}.${parts()[2]}`],
    ['a header that is a list', 'malformed', () => `${b64([])}.${parts()[1]}.${parts()[2]}`],
    ['no kid', 'malformed', () => key.sign(payload(), { alg: 'EdDSA', typ: BUNDLE_TYP })],
    ['no typ', 'malformed', () => key.sign(payload(), { alg: 'EdDSA', kid: key.jwk.kid })],
    ['the typ of a key signature', 'malformed', () => key.sign(payload(), header({ typ: KEY_TYP }))],
    ['the typ of a plain JWT', 'malformed', () => key.sign(payload(), header({ typ: 'JWT' }))],
    [
      'a key of its own in the header',
      'malformed',
      () => stranger.sign(payload(), header({ jwk: stranger.jwk })),
    ],
    [
      'an address of keys in the header',
      'malformed',
      () => key.sign(payload(), header({ jku: 'https://evil.test' })),
    ],
    ['an unencoded payload', 'malformed', () => key.sign(payload(), header({ b64: true, crit: ['b64'] }))],
    ['alg none, unsigned', 'bad_signature', () => `${b64(header({ alg: 'none' }))}.${parts()[1]}.`],
    [
      'alg none, with the old signature',
      'bad_signature',
      () => `${b64(header({ alg: 'none' }))}.${parts()[1]}.${parts()[2]}`,
    ],
    [
      'HS256 with the public key as secret',
      'bad_signature',
      () => {
        const signed = `${b64(header({ alg: 'HS256' }))}.${parts()[1]}`;
        return `${signed}.${createHmac('sha256', Buffer.from(key.jwk.x, 'base64url')).update(signed).digest('base64url')}`;
      },
    ],
    [
      'EdDSA in name, an HMAC in fact',
      'bad_signature',
      () => {
        const signed = `${b64(header())}.${parts()[1]}`;
        return `${signed}.${createHmac('sha512', Buffer.from(key.jwk.x, 'base64url')).update(signed).digest('base64url')}`;
      },
    ],
    [
      'Ed25519 by its newer name',
      'bad_signature',
      () => `${b64(header({ alg: 'Ed25519' }))}.${parts()[1]}.${parts()[2]}`,
    ],
    ['a stranger’s key', 'unknown_key', () => stranger.sign(payload())],
    ['a stranger’s key under our id', 'bad_signature', () => stranger.sign(payload(), header())],
    ['no signature', 'bad_signature', () => `${parts()[0]}.${parts()[1]}.`],
    ['another payload', 'bad_signature', () => `${parts()[0]}.${b64(payload({ seq: 11 }))}.${parts()[2]}`],
    [
      'the signature of another bundle',
      'bad_signature',
      async () => {
        const other = (await key.sign(payload({ seq: 99 }))).split('.');
        return `${parts()[0]}.${parts()[1]}.${other[2]}`;
      },
    ],
    [
      'the header swapped for an equal one in another order',
      'bad_signature',
      () => `${b64({ kid: key.jwk.kid, typ: BUNDLE_TYP, alg: 'EdDSA' })}.${parts()[1]}.${parts()[2]}`,
    ],
    [
      'contents that are not UTF-8',
      'malformed',
      () => key.sign(Buffer.from(JSON.stringify({ ...payload(), fromTheFuture: 'ÿ' }), 'latin1')),
    ],
    [
      'its own signature spelt in another way',
      'malformed',
      () => {
        // The last sign of 64 bytes carries four bits that say nothing.
        const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
        return `${good.slice(0, -1)}${signs[signs.indexOf(good.at(-1) ?? '') ^ 1]}`;
      },
    ],
    ['a payload that is no bundle', 'malformed', () => key.sign({ hello: 'world' })],
    ['a document that is a list', 'malformed', () => key.sign({ ...payload(), document: [] })],
    ['a number that is none', 'malformed', () => key.sign({ ...payload(), seq: '10' })],
    ['a number beyond counting', 'malformed', () => key.sign({ ...payload(), seq: 1e300 })],
    ['another hub', 'wrong_issuer', () => key.sign(payload({ iss: 'https://hub.evil.test' }))],
    ['our hub with a slash', 'wrong_issuer', () => key.sign(payload({ iss: `${HUB.url}/` }))],
    ['an offline bundle', 'wrong_audience', () => key.sign(payload({ aud: 'mooring-agent-offline' }))],
    ['another user', 'wrong_subject', () => key.sign(payload({ sub: 'bob' }))],
    ['every user', 'wrong_subject', () => key.sign(payload({ sub: '*' }))],
    ['another organization', 'wrong_organization', () => key.sign(payload({ org: 'beta' }))],
    ['the organization in capitals', 'wrong_organization', () => key.sign(payload({ org: 'ACME' }))],
    ['one that ended', 'expired', () => key.sign(payload({ exp: NOW / 1000 }))],
    ['one that ended at an impossible time', 'expired', () => key.sign(payload({ exp: -8_640_000_000_001 }))],
    ['an older number', 'rolled_back', () => key.sign(payload({ seq: 9 }))],
  ];
  it.each(FORGERIES)('with %s is refused: %s', async (_, reason, make) => {
    const verdict = await verifyBundle(await make(), expected());
    expect(verdict).toMatchObject({ ok: false, reason, message: expect.stringMatching(/^[A-Z].*[.]$/) });
  });

  it('is refused for every reason there is', () => {
    expect(new Set(FORGERIES.map(([, reason]) => reason))).toEqual(new Set(BUNDLE_REFUSALS));
  });

  it('is refused with any one bit flipped', async () => {
    const accepted: number[] = [];
    for (let at = 0; at < good.length; at += 1) {
      const flipped = Buffer.from(good);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      const text = flipped.toString('latin1');
      const verdict = await verifyBundle(text, expected());
      if (verdict.ok) accepted.push(at);
    }
    expect(accepted).toEqual([]);
  });

  it('is read by nothing but the key it names, whatever kind that is', async () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const { x = '' } = publicKey.export({ format: 'jwk' });
    expect(await verifyBundle(good, expected({ key: async () => ({ ...key.jwk, x }) }))).toMatchObject({
      reason: 'bad_signature',
    });
    expect(
      await verifyBundle(good, expected({ key: async () => ({ ...key.jwk, x: 'A'.repeat(43) }) })),
    ).toMatchObject({
      reason: 'bad_signature',
    });
  });

  it('that is kept is not ended by a clock', async () => {
    const ended = await key.sign(payload({ exp: 1, seq: 1 }));
    expect(await verifyBundle(ended, expected({ now: null, highestSeq: null }))).toMatchObject({ ok: true });
  });
});

describe('a bundle by file', () => {
  const byFile = (change: Partial<BundlePayload> = {}) =>
    payload({ aud: 'mooring-agent-offline', sub: '*', exp: NOW / 1000 + 60, ...change });
  const wanted = (change: Partial<OfflineExpectation> = {}): OfflineExpectation => ({
    ...{ issuer: HUB.url, userId: 'ada', organizations: ['beta', 'acme'], now: NOW },
    highestSeq: () => 10,
    key: async (kid) => (kid === key.jwk.kid ? key.jwk : null),
    ...change,
  });
  const verdictOf = async (contents: object, change: Partial<OfflineExpectation> = {}) =>
    verifyOfflineBundle(await key.sign(contents), wanted(change));

  it('for everybody, for this user, or for whomever it names where nobody has signed in, is accepted', async () => {
    expect(await verdictOf(byFile())).toEqual({ ok: true, payload: byFile() });
    expect(await verdictOf(byFile({ sub: 'ada' }))).toMatchObject({ ok: true });
    expect(await verdictOf(byFile({ sub: 'bob' }), { userId: null })).toMatchObject({ ok: true });
    expect(await verdictOf(byFile({ org: 'beta' }))).toMatchObject({ ok: true });
  });

  it.each<[what: string, reason: BundleRefusal, change: Partial<BundlePayload>]>([
    ['an organization that the profile does not allow', 'wrong_organization', { org: 'globex' }],
    ['an allowed organization in capitals', 'wrong_organization', { org: 'ACME' }],
    ['a part of an allowed organization’s name', 'wrong_organization', { org: 'acm' }],
    ['an end that is now', 'expired', { exp: NOW / 1000 }],
    ['the audience of one that is fetched', 'wrong_audience', { aud: 'mooring-agent' }],
    ['another user', 'wrong_subject', { sub: 'bob' }],
    ['another hub', 'wrong_issuer', { iss: 'https://hub.evil.test' }],
    ['an older number', 'rolled_back', { seq: 9 }],
  ])('with %s is refused: %s', async (_, reason, change) => {
    expect(await verdictOf(byFile(change))).toMatchObject({ ok: false, reason });
  });

  it('without an end is refused, and so is any where the profile allows no organization', async () => {
    const { exp: _, ...endless } = byFile();
    expect(await verdictOf(endless)).toMatchObject({
      ok: false,
      reason: 'malformed',
      message: expect.stringContaining('no end'),
    });
    expect(await verdictOf({ ...endless, exp: null })).toMatchObject({ ok: false, reason: 'malformed' });
    expect(await verdictOf(byFile(), { organizations: [] })).toMatchObject({ reason: 'wrong_organization' });
  });
});
