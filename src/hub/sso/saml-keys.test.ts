import { beforeAll, describe, expect, it } from 'vitest';
import { deleteConnection } from '../connections/connection-service.ts';
import { restoreDeletion } from '../deletions/restore-deletion.ts';
import { hubForFile, OPERATOR } from '../identity/test-hub.ts';
import { addSamlKey, listSamlKeys, retireSamlKey, signWithSamlKey } from './saml-key-service.ts';
import { encryptedFor, isSignedBy } from './test-saml-encryption.ts';
import { assertionXml, responseXml, signed } from './test-saml-idp.ts';
import {
  answerTo,
  beginSso,
  createTestSso,
  failuresOf,
  postResponse,
  type TestSso,
  whoIs,
} from './test-sso-hub.ts';

/* The key of a connection is exchanged while people sign in: before, between and after each step. */

const { database, hub } = hubForFile();
let sso: TestSso;
/** Another connection, whose administrators did nothing. */
let other: TestSso;
beforeAll(async () => {
  sso = await createTestSso(hub, database);
  other = await createTestSso(hub, database);
  for (const each of [sso, other])
    await database.pool.query(
      `update connections set settings = jsonb_set(settings::jsonb, '{signRequests}', 'true') where id = $1`,
      [each.connectionId],
    );
});

const place = () => ({ db: database.db, secret: hub.secret, publicUrl: hub.url });
const list = async (of = sso) => (await listSamlKeys(place(), of, new Date())).keys;
const file = async (address: string) => (await fetch(address)).text();
const bare = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');

/** Certificates by use, in the metadata of a connection. */
async function published(of: TestSso) {
  const metadata = (await file(of.addresses.metadataUrl)).replaceAll(/\s+/g, '');
  const named = (use: string) =>
    [...metadata.matchAll(new RegExp(`use="${use}".*?<ds:X509Certificate>(.*?)<`, 'g'))].map(
      (found) => found[1],
    );
  return { signing: named('signing'), encryption: named('encryption') };
}

/** Whom an assertion for this certificate signs in. */
async function openedFor(pem: string, of = sso) {
  const email = `enc@${of.domain}`;
  const begun = await beginSso(of, email);
  const answer = answerTo(of, begun, email);
  const xml = responseXml(answer, await encryptedFor(pem, signed(assertionXml(answer), 'Assertion')));
  await postResponse(of, begun.browser, xml);
  return whoIs(of, begun.browser);
}

describe('the key of a SAML connection', () => {
  it('is the one of the hub until it is exchanged, and is exchanged without a gap', async () => {
    const email = `enc@${sso.domain}`;
    const [first] = await list();
    if (first === undefined) throw new Error('no key');
    expect(await list()).toHaveLength(1);
    expect(await list(other)).toMatchObject([{ fingerprint: first.fingerprint, signs: true }]);

    const second = await addSamlKey(place(), OPERATOR, sso);
    expect(second.fingerprint).not.toBe(first.fingerprint);
    expect((await list()).map(({ fingerprint, signs }) => [fingerprint, signs])).toEqual([
      [first.fingerprint, true],
      [second.fingerprint, false],
    ]);
    // The provider may take over both from now on; nothing is signed by the new one yet.
    expect(await published(sso)).toEqual({
      signing: [bare(first.pem), bare(second.pem)],
      encryption: [bare(second.pem)],
    });
    expect((await file(second.certificateUrl)).trim()).toBe(second.pem.trim());
    expect((await file(sso.addresses.certificateUrl)).trim()).toBe(first.pem.trim());
    expect(isSignedBy((await beginSso(sso, email)).goTo, first.pem)).toBe(true);
    expect([await openedFor(first.pem), await openedFor(second.pem)]).toEqual([email, email]);

    await signWithSamlKey(place(), OPERATOR, { ...sso, fingerprint: second.fingerprint });
    const { goTo } = await beginSso(sso, email);
    expect([isSignedBy(goTo, first.pem), isSignedBy(goTo, second.pem)]).toEqual([false, true]);
    expect((await published(sso)).signing).toEqual([bare(second.pem), bare(first.pem)]);
    expect((await published(sso)).encryption).toEqual([bare(second.pem)]);
    expect((await file(sso.addresses.certificateUrl)).trim()).toBe(second.pem.trim());
    expect([await openedFor(first.pem), await openedFor(second.pem)]).toEqual([email, email]);

    await retireSamlKey(place(), OPERATOR, { ...sso, fingerprint: first.fingerprint });
    expect(await published(sso)).toEqual({ signing: [bare(second.pem)], encryption: [bare(second.pem)] });
    expect((await fetch(`${sso.addresses.certificateUrl}?key=${first.fingerprint}`)).status).toBe(404);
    expect([await openedFor(first.pem), await openedFor(second.pem)]).toEqual([null, email]);
    expect((await failuresOf(sso))[0]).toBe('signature_invalid');

    // Nobody else's connection noticed.
    expect(await openedFor(first.pem, other)).toBe(`enc@${other.domain}`);
    expect(await openedFor(second.pem, other)).toBeNull();
    expect(isSignedBy((await beginSso(other, `enc@${other.domain}`)).goTo, first.pem)).toBe(true);
  });

  it('goes back to the old one where the identity provider does not take the new one', async () => {
    const [present] = await list();
    const next = await addSamlKey(place(), OPERATOR, sso);
    await signWithSamlKey(place(), OPERATOR, { ...sso, fingerprint: next.fingerprint });
    await signWithSamlKey(place(), OPERATOR, { ...sso, fingerprint: present?.fingerprint ?? '' });
    expect(isSignedBy((await beginSso(sso, `enc@${sso.domain}`)).goTo, present?.pem ?? '')).toBe(true);
    await retireSamlKey(place(), OPERATOR, { ...sso, fingerprint: next.fingerprint });
    expect(await list()).toMatchObject([{ fingerprint: present?.fingerprint, signs: true }]);
  });

  it('is never left without one that signs, nor with three, and is no key of another connection', async () => {
    const fingerprint = (await list())[0]?.fingerprint ?? '';
    const refused = (code: string) => expect.objectContaining({ refusal: expect.objectContaining({ code }) });
    await expect(retireSamlKey(place(), OPERATOR, { ...sso, fingerprint })).rejects.toEqual(
      refused('conflict'),
    );
    const added = await Promise.allSettled([1, 2].map(() => addSamlKey(place(), OPERATOR, sso)));
    expect(added.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await list()).toHaveLength(2);
    for (const change of [signWithSamlKey, retireSamlKey]) {
      await expect(change(place(), OPERATOR, { ...other, fingerprint })).rejects.toEqual(
        refused('not_found'),
      );
      const foreign = { connectionId: sso.connectionId, organizationId: other.organizationId, fingerprint };
      await expect(change(place(), OPERATOR, foreign)).rejects.toEqual(refused('not_found'));
    }
    const oidc = await createTestSso(hub, database, { kind: 'oidc', saml: undefined });
    await expect(addSamlKey(place(), OPERATOR, oidc)).rejects.toEqual(refused('invalid_value'));
  });

  it('is sealed for its connection, and each step is in the audit log of its organization', async () => {
    const { rows: kept } = await database.pool.query(
      'select sealed_private from connection_saml_keys where connection_id = $1',
      [sso.connectionId],
    );
    for (const { sealed_private } of kept)
      expect(sealed_private.toString('latin1')).not.toContain('PRIVATE KEY');
    expect(JSON.stringify(await list())).not.toContain('PRIVATE');
    const { rows } = await database.pool.query(
      `select action, count(*)::int as times from audit_events where organization_id = $1
        and action like 'connection.key-%' group by action order by action`,
      [sso.organizationId],
    );
    expect(rows).toEqual([
      { action: 'connection.key-add', times: 3 },
      { action: 'connection.key-retire', times: 2 },
      { action: 'connection.key-sign', times: 3 },
    ]);
  });

  it('comes back with a removed connection: it signs again, and opens what is encrypted for it', async () => {
    const email = `enc@${other.domain}`;
    const next = await addSamlKey(place(), OPERATOR, other);
    await signWithSamlKey(place(), OPERATOR, { ...other, fingerprint: next.fingerprint });
    const before = await list(other);
    await deleteConnection(database.db, OPERATOR, other);
    expect((await fetch(other.addresses.metadataUrl)).status).toBe(404);
    const nobody = { txt: () => Promise.reject(new Error('no domain is looked up')) };
    const reach = { db: database.db, resolver: nobody };
    await restoreDeletion(reach, OPERATOR, other.organizationId, { id: other.connectionId });
    expect(await list(other)).toEqual(before);
    expect(isSignedBy((await beginSso(other, email)).goTo, next.pem)).toBe(true);
    for (const { pem } of before) expect(await openedFor(pem, other)).toBe(email);
    const [present] = before.filter(({ fingerprint }) => fingerprint !== next.fingerprint);
    await signWithSamlKey(place(), OPERATOR, { ...other, fingerprint: present?.fingerprint ?? '' });
    await retireSamlKey(place(), OPERATOR, { ...other, fingerprint: next.fingerprint });
  });
});
