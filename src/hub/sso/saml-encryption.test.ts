import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EncryptOptions } from 'xml-encryption';
import { applySettings, updateConnection } from '../connections/connection-service.ts';
import { IDP_ONE, IDP_TWO } from '../connections/test-certificates.ts';
import { hubForFile, OPERATOR } from '../identity/test-hub.ts';
import { UNREADABLE } from './encrypted-assertion.ts';
import { createSamlKey } from './saml-key.ts';
import { CBC, encryptedFor, GCM, isSignedBy, OAEP } from './test-saml-encryption.ts';
import { type Answer, assertionXml, goodResponse, IDP_ENTITY, responseXml, signed } from './test-saml-idp.ts';
import {
  answerTo,
  beginSso,
  createTestSso,
  failuresOf,
  postResponse,
  type TestSso,
  whoIs,
} from './test-sso-hub.ts';

/* What the hub's own key is for: requests that are signed with it, and assertions that are encrypted for it. */

const SAML = {
  idpEntityId: IDP_ENTITY,
  signInUrl: 'https://idp.test/sso',
  certificates: [IDP_ONE.certificate],
  wantResponseSigned: false,
  signRequests: true,
};
const { database, hub } = hubForFile();
let sso: TestSso;
let certificate: string;
beforeAll(async () => {
  sso = await createTestSso(hub, database, { saml: SAML });
  certificate = await (await fetch(sso.addresses.certificateUrl)).text();
});

const encrypted = (content: string, options: Partial<EncryptOptions> = {}) =>
  encryptedFor(certificate, content, options);

describe('requests', () => {
  it('are signed with the certificate of the hub where the connection says so, by SHA-256', async () => {
    const { goTo } = await beginSso(sso, `ada@${sso.domain}`);
    expect(new URL(goTo).searchParams.get('SigAlg')).toBe(
      'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    );
    expect(isSignedBy(goTo, certificate)).toBe(true);
    expect(isSignedBy(goTo.replace('SAMLRequest=', 'SAMLRequest=A'), certificate)).toBe(false);
    const plain = await createTestSso(hub, database);
    expect(new URL((await beginSso(plain, `ada@${plain.domain}`)).goTo).searchParams.has('Signature')).toBe(
      false,
    );
  });

  it('are described by the metadata, with the certificate that opens assertions as well', async () => {
    const inside = certificate.replaceAll(/-----[A-Z ]+-----|\s/g, '');
    const metadata = async (of: TestSso) =>
      (await (await fetch(of.addresses.metadataUrl)).text()).replaceAll(/\s+/g, ' ');
    const signing = await metadata(sso);
    expect(signing).toContain('AuthnRequestsSigned="true"');
    expect(signing).toContain('use="signing"');
    expect(signing).toContain('use="encryption"');
    expect(signing.replaceAll(' ', '').split(inside)).toHaveLength(3);
    const plain = await metadata(await createTestSso(hub, database));
    expect(plain).toContain('AuthnRequestsSigned="false"');
    expect(plain).not.toContain('use="signing"');
    expect(plain).toContain('use="encryption"');
  });

  it('are signed with one key, whichever process asked first; it is sealed, and no secret of it is told', async () => {
    const store = { db: database.db, secret: hub.secret, now: () => new Date() };
    const [one, two] = await Promise.all([createSamlKey(store)(), createSamlKey(store)()]);
    expect(one).toEqual(two);
    expect(one.certificate.trim()).toBe(certificate.trim());
    const { publicKey, subject } = new X509Certificate(certificate);
    expect([subject, publicKey.asymmetricKeyDetails?.modulusLength]).toEqual(['CN=Mooring', 3072]);
    const { rows } = await database.pool.query("select sealed from sealed_values where name = 'saml-key'");
    expect(rows[0].sealed.toString('latin1')).not.toContain('PRIVATE KEY');
    expect(certificate).not.toContain('PRIVATE');
    const missing = '00000000-0000-4000-8000-000000000000';
    for (const id of [missing, 'x'])
      expect((await fetch(`${hub.url}/sso/${id}/certificate.pem`)).status).toBe(404);
  });

  it('stay signed when new metadata is taken over, which switches no signature off', async () => {
    const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
    const strict = await createTestSso(hub, database, { saml: { ...SAML, wantResponseSigned: true } });
    const before = { ...SAML, kind: 'saml' as const, signRequests: false };
    const { saml } = await applySettings(place, OPERATOR, strict, before);
    expect(saml).toMatchObject({ wantResponseSigned: true, signRequests: true });
    const off = await updateConnection(place, OPERATOR, strict, { saml: { ...SAML, signRequests: false } });
    expect(off.saml).toMatchObject({ wantResponseSigned: false, signRequests: false });
  });
});

/** Answers a new request; who is signed in then, and what the owners read. */
async function answerWith(make: (answer: Answer) => Promise<string> | string, of = sso) {
  const email = `enc@${of.domain}`;
  const begun = await beginSso(of, email);
  const visited = await postResponse(of, begun.browser, await make(answerTo(of, begun, email)));
  const { rows } = await database.pool.query<{ class: string; detail: string }>(
    'select class, detail from connection_failures where connection_id = $1 order by id desc limit 1',
    [of.connectionId],
  );
  return { who: await whoIs(of, begun.browser), status: visited.status, failure: rows[0] };
}

describe('an encrypted assertion', () => {
  const good = (answer: Answer) => signed(assertionXml(answer), 'Assertion');

  it.each([
    [GCM, OAEP],
    ['http://www.w3.org/2009/xmlenc11#aes128-gcm', OAEP],
    [CBC, OAEP],
    ['http://www.w3.org/2001/04/xmlenc#aes128-cbc', OAEP],
  ] as const)('signs in, by %s', async (encryptionAlgorithm, keyEncryptionAlgorithm) => {
    const { who } = await answerWith(async (answer) =>
      responseXml(answer, await encrypted(good(answer), { encryptionAlgorithm, keyEncryptionAlgorithm })),
    );
    expect(who).toBe(`enc@${sso.domain}`);
  });

  it('signs in inside a response that is signed itself, which is still wanted where it is wanted', async () => {
    const strict = await createTestSso(hub, database, { saml: { ...SAML, wantResponseSigned: true } });
    const around = async (answer: Answer) => responseXml(answer, await encrypted(good(answer)));
    expect((await answerWith(async (answer) => signed(await around(answer), 'Response'), strict)).who).toBe(
      `enc@${strict.domain}`,
    );
    expect(await answerWith(around, strict)).toMatchObject({
      who: null,
      failure: { class: 'signature_invalid' },
    });
  });

  const other = { privateKey: IDP_TWO.privateKey };
  const SHA1 = { signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' };
  /** What somebody can make who has the hub's certificate, which is public. */
  const inside: Readonly<Record<string, (answer: Answer) => string>> = {
    'no signature': assertionXml,
    'the signature of somebody else': (answer) => signed(assertionXml(answer), 'Assertion', other),
    'a signature by SHA-1': (answer) => signed(assertionXml(answer), 'Assertion', SHA1),
    'an assertion that was changed after it was signed': (answer) => good(answer).replaceAll('enc@', 'root@'),
    'two assertions, one in the other': (answer) =>
      good(answer).replace('</saml:Assertion>', `${assertionXml(answer)}</saml:Assertion>`),
    'a comment in the name': (answer) =>
      good({ ...answer, nameIdXml: `<saml:NameID>root<!-- -->@${sso.domain}</saml:NameID>` }),
    'a document type': (answer) => `<!DOCTYPE x [<!ENTITY y "z">]>${good(answer)}`,
    'something that is no assertion': (answer) => responseXml(answer, ''),
    'no XML': () => 'not XML',
  };
  it.each(Object.entries(inside))('with %s inside opens nothing, and tells nothing', async (_name, make) => {
    for (const encryptionAlgorithm of [GCM, CBC] as const) {
      const outcome = await answerWith(async (answer) =>
        responseXml(answer, await encrypted(make(answer), { encryptionAlgorithm })),
      );
      expect(outcome).toMatchObject({
        who: null,
        status: 403,
        failure: { class: 'signature_invalid', detail: UNREADABLE },
      });
    }
  });

  it('for another key, or touched on its way, is answered as any other that is not good', async () => {
    const touched = (xml: string) => {
      const place = xml.lastIndexOf('CipherValue>', xml.lastIndexOf('CipherValue>') - 1) + 72;
      return `${xml.slice(0, place)}${xml[place] === 'A' ? 'B' : 'A'}${xml.slice(place + 1)}`;
    };
    for (const make of [
      async (answer: Answer) => encrypted(good(answer), { pem: IDP_TWO.certificate }),
      async (answer: Answer) => touched(await encrypted(good(answer))),
      async (answer: Answer) => touched(await encrypted(good(answer), { encryptionAlgorithm: CBC })),
    ]) {
      const outcome = await answerWith(async (answer) => responseXml(answer, await make(answer)));
      expect(outcome).toMatchObject({
        who: null,
        failure: { class: 'signature_invalid', detail: UNREADABLE },
      });
    }
  });

  it('beside another assertion, or by an algorithm that is broken, is not even opened', async () => {
    const refused: readonly ((answer: Answer) => Promise<string>)[] = [
      async (answer) => responseXml(answer, `${await encrypted(good(answer))}${good(answer)}`),
      async (answer) =>
        responseXml(answer, `${await encrypted(good(answer))}${await encrypted(good(answer))}`),
      async (answer) => responseXml(answer, `<x>${await encrypted(good(answer))}</x>`),
      async (answer) =>
        responseXml(
          answer,
          await encrypted(good(answer), {
            keyEncryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#rsa-1_5',
            warnInsecureAlgorithm: false,
          }),
        ),
      async (answer) =>
        responseXml(
          answer,
          await encrypted(good(answer), {
            encryptionAlgorithm: 'http://www.w3.org/2001/04/xmlenc#tripledes-cbc',
            warnInsecureAlgorithm: false,
          }),
        ),
      async (answer) => responseXml(answer, '<saml:EncryptedAssertion/>'),
    ];
    const details: (string | undefined)[] = [];
    for (const make of refused) {
      const { who, failure } = await answerWith(make);
      expect(who).toBeNull();
      details.push(failure?.detail);
    }
    expect(details).not.toContain(UNREADABLE);
    expect(details.join('\n')).toContain('rsa-1_5 is not accepted');
    expect(details.join('\n')).toContain('tripledes-cbc is not accepted');
  });

  it('is held to request, audience and time as any other, and counts once', async () => {
    const wrong = (changes: Partial<Answer>) =>
      answerWith(async (answer) => responseXml(answer, await encrypted(good({ ...answer, ...changes }))));
    expect((await wrong({ audience: 'https://elsewhere.test' })).failure?.class).toBe('wrong_audience');
    expect((await wrong({ notOnOrAfter: -300_000 })).failure?.class).toBe('clock');
    expect((await wrong({ issuer: 'https://evil.test' })).failure?.class).toBe('wrong_issuer');
    expect((await wrong({ assertionId: '_once' })).who).not.toBeNull();
    expect(await wrong({ assertionId: '_once' })).toMatchObject({
      who: null,
      failure: { class: 'replayed' },
    });
    expect((await answerWith(goodResponse)).who).not.toBeNull();
    expect((await failuresOf(sso)).length).toBeGreaterThan(0);
  });
});
