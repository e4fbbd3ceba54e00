import { DOMParser, type Document, type Element, onErrorStopParsing } from '@xmldom/xmldom';
import type { Attributes, SsoFailure } from './asserted-identity.ts';

/*
 * What a SAML response must look like before anybody asks whether its signature is good. Signature wrapping, doubled
 * signatures, entities and comments all need a document that no identity provider sends: such documents are refused by
 * their shape, whatever is signed in them.
 */

const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';

/** Larger answers than this are nobody's. */
const SIZE_LIMIT = 400_000;

const SIGNATURES = new Set([
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha384',
  'http://www.w3.org/2001/04/xmldsig-more#rsa-sha512',
]);
const DIGESTS = new Set([
  'http://www.w3.org/2001/04/xmlenc#sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512',
]);
const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';
const ENVELOPED = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';

/** What can be read of a response before its signature was checked. */
export interface ResponseShape {
  readonly xml: string;
  /** The request that it answers; `null`: the identity provider began by itself. */
  readonly inResponseTo: string | null;
  readonly destination: string | null;
  readonly issuer: string | null;
}

type Read<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: SsoFailure };

/** Reads the form field `SAMLResponse`. */
export function readResponse(field: string): Read<ResponseShape> {
  const xml = decode(field);
  if (xml === null) return malformed('The answer is not base64 of XML, or it is too large.');
  if (/<!/.test(xml)) {
    const what =
      xml.includes('<!DOCTYPE') || xml.includes('<!ENTITY') ? 'a document type' : 'a comment or CDATA';
    return malformed(`The answer holds ${what}, which no identity provider needs.`);
  }
  if (/<\?(?!xml\s)/.test(xml)) return malformed('The answer holds a processing instruction.');
  const document = parse(xml);
  const root = document?.documentElement ?? null;
  if (root === null || root.namespaceURI !== PROTOCOL || root.localName !== 'Response')
    return malformed('The answer is not a SAML 2.0 response.');
  const refusal = statusRefusal(root);
  if (refusal !== null) return { ok: false, failure: refusal };
  const fault = shapeFault(root);
  if (fault !== null) return { ok: false, failure: fault };
  return {
    ok: true,
    value: {
      xml,
      inResponseTo: root.getAttribute('InResponseTo') || null,
      destination: root.getAttribute('Destination') || null,
      issuer: childrenNamed(root, ASSERTION, 'Issuer')[0]?.textContent?.trim() ?? null,
    },
  };
}

/** Facts of an assertion whose signature was found good. */
export interface VerifiedAssertion {
  readonly id: string;
  readonly issuer: string;
  readonly nameId: string | null;
  readonly attributes: Attributes;
  /** When nobody will accept it any more. */
  readonly notOnOrAfter: Date;
}

/** Reads the assertion that was verified, and holds it to this request of this hub. */
export function readAssertion(
  xml: string,
  expected: {
    readonly acsUrl: string;
    readonly requestId: string;
    readonly now: number;
    readonly skewMs: number;
  },
): Read<VerifiedAssertion> {
  const root = parse(xml)?.documentElement ?? null;
  if (root === null || root.namespaceURI !== ASSERTION || root.localName !== 'Assertion')
    return malformed('The signed part is not an assertion.');
  const subjects = childrenNamed(root, ASSERTION, 'Subject');
  const [subject] = subjects;
  if (subject === undefined || subjects.length > 1)
    return malformed('The assertion has not exactly one Subject.');
  const names = childrenNamed(subject, ASSERTION, 'NameID');
  if (names.length > 1 || childrenNamed(subject, ASSERTION, 'EncryptedID').length > 0)
    return malformed('The Subject has several names, or an encrypted one.');
  const bearer = childrenNamed(subject, ASSERTION, 'SubjectConfirmation')
    .filter((each) => each.getAttribute('Method') === BEARER)
    .flatMap((each) => childrenNamed(each, ASSERTION, 'SubjectConfirmationData'));
  const confirmed = confirmation(bearer, expected);
  if (!confirmed.ok) return confirmed;
  const id = root.getAttribute('ID') ?? '';
  const issuer = childrenNamed(root, ASSERTION, 'Issuer')[0]?.textContent?.trim() ?? '';
  if (id === '' || issuer === '') return malformed('The assertion has no ID or no Issuer.');
  const nameId = names[0]?.textContent?.trim() ?? '';
  return {
    ok: true,
    value: {
      id,
      issuer,
      nameId: nameId === '' ? null : nameId,
      attributes: attributesOf(root),
      notOnOrAfter: confirmed.value,
    },
  };
}

function confirmation(
  candidates: readonly Element[],
  expected: {
    readonly acsUrl: string;
    readonly requestId: string;
    readonly now: number;
    readonly skewMs: number;
  },
): Read<Date> {
  if (candidates.length === 0) return malformed('The assertion has no bearer SubjectConfirmationData.');
  const forUs = candidates.filter((each) => each.getAttribute('Recipient') === expected.acsUrl);
  if (forUs.length === 0) {
    const named = candidates.map((each) => each.getAttribute('Recipient') ?? 'nobody').join(', ');
    return failed(
      'wrong_recipient',
      `The assertion is for ${named.slice(0, 300)}, not for ${expected.acsUrl}.`,
    );
  }
  const answering = forUs.filter((each) => each.getAttribute('InResponseTo') === expected.requestId);
  if (answering.length === 0)
    return failed('session_lost', 'The assertion answers another request than the response.');
  const ends = answering
    .map((each) => Date.parse(each.getAttribute('NotOnOrAfter') ?? ''))
    .filter(Number.isFinite);
  const end = Math.max(...ends);
  if (ends.length === 0) return malformed('The SubjectConfirmationData has no NotOnOrAfter.');
  if (end + expected.skewMs <= expected.now) return failed('clock', 'The assertion has expired.');
  return { ok: true, value: new Date(end + expected.skewMs) };
}

function attributesOf(assertion: Element): Attributes {
  const found = new Map<string, string[]>();
  for (const statement of childrenNamed(assertion, ASSERTION, 'AttributeStatement')) {
    for (const attribute of childrenNamed(statement, ASSERTION, 'Attribute')) {
      const name = attribute.getAttribute('Name') ?? '';
      const values = childrenNamed(attribute, ASSERTION, 'AttributeValue').map(
        (each) => each.textContent ?? '',
      );
      found.set(name, [...(found.get(name) ?? []), ...values]);
    }
  }
  return found;
}

function decode(field: string): string | null {
  if (field.length > SIZE_LIMIT * 1.4) return null;
  const base64 = field.replaceAll(/\s+/g, '');
  if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return null;
  try {
    const xml = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'));
    return xml.length > SIZE_LIMIT || xml.includes('\0') ? null : xml;
  } catch {
    return null;
  }
}

function parse(xml: string): Document | null {
  try {
    return new DOMParser({ onError: onErrorStopParsing }).parseFromString(xml, 'text/xml');
  } catch {
    return null;
  }
}

function statusRefusal(root: Element): SsoFailure | null {
  const [status] = childrenNamed(root, PROTOCOL, 'Status');
  if (status === undefined) return { class: 'malformed_answer', detail: 'The response has no Status.' };
  const codes = Array.from(status.getElementsByTagNameNS(PROTOCOL, 'StatusCode')).map(
    (each) => each.getAttribute('Value') ?? '',
  );
  if (codes[0] === SUCCESS) return null;
  const message = status.getElementsByTagNameNS(PROTOCOL, 'StatusMessage')[0]?.textContent?.trim() ?? '';
  const named = codes.map((code) => code.replace(/^.*:/, '')).join(', ');
  return {
    class: 'refused_by_provider',
    detail: `The identity provider answered ${named}${message === '' ? '' : `: ${message}`}`.slice(0, 500),
  };
}

/** Everything about the tree that wrapping needs to be otherwise. */
function shapeFault(root: Element): SsoFailure | null {
  const all = Array.from(root.getElementsByTagName('*'));
  const named = (name: string) => all.filter((each) => each.localName === name);
  if (named('EncryptedAssertion').length > 0 || named('EncryptedID').length > 0)
    return fault(
      'malformed_answer',
      'The assertion is encrypted, which this connection does not take; https protects it.',
    );
  const assertions = named('Assertion');
  const [assertion] = assertions;
  if (assertions.length !== 1 || assertion === undefined || assertion.parentNode !== root)
    return fault(
      'signature_invalid',
      `The response holds ${assertions.length} assertions, and must hold exactly one at its top.`,
    );
  const ids = [root, ...all].flatMap((each) => {
    const id = each.getAttribute('ID') ?? each.getAttribute('Id') ?? each.getAttribute('id');
    return id === null ? [] : [id];
  });
  if (new Set(ids).size !== ids.length)
    return fault('signature_invalid', 'An ID occurs twice in the response.');
  const signatures = named('Signature');
  if (signatures.some((each) => each.parentNode !== root && each.parentNode !== assertion))
    return fault('signature_invalid', 'A signature stands where none belongs.');
  const ofAssertion = signatures.filter((each) => each.parentNode === assertion);
  const ofResponse = signatures.filter((each) => each.parentNode === root);
  if (ofAssertion.length === 0) return fault('signature_invalid', 'The assertion is not signed.');
  if (ofAssertion.length > 1 || ofResponse.length > 1)
    return fault('signature_invalid', 'The same element is signed twice.');
  for (const [signature] of [ofAssertion, ofResponse]) {
    if (signature === undefined) continue;
    const reason = signatureFault(signature);
    if (reason !== null) return fault('signature_invalid', reason);
  }
  return null;
}

function signatureFault(signature: Element): string | null {
  const parent = signature.parentNode as Element;
  const part = (name: string) => Array.from(signature.getElementsByTagNameNS(DSIG, name));
  const [infos, references, objects] = [part('SignedInfo'), part('Reference'), part('Object')];
  if (
    infos.length !== 1 ||
    references.length !== 1 ||
    objects.length > 0 ||
    part('SignatureValue').length !== 1
  )
    return 'A signature covers something else than the one element that it stands in.';
  if (references[0]?.getAttribute('URI') !== `#${parent.getAttribute('ID') ?? ''}`)
    return 'A signature is about another element than the one that it stands in.';
  const method = part('SignatureMethod')[0]?.getAttribute('Algorithm') ?? '';
  if (!SIGNATURES.has(method))
    return `The signature algorithm ${method} is not accepted; use RSA with SHA-256.`;
  const digest = part('DigestMethod')[0]?.getAttribute('Algorithm') ?? '';
  if (!DIGESTS.has(digest)) return `The digest algorithm ${digest} is not accepted; use SHA-256.`;
  const transforms = part('Transform').map((each) => each.getAttribute('Algorithm') ?? '');
  if (transforms.some((each) => each !== EXCLUSIVE && each !== ENVELOPED) || !transforms.includes(ENVELOPED))
    return 'A signature transforms what it covers in a way that is not accepted.';
  const canonical = part('CanonicalizationMethod')[0]?.getAttribute('Algorithm') ?? '';
  return canonical === EXCLUSIVE ? null : `The canonicalization ${canonical} is not accepted.`;
}

function childrenNamed(parent: Element, namespace: string, name: string): Element[] {
  return Array.from(parent.getElementsByTagNameNS(namespace, name)).filter(
    (each) => each.parentNode === parent,
  );
}

function fault(failureClass: SsoFailure['class'], detail: string): SsoFailure {
  return { class: failureClass, detail };
}

function failed(
  failureClass: SsoFailure['class'],
  detail: string,
): { readonly ok: false; readonly failure: SsoFailure } {
  return { ok: false, failure: fault(failureClass, detail) };
}

function malformed(detail: string) {
  return failed('malformed_answer', detail);
}
