import { compactVerify, importJWK } from 'jose';
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { type BundlePayload, bundlePayloadSchema } from '../../shared/contracts/bundle.ts';
import { databaseForFile } from '../database/test-database.ts';
import {
  createAccount,
  createTestOrganization,
  OPERATOR,
  TEST_SECRET,
  type TestAccount,
} from '../identity/test-hub.ts';
import { setDefaultPolicy } from '../policies/assignment-service.ts';
import { createPolicy } from '../policies/policy-service.ts';
import { createHubSecret } from '../secrets/hub-secret.ts';
import { exportOfflineBundle } from './offline-bundle.ts';
import { ensureSigningKey, publishedKeys, type SigningKeyStore } from './signing-keys.ts';

const database = databaseForFile();
let keys: SigningKeyStore;
let ada: TestAccount;
let acme: { readonly id: string; readonly name: string };
const ISSUER = 'https://hub.example';

beforeAll(async () => {
  keys = { db: database.db, secret: createHubSecret(TEST_SECRET) };
  await ensureSigningKey(keys, new Date());
  ada = await createAccount(database, 'ada@acme.example');
  acme = await createTestOrganization(database, 'acme', [ada]);
});

async function verified(jws: string): Promise<BundlePayload> {
  const [key] = (await publishedKeys(database.db)).keys;
  if (key === undefined) throw new Error('no key');
  const { payload, protectedHeader } = await compactVerify(
    jws,
    await importJWK({ kty: key.kty, crv: key.crv, x: key.x }, 'EdDSA'),
  );
  expect(protectedHeader).toEqual({ alg: 'EdDSA', typ: 'mooring-policy+jws', kid: key.kid });
  return bundlePayloadSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
}
const wish = (userId: string | null, days = 30) => ({
  organizationId: acme.id,
  userId,
  days,
  issuer: ISSUER,
});

it('is refused for everyone while there is no default, and for who is no member', async () => {
  await expect(exportOfflineBundle(keys, OPERATOR, wish(null))).rejects.toMatchObject({
    refusal: { code: 'conflict' },
  });
  const stranger = await createAccount(database, 'eve@elsewhere.example');
  await expect(exportOfflineBundle(keys, OPERATOR, wish(stranger.id))).rejects.toMatchObject({
    refusal: { code: 'not_found' },
  });
});

it('carries what the member receives, for a file, with an end', async () => {
  const document = { memoryMiB: { locked: true, value: 2048 } };
  const made = await createPolicy(database.db, OPERATOR, acme.id, {
    name: 'Standard',
    description: '',
    document,
    reason: '',
  });
  await setDefaultPolicy(database.db, OPERATOR, acme.id, made.id);
  const at = new Date();
  const { jws, seq, expiresAt } = await exportOfflineBundle(keys, { ...OPERATOR, at }, wish(ada.id, 3));
  expect(await verified(jws)).toMatchObject({
    iss: ISSUER,
    aud: 'mooring-agent-offline',
    sub: ada.id,
    org: 'acme',
    seq,
    exp: Math.floor(at.getTime() / 1000) + 3 * 86_400,
    policy: { id: made.id, scope: 'organization', revision: 1 },
    document,
    overrides: [],
  });
  expect(expiresAt.getTime()).toBe(at.getTime() + 3 * 86_400_000);
  const { rows } = await sql<{
    seq: number;
  }>`select seq from bundle_sequences where user_id = ${ada.id}`.execute(database.db);
  expect(seq).toBe(rows[0]?.seq);
});

it('for everyone, is above whatever a member has seen, and rises with each file', async () => {
  await sql`update bundle_sequences set seq = seq + 1000000 where organization_id = ${acme.id}`.execute(
    database.db,
  );
  const { rows } = await sql<{ seq: number }>`select max(seq) as seq from bundle_sequences`.execute(
    database.db,
  );
  const first = await verified((await exportOfflineBundle(keys, OPERATOR, wish(null))).jws);
  const second = await verified((await exportOfflineBundle(keys, OPERATOR, wish(null))).jws);
  expect(first).toMatchObject({
    sub: '*',
    policy: { scope: 'organization' },
    document: { memoryMiB: { value: 2048 } },
  });
  expect(first.seq).toBeGreaterThan(rows[0]?.seq ?? 0);
  expect(second.seq).toBeGreaterThan(first.seq);
  // Whoever imported it and then reaches the hub is not refused what they fetch there.
  const online = await sql<{
    seq: number;
  }>`select min(seq) as seq from bundle_sequences where organization_id = ${acme.id}`.execute(database.db);
  expect(online.rows[0]?.seq).toBeGreaterThanOrEqual(second.seq);
});

it('is recorded', async () => {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from audit_events where action = 'policy.export-bundle'`.execute(database.db);
  expect(rows[0]?.count).toBe(3);
});
