import { describe, expect, it } from 'vitest';
import { readAssertion, readResponse } from './saml-document.ts';
import { type Answer, assertionXml, encoded, goodResponse, responseXml, signed } from './test-saml-idp.ts';

/*
 * The guards alone: each refuses by itself, and says what it saw. That the whole refuses such answers, with the library
 * behind the guards, is held by saml-sign-in.test.ts.
 */

const NOW = Date.now();
const ANSWER: Answer = {
  requestId: '_request',
  acsUrl: 'https://hub.test/acs',
  audience: 'https://hub.test/entity',
  email: 'ada@acme.example',
};
const GOOD = goodResponse(ANSWER);
const part = (name: string) => new RegExp(`<${name}[\\s>][\\s\\S]*</${name}>`).exec(GOOD)?.[0] ?? '';
const twice = (name: string) => GOOD.replace(part(name), part(name) + part(name));
const whySigned = (options: Parameters<typeof signed>[2]) =>
  responseXml(ANSWER, signed(assertionXml(ANSWER), 'Assertion', options));
const SHA_1 = 'http://www.w3.org/2000/09/xmldsig#';

describe('the shape of a response', () => {
  const said = (xml: string) => {
    const read = readResponse(encoded(xml));
    return read.ok ? 'accepted' : read.failure.detail;
  };

  it('is good as identity providers send it', () => {
    expect(readResponse(encoded(GOOD))).toMatchObject({
      ok: true,
      value: { inResponseTo: '_request', destination: ANSWER.acsUrl, issuer: 'https://idp.test/entity' },
    });
    expect(said(signed(GOOD, 'Response'))).toBe('accepted');
  });

  const cases: readonly (readonly [string, string, string])[] = [
    ['two assertions', responseXml(ANSWER, part('saml:Assertion') + assertionXml(ANSWER)), 'holds 2 assert'],
    ['none', responseXml(ANSWER, ''), 'holds 0 assertions'],
    [
      'one that is not at the top',
      responseXml(ANSWER, `<samlp:Extensions>${part('saml:Assertion')}</samlp:Extensions>`),
      'exactly one at its top',
    ],
    [
      'one ID twice',
      goodResponse({ ...ANSWER, assertionId: '_same', responseId: '_same' }),
      'An ID occurs twice',
    ],
    [
      'a signature somewhere else',
      responseXml(
        ANSWER,
        `<samlp:Extensions>${part('Signature')}</samlp:Extensions>${part('saml:Assertion')}`,
      ),
      'stands where none belongs',
    ],
    ['no signature', responseXml(ANSWER, assertionXml(ANSWER)), 'is not signed'],
    [
      'a signature of the response alone',
      signed(responseXml(ANSWER, assertionXml(ANSWER)), 'Response'),
      'is not signed',
    ],
    ['the assertion signed twice', twice('Signature'), 'signed twice'],
    ['a signature of another element', GOOD.replace(/URI="#[^"]*"/, 'URI="#other"'), 'about another element'],
    ['a signature of the whole document', GOOD.replace(/URI="#[^"]*"/, 'URI=""'), 'about another element'],
    ['two references', twice('Reference'), 'covers something else'],
    ['two lists of references', twice('SignedInfo'), 'covers something else'],
    ['two signature values', twice('SignatureValue'), 'covers something else'],
    [
      'something inside the signature',
      GOOD.replace('</Signature>', '<Object>x</Object></Signature>'),
      'covers something else',
    ],
    ['a signature by SHA-1', whySigned({ signature: `${SHA_1}rsa-sha1` }), 'signature algorithm'],
    ['a digest by SHA-1', whySigned({ digest: `${SHA_1}sha1` }), 'digest algorithm'],
    [
      'a signature that transforms by a stylesheet',
      GOOD.replace(
        '<Transforms>',
        '<Transforms><Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>',
      ),
      'transforms what it covers',
    ],
    [
      'a signature that covers itself',
      GOOD.replace(`<Transform Algorithm="${SHA_1}enveloped-signature"/>`, ''),
      'transforms what it covers',
    ],
    [
      'a canonicalization that keeps comments',
      GOOD.replace(
        /(<CanonicalizationMethod Algorithm=")[^"]*/,
        '$1http://www.w3.org/2001/10/xml-exc-c14n#WithComments',
      ),
      'canonicalization',
    ],
    ['a processing instruction', GOOD.replace('<saml:Subject>', '<?x y?><saml:Subject>'), 'processing instr'],
    ['CDATA', GOOD.replace('ada@', '<![CDATA[ada]]>@'), 'comment or CDATA'],
    [
      'an encrypted assertion beside it',
      GOOD.replace('</samlp:Response>', '<saml:EncryptedAssertion/></samlp:Response>'),
      'holds 2 assertions',
    ],
    [
      'a refusal that has a success inside',
      GOOD.replace(
        part('samlp:Status'),
        '<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Responder"><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:StatusCode></samlp:Status>',
      ),
      'answered Responder, Success',
    ],
    [
      'an encrypted name',
      GOOD.replace('<saml:Subject>', '<saml:Subject><saml:EncryptedID/>'),
      'encrypted by itself',
    ],
    [
      'another document',
      GOOD.replaceAll('samlp:Response', 'samlp:LogoutResponse'),
      'not a SAML 2.0 response',
    ],
    [
      'the protocol of another version',
      GOOD.replace('names:tc:SAML:2.0:protocol', 'names:tc:SAML:1.0:protocol'),
      'not a SAML 2.0 response',
    ],
    ['no status', GOOD.replace(part('samlp:Status'), ''), 'no Status'],
  ];
  it.each(cases)('with %s is refused', (_name, xml, why) => {
    expect(said(xml)).toContain(why);
  });

  it('is not read where it is no base64, no UTF-8, or too large', () => {
    for (const field of ['', '%%%', Buffer.from([0xff, 0xfe]).toString('base64'), 'A'.repeat(700_000)])
      expect(readResponse(field)).toMatchObject({ ok: false, failure: { class: 'malformed_answer' } });
  });
});

describe('the assertion that was verified', () => {
  const skewMs = 120_000;
  const expected = { acsUrl: ANSWER.acsUrl, requestId: ANSWER.requestId, now: NOW, skewMs };
  const read = (xml: string, now = NOW) => {
    const answer = readAssertion(xml, { ...expected, now });
    return answer.ok ? 'accepted' : `${answer.failure.class}: ${answer.failure.detail}`;
  };
  const xml = assertionXml(ANSWER);
  const subject = /<saml:Subject>[\s\S]*<\/saml:Subject>/.exec(xml)?.[0] ?? '';
  const name = /<saml:NameID[\s\S]*<\/saml:NameID>/.exec(xml)?.[0] ?? '';
  const ends = Date.parse(/NotOnOrAfter="([^"]*)" Recipient/.exec(xml)?.[1] ?? '');

  it('is read, and kept until nobody would accept it any more', () => {
    expect(readAssertion(xml, expected)).toMatchObject({
      ok: true,
      value: { nameId: ANSWER.email, notOnOrAfter: new Date(ends + skewMs) },
    });
  });

  it('ends with its confirmation, clocks that differ allowed for, whatever its conditions say', () => {
    expect(read(xml, ends + skewMs - 1)).toBe('accepted');
    expect(read(xml, ends + skewMs)).toContain('clock: ');
  });

  const cases: readonly (readonly [string, string, string])[] = [
    ['two subjects', xml.replace(subject, subject + subject), 'not exactly one Subject'],
    ['no subject', xml.replace(subject, ''), 'not exactly one Subject'],
    ['two names', xml.replace(name, name + name), 'several names'],
    ['an encrypted name', xml.replace(name, '<saml:EncryptedID/>'), 'an encrypted one'],
    ['another way to confirm than by bearer', xml.replace('cm:bearer', 'cm:sender-vouches'), 'no bearer'],
    [
      'another recipient',
      assertionXml({ ...ANSWER, recipient: 'https://other.test/acs' }),
      'wrong_recipient: ',
    ],
    ['no recipient', xml.replace(/ Recipient="[^"]*"/, ''), 'wrong_recipient: '],
    ['another request', assertionXml({ ...ANSWER, subjectRequestId: '_other' }), 'session_lost: '],
    ['no request', xml.replace(/ InResponseTo="[^"]*"/, ''), 'session_lost: '],
    ['no end', xml.replace(/ NotOnOrAfter="[^"]*" Recipient/, ' Recipient'), 'has no NotOnOrAfter'],
    ['no ID', xml.replace(/ ID="[^"]*"/, ''), 'no ID or no Issuer'],
    ['no issuer', xml.replace(/<saml:Issuer>.*?<\/saml:Issuer>/, ''), 'no ID or no Issuer'],
    ['something else in its place', '<saml:Advice/>', 'is not an assertion'],
  ];
  it.each(cases)('with %s is refused', (_name, changed, why) => {
    expect(read(changed)).toContain(why);
  });

  it('is not made valid by a second confirmation that is for somebody else', () => {
    const other = assertionXml({ ...ANSWER, recipient: 'https://other.test/acs', notOnOrAfter: 9_000_000 });
    const confirmation = (text: string) =>
      /<saml:SubjectConfirmation [\s\S]*<\/saml:SubjectConfirmation>/.exec(text)?.[0] ?? '';
    const both = xml.replace(confirmation(xml), confirmation(xml) + confirmation(other));
    expect(read(both)).toBe('accepted');
    expect(read(both, ends + skewMs)).toContain('clock: ');
  });
});
