import { randomBytes } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { SignedXml } from 'xml-crypto';
import { IDP_ONE } from '../connections/test-certificates.ts';

/*
 * For tests: a SAML identity provider that does as it is told, so that every way of cheating can be tried. It signs
 * with xml-crypto; a real one is asked in test/simplesamlphp.test.ts.
 */

export const IDP_ENTITY = 'https://idp.test/entity';
const SIGNATURE = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
const DIGEST = 'http://www.w3.org/2001/04/xmlenc#sha256';
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

/** What an answer says; everything has a good value. */
export interface Answer {
  readonly requestId: string;
  readonly acsUrl: string;
  readonly audience: string;
  readonly email: string;
  readonly assertionId?: string;
  readonly responseId?: string;
  readonly issuer?: string;
  readonly responseIssuer?: string;
  readonly recipient?: string;
  readonly destination?: string;
  readonly subjectRequestId?: string;
  readonly nameIdXml?: string;
  readonly notBefore?: number;
  readonly notOnOrAfter?: number;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  readonly status?: string;
}

const at = (ms: number) => new Date(Date.now() + ms).toISOString();
const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** The assertion without a signature. */
export function assertionXml(answer: Answer): string {
  const { notBefore = -60_000, notOnOrAfter = 300_000 } = answer;
  const attributes = Object.entries(answer.attributes ?? {})
    .map(
      ([name, values]) =>
        `<saml:Attribute Name="${escaped(name)}">${values.map((value) => `<saml:AttributeValue>${escaped(value)}</saml:AttributeValue>`).join('')}</saml:Attribute>`,
    )
    .join('');
  return [
    `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${answer.assertionId ?? `_a${randomBytes(12).toString('hex')}`}" Version="2.0" IssueInstant="${at(0)}">`,
    `<saml:Issuer>${answer.issuer ?? IDP_ENTITY}</saml:Issuer>`,
    `<saml:Subject>${answer.nameIdXml ?? `<saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">${escaped(answer.email)}</saml:NameID>`}`,
    `<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="${at(notOnOrAfter)}" Recipient="${answer.recipient ?? answer.acsUrl}" InResponseTo="${answer.subjectRequestId ?? answer.requestId}"/></saml:SubjectConfirmation></saml:Subject>`,
    `<saml:Conditions NotBefore="${at(notBefore)}" NotOnOrAfter="${at(notOnOrAfter)}"><saml:AudienceRestriction><saml:Audience>${answer.audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>`,
    `<saml:AuthnStatement AuthnInstant="${at(0)}"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`,
    attributes === '' ? '' : `<saml:AttributeStatement>${attributes}</saml:AttributeStatement>`,
    `</saml:Assertion>`,
  ].join('');
}

/** A response around what stands in it. */
export function responseXml(answer: Answer, inner: string): string {
  const inResponseTo = answer.requestId === '' ? '' : ` InResponseTo="${answer.requestId}"`;
  return [
    `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="${answer.responseId ?? `_r${randomBytes(12).toString('hex')}`}" Version="2.0" IssueInstant="${at(0)}" Destination="${answer.destination ?? answer.acsUrl}"${inResponseTo}>`,
    `<saml:Issuer>${answer.responseIssuer ?? answer.issuer ?? IDP_ENTITY}</saml:Issuer>`,
    `<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:${answer.status ?? 'Success'}"/></samlp:Status>`,
    inner,
    `</samlp:Response>`,
  ].join('');
}

/** Signs the element of that name. */
export function signed(
  xml: string,
  element: 'Assertion' | 'Response',
  options: { readonly privateKey?: string; readonly signature?: string; readonly digest?: string } = {},
): string {
  const signature = new SignedXml({
    privateKey: options.privateKey ?? IDP_ONE.privateKey,
    signatureAlgorithm: options.signature ?? SIGNATURE,
    canonicalizationAlgorithm: EXCLUSIVE,
  });
  const xpath = `//*[local-name(.)='${element}']`;
  signature.addReference({
    xpath,
    digestAlgorithm: options.digest ?? DIGEST,
    transforms: [ENVELOPED, EXCLUSIVE],
  });
  signature.computeSignature(xml, {
    location: { reference: `${xpath}/*[local-name(.)='Issuer']`, action: 'after' },
  });
  return signature.getSignedXml();
}

/** A good answer: the assertion is signed. */
export function goodResponse(answer: Answer): string {
  return responseXml(answer, signed(assertionXml(answer), 'Assertion'));
}

export function encoded(xml: string): string {
  return Buffer.from(xml, 'utf8').toString('base64');
}

/** The request that the hub sent: its id, as it stands in the address. */
export function requestOf(address: string): {
  readonly id: string;
  readonly xml: string;
  readonly relayState: string | null;
} {
  const { searchParams } = new URL(address);
  const xml = inflateRawSync(Buffer.from(searchParams.get('SAMLRequest') ?? '', 'base64')).toString('utf8');
  return { id: /ID="([^"]+)"/.exec(xml)?.[1] ?? '', xml, relayState: searchParams.get('RelayState') };
}
