import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUNDLE_MEDIA_TYPE, BUNDLE_TYP, OFFLINE_BUNDLE_AUDIENCE } from '../src/shared/contracts/bundle.ts';
import { type Machine, makeMachine } from './agent-at-hub.ts';
import {
  publish,
  type StandInHub,
  type StandInKey,
  standInAccount,
  standInKey,
  standInPayload,
  startStandInHub,
} from './stand-in-hub.ts';

/*
 * A thousand forged or altered bundles, each handed to a running agent by a hub that means it ill: none is accepted,
 * none changes what is in force or on disk, and each is refused with a reason.
 */

const LIGHT = { configurationFileVersion: 2, theme: { locked: true, value: 'light' } };
const DARK = { configurationFileVersion: 2, theme: { locked: true, value: 'dark' } };
const COUNT = 1_000;

let hub: StandInHub;
let machine: Machine;

beforeAll(async () => {
  hub = await startStandInHub();
  hub.accounts.set('ada', standInAccount('ada', ['acme']));
  machine = await makeMachine();
});
afterAll(async () => {
  await machine.end();
  await hub.stop();
});

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
/** Another last sign of the text of 64 bytes that decodes to the same: its lower four bits carry nothing. */
const respelt = (text: string, turn: number) =>
  SIGNS[SIGNS.indexOf(text.at(-1) ?? '') ^ (1 + (turn % 15))] ?? '';

/** Ways to forge; each takes a number, so that no two are the same. */
function forgeries(
  key: StandInKey,
  thief: StandInKey,
  good: string,
): readonly ((turn: number) => Promise<string>)[] {
  const [header = '', payload = '', signature = ''] = good.split('.');
  const kid = key.jwk.kid;
  const wanted = (turn: number, change = {}) =>
    standInPayload(hub, 'ada', 'acme', 1_000 + turn, { document: DARK, ...change });
  const flip = (text: string, turn: number): string => {
    const bytes = Buffer.from(text, 'base64url');
    const at = (turn * 7919) % bytes.length;
    bytes[at] = (bytes[at] ?? 0) ^ (1 << (turn % 8));
    return bytes.toString('base64url');
  };
  const hmac = (turn: number, alg: string) => {
    const signed = `${encode({ alg, typ: BUNDLE_TYP, kid })}.${encode(wanted(turn))}`;
    // Key confusion: the public key, which everybody has, used as the secret.
    const secret = Buffer.from(key.jwk.x, turn % 2 === 0 ? 'base64url' : 'utf8');
    return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
  };
  return [
    async (turn) => `${header}.${flip(payload, turn)}.${signature}`,
    // A newer one that would be accepted, in another spelling: bits of the text that decode to nothing.
    async (turn) => {
      const newer = await key.sign(wanted(turn));
      return `${newer.slice(0, -1)}${respelt(newer, turn)}`;
    },
    async (turn) => `${header}.${payload}.${flip(signature, turn)}`,
    async (turn) => `${flip(header, turn)}.${payload}.${signature}`,
    async (turn) => `${encode({ alg: 'none', typ: BUNDLE_TYP, kid })}.${encode(wanted(turn))}.`,
    async (turn) => hmac(turn, 'HS256'),
    async (turn) => hmac(turn, 'EdDSA'),
    async (turn) => thief.sign(wanted(turn)),
    async (turn) => thief.sign(wanted(turn), { alg: 'EdDSA', typ: BUNDLE_TYP, kid }),
    async (turn) => thief.sign(wanted(turn), { alg: 'EdDSA', typ: BUNDLE_TYP, kid, jwk: thief.jwk }),
    async (turn) => key.sign(wanted(turn), { alg: 'EdDSA', typ: 'mooring-key+jws', kid }),
    // Signed by the hub's own key, with a header that says how else to read it.
    async (turn) => key.sign(wanted(turn), { alg: 'EdDSA', typ: BUNDLE_TYP, kid, jwk: key.jwk }),
    async (turn) => key.sign(wanted(turn), { alg: 'EdDSA', typ: BUNDLE_TYP, kid, cty: `JWT ${turn}` }),
    async (turn) => key.sign(wanted(turn, { sub: `user-${turn}` })),
    async (turn) => key.sign(wanted(turn, { sub: '*' })),
    async (turn) => key.sign(wanted(turn, { org: `org-${turn}` })),
    async (turn) => key.sign(wanted(turn, { iss: `https://hub-${turn}.example` })),
    async (turn) => key.sign(wanted(turn, { aud: OFFLINE_BUNDLE_AUDIENCE, exp: 9_999_999_999 })),
    async (turn) => key.sign(wanted(turn, { exp: 1_000 + turn })),
    async (turn) => key.sign({ ...wanted(turn), seq: turn % 100 }),
    async (turn) => key.sign({ ...wanted(turn), seq: -turn - 1 }),
    async (turn) => key.sign({ ...wanted(turn), document: turn }),
    async (turn) => good.slice(0, turn % good.length),
    async (turn) => `${good}.${turn}`,
    // The header of one, the payload of another.
    async (turn) => `${header}.${encode(wanted(turn))}.${signature}`,
  ];
}

describe('of a thousand forged or altered bundles', () => {
  it('none is accepted', { timeout: 120_000 }, async () => {
    const [key] = hub.keys;
    if (key === undefined) throw new Error('no key');
    await publish(hub, 'ada', 'acme', 500, { document: LIGHT });
    const agent = await machine.launch();
    await agent.signIn(hub, 'ada');
    const good = hub.policies.get('ada acme')?.jws ?? '';
    const ways = forgeries(key, await standInKey(), good);
    const kept = JSON.parse(await readFile(agent.agent.paths.bundle, 'utf8')).bundle;
    const reasons = new Map<string, number>();
    const all = new Set<string>();
    let forged = '';
    hub.intercept = (request, response) => {
      if (!request.url?.startsWith('/v1/agent/policy')) return false;
      response.writeHead(200, { 'content-type': BUNDLE_MEDIA_TYPE, etag: '"forged"' }).end(forged);
      return true;
    };
    for (let turn = 0; turn < COUNT; turn += 1) {
      forged = (await ways[turn % ways.length]?.(turn)) ?? '';
      expect(forged).not.toBe(good);
      all.add(forged);
      const { outcome, error, policy } = await agent.sync();
      expect([turn, outcome, policy?.seq]).toEqual([turn, 'refused', 500]);
      const reason = String(error?.code);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
    expect(all.size).toBe(COUNT);
    expect([...reasons.keys()].toSorted()).toEqual(
      [
        ...['bad_signature', 'expired', 'malformed', 'rolled_back', 'unknown_key'],
        ...['wrong_audience', 'wrong_issuer', 'wrong_organization', 'wrong_subject'],
      ].toSorted(),
    );
    expect(JSON.parse(await readFile(agent.agent.paths.bundle, 'utf8')).bundle).toEqual(kept);
    expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
    hub.intercept = null;
    expect((await agent.sync()).outcome).toBe('unchanged');
  });
});
