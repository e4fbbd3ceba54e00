import { calculateJwkThumbprint } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { auditListSchema } from '../../shared/contracts/hub-api.ts';
import { signingKeyListSchema, signingKeySchema } from '../../shared/contracts/hub-signing-keys.ts';
import { startTestApi, type TestApi } from '../test-api.ts';
import { publishedKeys } from './signing-keys.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const rotate = () => api.send({ method: 'POST', url: '/v1/orgs/acme/signing-keys/rotate', as: 'owner' });
const rotations = async (organization: string, as: 'owner' | 'stranger') => {
  const url = `/v1/orgs/${organization}/audit?action=signing_key.rotate`;
  return auditListSchema.parse((await api.send({ method: 'GET', url, as })).json()).events;
};

it('an owner rotates: the new key signs, its predecessor signed it, and devices are given both', async () => {
  const made = signingKeySchema.parse((await rotate()).json());
  const answer = await api.send({ method: 'GET', url: '/v1/orgs/acme/signing-keys', as: 'owner' });
  const { keys } = signingKeyListSchema.parse(answer.json());
  expect(keys.map(({ kid, state }) => [kid, state])).toEqual([
    [made.kid, 'signing'],
    [made.predecessor, 'replaced'],
  ]);
  const { kty, crv, x } = made.publicKey;
  expect(made.fingerprint).toBe(`SHA256:${await calculateJwkThumbprint({ kty, crv, x }, 'sha256')}`);
  const published = await publishedKeys(api.database.db);
  expect(published.keys.map(({ kid }) => kid)).toEqual(keys.map(({ kid }) => kid));
  expect(answer.body).not.toContain('sealed');
});

it('asks an owner whose sign-in is long ago to prove it again, and changes nothing', async () => {
  const before = await publishedKeys(api.database.db);
  const answer = await api.send({
    method: 'POST',
    url: '/v1/orgs/acme/signing-keys/rotate',
    as: 'owner',
    headers: { 'x-test-proved': 'long-ago' },
  });
  expect([answer.statusCode, answer.json().error.code]).toEqual([403, 'recent_sign_in_required']);
  expect(await publishedKeys(api.database.db)).toEqual(before);
});

it('a second rotation within the hour is refused with what to do, and changes nothing', async () => {
  const before = await publishedKeys(api.database.db);
  const answer = await rotate();
  expect([answer.statusCode, answer.json().error.code]).toEqual([409, 'conflict']);
  expect(answer.json().error.help).toContain('mooring-hub keys rotate');
  expect(await publishedKeys(api.database.db)).toEqual(before);
});

it('every organization reads of it, and only its own names the owner', async () => {
  const [own] = await rotations('acme', 'owner');
  expect(own?.actor).toMatchObject({ kind: 'user', label: 'owner@acme.example' });
  const [other] = await rotations('globex', 'stranger');
  expect(other).toMatchObject({
    actor: { kind: 'system', label: 'owner of another organization' },
    sourceAddress: null,
    after: own?.after,
  });
});
