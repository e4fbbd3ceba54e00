import { compactVerify, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentKey, agentKeysSchema } from '../../shared/contracts/agent-api.ts';
import type { DatabaseHandle } from '../database/connection.ts';
import { startTestCluster, type TestCluster } from '../database/test-database.ts';
import {
  createAccount,
  createTestOrganization,
  OPERATOR,
  signInDesktop,
  startTestHub,
  TEST_SECRET,
} from '../identity/test-hub.ts';
import { createHubSecret } from '../secrets/hub-secret.ts';
import { WrongHubSecretError } from '../secrets/sealed-values.ts';
import {
  activeSigner,
  ensureSigningKey,
  listSigningKeys,
  publishedKeys,
  rotateSigningKey,
} from './signing-keys.ts';

let cluster: TestCluster;
const secret = createHubSecret(TEST_SECRET);

beforeAll(async () => {
  cluster = await startTestCluster();
});
afterAll(async () => {
  await cluster?.stop();
});

const at = new Date('2026-01-01T00:00:00Z');
const storeOf = ({ db }: DatabaseHandle) => ({ db, secret });

/** Follows the chain as an agent does: from the pinned key to the newest, each signed by the one before. */
async function chainHolds(keys: readonly AgentKey[], pinned: string, newest: string): Promise<boolean> {
  let key = keys.find(({ kid }) => kid === newest);
  while (key !== undefined && key.kid !== pinned) {
    const { predecessor: name, predecessorSignature: signature } = key;
    const predecessor = keys.find(({ kid }) => kid === name);
    if (predecessor === undefined || signature === undefined) return false;
    const { payload, protectedHeader } = await compactVerify(
      signature,
      await importJWK({ kty: 'OKP', crv: 'Ed25519', x: predecessor.x }, 'EdDSA'),
    );
    const { kty, crv, x, kid } = key;
    if (new TextDecoder().decode(payload) !== JSON.stringify({ kty, crv, x, kid })) return false;
    if (protectedHeader.typ !== 'mooring-key+jws' || protectedHeader.kid !== predecessor.kid) return false;
    key = predecessor;
  }
  return key !== undefined;
}

describe('signing keys', () => {
  it('hubs that start together on an empty database make one key', async () => {
    const database = await cluster.createDatabase();
    await Promise.all(Array.from({ length: 6 }, () => ensureSigningKey(storeOf(database), at)));
    expect(await listSigningKeys(database.db)).toHaveLength(1);
  });

  it('each new key is signed by the one that it replaces, and is the one that signs', async () => {
    const database = await cluster.createDatabase();
    const store = storeOf(database);
    await ensureSigningKey(store, at);
    const [first] = await listSigningKeys(database.db);
    const second = await rotateSigningKey(store, OPERATOR);
    const third = await rotateSigningKey(store, OPERATOR);
    const { keys } = agentKeysSchema.parse(await publishedKeys(database.db));
    expect(keys.map(({ kid }) => kid)).toEqual([third.kid, second.kid, first?.kid]);
    expect(await chainHolds(keys, first?.kid ?? '', third.kid)).toBe(true);
    expect(await chainHolds(keys, third.kid, first?.kid ?? '')).toBe(false);
    expect((await activeSigner(store)).kid).toBe(third.kid);
    expect((await listSigningKeys(database.db)).map(({ active }) => active)).toEqual([true, false, false]);
    const { rows } = await database.pool.query(
      "select count(*)::int as n from audit_events where action = 'signing_key.rotate'",
    );
    expect(rows).toEqual([{ n: 2 }]);
  });

  it('rotations at the same time make one chain', async () => {
    const database = await cluster.createDatabase();
    const store = storeOf(database);
    await ensureSigningKey(store, at);
    await Promise.all(Array.from({ length: 4 }, () => rotateSigningKey(store, OPERATOR)));
    const { keys } = await publishedKeys(database.db);
    expect(keys).toHaveLength(5);
    expect(await chainHolds(keys, keys.at(-1)?.kid ?? '', keys[0]?.kid ?? '')).toBe(true);
  });

  it('the private half is not in the database, and another secret does not open it', async () => {
    const database = await cluster.createDatabase();
    const store = storeOf(database);
    await ensureSigningKey(store, at);
    const wrong = { db: database.db, secret: createHubSecret(`another ${TEST_SECRET}`) };
    await expect(activeSigner(wrong)).rejects.toBeInstanceOf(WrongHubSecretError);
    await expect(rotateSigningKey(wrong, OPERATOR)).rejects.toBeInstanceOf(WrongHubSecretError);
    expect(await listSigningKeys(database.db)).toHaveLength(1);
    const { keys } = await publishedKeys(database.db);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });

  it('a running hub signs with the new key at once, and the tag stays: the number did not change', async () => {
    const database = await cluster.createDatabase();
    const hub = await startTestHub(database);
    try {
      const account = await createAccount(database, 'ada@example.com');
      await createTestOrganization(database, 'acme', [account]);
      const { tokens } = await signInDesktop(hub, account.email);
      const get = async () => {
        const response = await fetch(`${hub.url}/v1/agent/policy?org=acme`, {
          headers: { authorization: `Bearer ${tokens.access_token}` },
        });
        const [header = ''] = (await response.text()).split('.');
        return {
          etag: response.headers.get('etag'),
          kid: (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid,
        };
      };
      const before = await get();
      const rotated = await rotateSigningKey(storeOf(database), OPERATOR);
      await expect.poll(get).toEqual({ etag: before.etag, kid: rotated.kid });
    } finally {
      await hub.stop();
    }
  });
});
