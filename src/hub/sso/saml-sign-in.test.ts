import { beforeAll, describe, expect, it } from 'vitest';
import { beginTest, readTest } from '../connections/connection-test.ts';
import { IDP_ONE, IDP_TWO } from '../connections/test-certificates.ts';
import { type Browser, createBrowser } from '../identity/test-browser.ts';
import { hubForFile, OPERATOR } from '../identity/test-hub.ts';
import { createSsoRequests } from './sso-requests.ts';
import { type Answer, assertionXml, goodResponse, requestOf, responseXml, signed } from './test-saml-idp.ts';
import {
  answerTo,
  beginSso,
  createTestSso,
  failuresOf,
  postResponse,
  signInBySaml,
  type TestSso,
  whoIs,
} from './test-sso-hub.ts';

const { database, hub } = hubForFile();
let sso: TestSso;
beforeAll(async () => {
  sso = await createTestSso(hub, database);
});

describe('sign-in by SAML', () => {
  it('goes to the identity provider with a request of our own, and comes back signed in', async () => {
    const email = `ada@${sso.domain}`;
    const begun = await beginSso(sso, email, { start: `${hub.url}/sign-in?next=/signed-in` });
    const request = requestOf(begun.goTo);
    expect(begun.goTo).toMatch(/^https:\/\/idp\.test\/sso\?/);
    expect(request.relayState ?? '').toBe('');
    expect(request.xml).toContain(`AssertionConsumerServiceURL="${sso.addresses.acsUrl}"`);
    expect(request.xml).toContain(sso.addresses.entityId);
    const visited = await postResponse(sso, begun.browser, goodResponse(answerTo(sso, begun, email)));
    expect(visited.status).toBe(200);
    expect(await whoIs(sso, begun.browser)).toBe(email);
  });

  it('says what it is to the identity provider', async () => {
    const metadata = await (await fetch(sso.addresses.metadataUrl)).text();
    expect(metadata).toContain(`entityID="${sso.addresses.entityId}"`);
    expect(metadata).toContain(`Location="${sso.addresses.acsUrl}"`);
    expect(metadata).toContain('WantAssertionsSigned="true"');
    expect((await fetch(sso.addresses.entityId)).headers.get('content-type')).toContain('samlmetadata');
    expect((await fetch(`${hub.url}/sso/${'0'.repeat(8)}-0000-4000-8000-000000000000/metadata`)).status).toBe(
      404,
    );
  });

  it('takes a response that is signed as well as its assertion', async () => {
    const email = `both@${sso.domain}`;
    const begun = await beginSso(sso, email);
    const answer = answerTo(sso, begun, email);
    const xml = signed(responseXml(answer, signed(assertionXml(answer), 'Assertion')), 'Response');
    expect((await postResponse(sso, begun.browser, xml)).status).toBe(200);
    expect(await whoIs(sso, begun.browser)).toBe(email);
  });

  it('takes no notice of RelayState', async () => {
    const email = `relay@${sso.domain}`;
    const begun = await beginSso(sso, email);
    const xml = goodResponse(answerTo(sso, begun, email));
    const visited = await postResponse(sso, begun.browser, xml, { RelayState: 'https://evil.example/' });
    expect(new URL(visited.url).origin).toBe(hub.url);
    expect(begun.browser.left()).toBeUndefined();
  });
});

/** Posts a response, and answers where the browser is to go on, without going there. */
async function postDone(browser: Browser, xml: string): Promise<string> {
  const { get } = browser;
  let address = '';
  const waiting: Browser = {
    ...browser,
    async get(url) {
      address = url;
      return get(`${hub.url}/sign-in`);
    },
  };
  await postResponse(sso, waiting, xml);
  return address;
}

/** One way of cheating: the response it makes, and the class that the owners read. */
interface Attack {
  readonly name: string;
  readonly class: string;
  readonly make: (answer: Answer) => string;
}

const victim = () => `victim@${sso.domain}`;
const changed = (name: string, failureClass: string, changes: () => Partial<Answer>): Attack => ({
  name,
  class: failureClass,
  make: (answer) => goodResponse({ ...answer, ...changes() }),
});

const ATTACKS: readonly Attack[] = [
  changed('an answer of another issuer', 'wrong_issuer', () => ({ issuer: 'https://evil.test/entity' })),
  {
    name: 'an assertion of another issuer inside a response of the right one',
    class: 'wrong_issuer',
    make: (answer) =>
      goodResponse({ ...answer, issuer: 'https://evil.test', responseIssuer: 'https://idp.test/entity' }),
  },
  changed('a good assertion inside a response of another issuer', 'wrong_issuer', () => ({
    responseIssuer: 'https://evil.test/entity',
  })),
  changed('an answer for another audience', 'wrong_audience', () => ({ audience: 'https://other.test' })),
  changed('an answer for another recipient', 'wrong_recipient', () => ({
    recipient: 'https://other.test/acs',
  })),
  changed('an answer with another destination', 'wrong_recipient', () => ({
    destination: 'https://other.test/acs',
  })),
  changed('an assertion to another request', 'session_lost', () => ({ subjectRequestId: '_other' })),
  changed('an answer that has expired', 'clock', () => ({ notBefore: -900_000, notOnOrAfter: -600_000 })),
  changed('an answer of the future', 'clock', () => ({ notBefore: 600_000, notOnOrAfter: 900_000 })),
  {
    name: 'an unsigned assertion',
    class: 'signature_invalid',
    make: (answer) => responseXml(answer, assertionXml(answer)),
  },
  {
    name: 'an unsigned assertion in a signed response',
    class: 'signature_invalid',
    make: (answer) => signed(responseXml(answer, assertionXml(answer)), 'Response'),
  },
  {
    name: 'a signature by another key',
    class: 'signature_invalid',
    make: (answer) =>
      responseXml(answer, signed(assertionXml(answer), 'Assertion', { privateKey: IDP_TWO.privateKey })),
  },
  {
    name: 'a changed address',
    class: 'signature_invalid',
    make: (answer) =>
      goodResponse({ ...answer, email: `intern@${sso.domain}` }).replace('intern@', 'victim@'),
  },
  {
    name: 'SHA-1',
    class: 'signature_invalid',
    make: (answer) =>
      responseXml(
        answer,
        signed(assertionXml(answer), 'Assertion', {
          signature: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1',
          digest: 'http://www.w3.org/2000/09/xmldsig#sha1',
        }),
      ),
  },
  {
    name: 'wrapping: an evil assertion before the signed one',
    class: 'signature_invalid',
    make: (answer) =>
      responseXml(
        answer,
        assertionXml(answer) +
          signed(assertionXml({ ...answer, email: `intern@${sso.domain}` }), 'Assertion'),
      ),
  },
  {
    name: 'wrapping: an evil assertion after the signed one',
    class: 'signature_invalid',
    make: (answer) =>
      responseXml(
        answer,
        signed(assertionXml({ ...answer, email: `intern@${sso.domain}` }), 'Assertion') +
          assertionXml(answer),
      ),
  },
  {
    name: 'wrapping: the signed assertion hidden in an extension, an evil one in its place with its signature',
    class: 'signature_invalid',
    make: (answer) => {
      const good = signed(
        assertionXml({ ...answer, email: `intern@${sso.domain}`, assertionId: '_same' }),
        'Assertion',
      );
      const signature = /<Signature[\s\S]*<\/Signature>/.exec(good)?.[0] ?? '';
      const evil = assertionXml({ ...answer, assertionId: '_same' }).replace(
        '</saml:Issuer>',
        `</saml:Issuer>${signature}`,
      );
      return responseXml(answer, `<samlp:Extensions>${good}</samlp:Extensions>${evil}`);
    },
  },
  {
    name: 'wrapping: the signed assertion inside the signature of the evil one',
    class: 'signature_invalid',
    make: (answer) => {
      const good = signed(assertionXml({ ...answer, email: `intern@${sso.domain}` }), 'Assertion');
      const signature = /<Signature[\s\S]*<\/Signature>/.exec(good)?.[0] ?? '';
      const wrapped = signature.replace(
        '</Signature>',
        `<Object>${good.replace(signature, '')}</Object></Signature>`,
      );
      return responseXml(answer, assertionXml(answer).replace('</saml:Issuer>', `</saml:Issuer>${wrapped}`));
    },
  },
  {
    name: 'wrapping: a second response around the first',
    class: 'signature_invalid',
    make: (answer) =>
      responseXml(
        answer,
        `${assertionXml(answer)}${goodResponse({ ...answer, email: `intern@${sso.domain}` })}`,
      ),
  },
  {
    name: 'a doubly signed assertion',
    class: 'signature_invalid',
    make: (answer) => {
      const once = signed(assertionXml(answer), 'Assertion');
      const signature = /<Signature[\s\S]*<\/Signature>/.exec(once)?.[0] ?? '';
      return responseXml(answer, once.replace(signature, signature + signature));
    },
  },
  {
    name: 'a comment inside the address',
    class: 'malformed_answer',
    make: (answer) => {
      const evil = `victim@${sso.domain}.evil.test`;
      return goodResponse({ ...answer, email: evil }).replace(evil, `victim@${sso.domain}<!-- -->.evil.test`);
    },
  },
  {
    name: 'a document type with an entity',
    class: 'malformed_answer',
    make: (answer) => `<!DOCTYPE r [<!ENTITY e "x">]>${goodResponse(answer)}`,
  },
  {
    name: 'an external entity',
    class: 'malformed_answer',
    make: (answer) =>
      `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>${goodResponse(answer)}`,
  },
  { name: 'no XML at all', class: 'malformed_answer', make: () => 'hello' },
  {
    name: 'XML that ends early',
    class: 'malformed_answer',
    make: (answer) => goodResponse(answer).slice(0, -20),
  },
  changed('an address without an address', 'name_id_not_email', () => ({
    nameIdXml:
      '<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">G-12345</saml:NameID>',
  })),
  changed('an address of another domain', 'domain_not_verified', () => ({ email: 'ceo@other.example' })),
  changed('an address of a domain that only ends alike', 'domain_not_verified', () => ({
    email: `ceo@evil-${sso.domain}`,
  })),
  changed('two addresses in one', 'name_id_not_email', () => ({ email: `victim@${sso.domain}@evil.test` })),
  changed('no', 'refused_by_provider', () => ({ status: 'Responder' })),
];

describe('an answer that is not the identity provider’s word', () => {
  it.each(ATTACKS)('$name is refused: $class', async (attack) => {
    const begun = await beginSso(sso, victim());
    const visited = await postResponse(sso, begun.browser, attack.make(answerTo(sso, begun, victim())));
    expect(visited.status).toBe(403);
    expect(visited.body).not.toContain('node_modules');
    expect(await whoIs(sso, begun.browser)).toBeNull();
    expect((await failuresOf(sso))[0]).toBe(attack.class);
    const made = await database.db.selectFrom('users').select('id').where('email', '=', victim()).execute();
    expect(made).toEqual([]);
  });

  it('does not use the request up: the right answer still counts', async () => {
    const email = `patient@${sso.domain}`;
    const begun = await beginSso(sso, email);
    const answer = answerTo(sso, begun, email);
    await postResponse(sso, begun.browser, responseXml(answer, assertionXml(answer)));
    await postResponse(sso, begun.browser, goodResponse(answer));
    expect(await whoIs(sso, begun.browser)).toBe(email);
  });

  it('that came twice is refused the second time, in any browser', async () => {
    const email = `twice@${sso.domain}`;
    const begun = await beginSso(sso, email);
    const xml = goodResponse(answerTo(sso, begun, email));
    await postResponse(sso, begun.browser, xml);
    const thief = createBrowser(hub.url);
    for (const browser of [begun.browser, thief]) {
      expect((await postResponse(sso, browser, xml)).status).toBe(403);
      expect((await failuresOf(sso))[0]).toBe('replayed');
    }
    expect(await whoIs(sso, thief)).toBeNull();
  });

  it('ends a sign-in once: not by another assertion for the same request, not by the same address again, not later', async () => {
    const email = `once@${sso.domain}`;
    const begun = await beginSso(sso, email);
    const done = await postDone(begun.browser, goodResponse(answerTo(sso, begun, email)));
    // Another assertion, as good as the first, while the person is still on the way back.
    const second = answerTo(sso, begun, `other@${sso.domain}`);
    expect((await postResponse(sso, createBrowser(hub.url), goodResponse(second))).status).toBe(403);
    expect((await failuresOf(sso))[0]).toBe('replayed');
    expect((await begun.browser.get(done)).status).toBe(200);
    expect(await whoIs(sso, begun.browser)).toBe(email);
    expect((await begun.browser.get(done)).status).toBe(403);
    const late = await beginSso(sso, email);
    await database.db.updateTable('sso_requests').set({ expires_at: new Date() }).execute();
    await postResponse(sso, late.browser, goodResponse(answerTo(sso, late, email)));
    expect((await failuresOf(sso))[0]).toBe('session_lost');
    expect(await whoIs(sso, late.browser)).toBeNull();
  });

  it('is refused when its assertion answers a second request', async () => {
    const email = `reused@${sso.domain}`;
    const one = await beginSso(sso, email);
    await postResponse(sso, one.browser, goodResponse(answerTo(sso, one, email, { assertionId: '_reused' })));
    const two = await beginSso(sso, email);
    await postResponse(sso, two.browser, goodResponse(answerTo(sso, two, email, { assertionId: '_reused' })));
    expect((await failuresOf(sso))[0]).toBe('replayed');
    expect(await whoIs(sso, two.browser)).toBeNull();
  });

  it('that nobody asked for is refused, and says what to do', async () => {
    const email = `tile@${sso.domain}`;
    const browser = createBrowser(hub.url);
    const visited = await postResponse(sso, browser, goodResponse(answerTo(sso, { requestId: '' }, email)));
    expect(visited.status).toBe(403);
    expect(visited.body).toContain('Sign-in cannot begin at your identity provider');
    expect((await failuresOf(sso))[0]).toBe('idp_initiated');
  });

  it('signs nobody in in another browser than the one that asked', async () => {
    const email = `mallory@${sso.domain}`;
    const begun = await beginSso(sso, email);
    const other = createBrowser(hub.url);
    await other.get(`${hub.url}/sign-in`);
    const visited = await postResponse(sso, other, goodResponse(answerTo(sso, begun, email)));
    expect(visited.status).toBe(403);
    expect(await whoIs(sso, other)).toBeNull();
  });

  it('of one connection is worth nothing at another', async () => {
    const other = await createTestSso(hub, database);
    const email = `cross@${other.domain}`;
    const begun = await beginSso(sso, `cross@${sso.domain}`);
    const answer = { ...answerTo(other, begun, email) };
    await postResponse(other, begun.browser, goodResponse(answer));
    expect((await failuresOf(other))[0]).toBe('session_lost');
    // The connection of one organization cannot vouch for another's domain either.
    const mine = await beginSso(sso, `cross@${sso.domain}`);
    await postResponse(sso, mine.browser, goodResponse(answerTo(sso, mine, email)));
    expect((await failuresOf(sso))[0]).toBe('domain_not_verified');
    expect(await whoIs(sso, mine.browser)).toBeNull();
  });
});

it('takes either of two certificates while they are exchanged', async () => {
  const both = await createTestSso(hub, database, {
    saml: {
      idpEntityId: 'https://idp.test/entity',
      signInUrl: 'https://idp.test/sso',
      certificates: [IDP_TWO.certificate, IDP_ONE.certificate],
      wantResponseSigned: false,
      signRequests: false,
    },
  });
  for (const [name, privateKey] of [
    ['old', IDP_ONE.privateKey],
    ['new', IDP_TWO.privateKey],
  ] as const) {
    const email = `${name}@${both.domain}`;
    const begun = await beginSso(both, email);
    const answer = answerTo(both, begun, email);
    await postResponse(
      both,
      begun.browser,
      responseXml(answer, signed(assertionXml(answer), 'Assertion', { privateKey })),
    );
    expect(await whoIs(both, begun.browser)).toBe(email);
  }
});

it('wants the response signed where the connection says so', async () => {
  const strict = await createTestSso(hub, database, {
    saml: {
      idpEntityId: 'https://idp.test/entity',
      signInUrl: 'https://idp.test/sso',
      certificates: [IDP_ONE.certificate],
      wantResponseSigned: true,
      signRequests: false,
    },
  });
  const { visited } = await signInBySaml(strict, `loose@${strict.domain}`);
  expect(visited.status).toBe(403);
  expect((await failuresOf(strict))[0]).toBe('signature_invalid');
});

it('tests a connection: nobody is signed in, and the owner sees what came', async () => {
  const requests = createSsoRequests({ db: database.db, secret: hub.secret, now: () => new Date() });
  const where = { organizationId: sso.organizationId, connectionId: sso.connectionId };
  const run = async (email: string, changes: Partial<Answer>) => {
    const test = await beginTest({ db: database.db, requests, publicUrl: hub.url }, OPERATOR, where);
    const read = () => readTest({ db: database.db, requests }, { ...where, testId: test.id });
    expect((await read()).state).toBe('waiting');
    const browser = createBrowser(hub.url);
    await browser.get(test.url);
    const request = requestOf(browser.left()?.href ?? '');
    // The link is whoever's opened it first: nobody else sees what comes back.
    expect((await createBrowser(hub.url).get(test.url)).status).toBe(403);
    const page = await postResponse(
      sso,
      browser,
      goodResponse(answerTo(sso, { requestId: request.id }, email, changes)),
    );
    expect(await whoIs(sso, browser)).toBeNull();
    return { page, outcome: await read(), again: (await createBrowser(hub.url).get(test.url)).status };
  };
  const email = `tester@${sso.domain}`;
  const good = await run(email, { attributes: { email: [`other@${sso.domain}`], groups: ['Nonsense'] } });
  expect(good.page.body).toContain('The test worked');
  expect(good.again).toBe(403);
  expect([good.outcome.state, good.outcome.email]).toEqual(['succeeded', email]);
  expect(good.outcome.attributes).toContainEqual({ name: 'groups', values: ['Nonsense'] });
  expect(good.outcome.warnings.map((warning) => warning.code)).toEqual(['addresses_differ', 'group_format']);
  expect(await database.db.selectFrom('users').select('id').where('email', '=', email).execute()).toEqual([]);
  const bad = await run('not an address', {});
  expect([bad.outcome.state, bad.outcome.failure?.class]).toEqual(['failed', 'name_id_not_email']);
});
