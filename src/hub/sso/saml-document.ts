import { DOMParser, type Document, type Element, onErrorStopParsing } from '@xmldom/xmldom';
import type { Attributes, SsoFailure } from './asserted-identity.ts';
import { encryptionFault } from './encrypted-assertion.ts';
import { signaturesFault } from './saml-signatures.ts';

/*
 * What a SAML response must look like before anybody asks whether its signature is good. Signature wrapping, doubled
 * signatures, entities and comments all need a document that no identity provider sends: such documents are refused by
 * their shape, whatever is signed in them.
 */

const PROTOCOL = 'urn:oasis:names:tc:SAML:2.0:protocol';
const ASSERTION = 'urn:oasis:names:tc:SAML:2.0:assertion';
const BEARER = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
const SUCCESS = 'urn:oasis:names:tc:SAML:2.0:status:Success';

/** Larger answers than this are nobody's. */
const SIZE_LIMIT = 400_000;

/** What can be read of a response before its signature was checked. */
export interface ResponseShape {
  readonly xml: string;
  /** The request that it answers; `null`: the identity provider began by itself. */
  readonly inResponseTo: string | null;
  readonly destination: string | null;
  readonly issuer: string | null;
  /** The encrypted assertion as it stands in the response; `null`: it is not encrypted. */
  readonly encrypted: string | null;
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
      encrypted: childrenNamed(root, ASSERTION, 'EncryptedAssertion')[0]?.toString() ?? null,
    },
  };
}

/** Whether what an encrypted assertion opened to has the shape of a signed assertion, by the rules of those that come open. */
export function isSignedAssertion(xml: string): boolean {
  if (/<[!?]/.test(xml)) return false;
  const root = parse(xml)?.documentElement ?? null;
  if (root === null || root.namespaceURI !== ASSERTION || root.localName !== 'Assertion') return false;
  const inside = Array.from(root.getElementsByTagName('*'));
  if (inside.some((each) => FORBIDDEN_INSIDE.has(each.localName ?? ''))) return false;
  return signaturesFault([root, ...inside], [root]) === null;
}

/** Neither another assertion nor more encryption belongs into an assertion. */
const FORBIDDEN_INSIDE = new Set(['Assertion', 'EncryptedAssertion', 'EncryptedID', 'EncryptedData']);

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
  if (named('EncryptedID').length > 0)
    return fault('malformed_answer', 'The name is encrypted by itself; encrypt the whole assertion instead.');
  const assertions = [...named('Assertion'), ...named('EncryptedAssertion')];
  const [assertion] = assertions;
  if (assertions.length !== 1 || assertion?.parentNode !== root || assertion.namespaceURI !== ASSERTION)
    return fault(
      'signature_invalid',
      `The response holds ${assertions.length} assertions, and must hold exactly one at its top.`,
    );
  if (assertion.localName === 'Assertion') return signaturesFault([root, ...all], [assertion, root]);
  const reason = encryptionFault(assertion);
  if (reason !== null) return fault('malformed_answer', reason);
  // What is inside is looked at when it is open; nothing around it may be signed but the response.
  return signaturesFault([root, ...all], [root], { required: false });
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
