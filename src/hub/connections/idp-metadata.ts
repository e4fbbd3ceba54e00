import { DOMParser, type Element, onErrorStopParsing } from '@xmldom/xmldom';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { SamlSettings } from './settings.ts';
import { samlSettings } from './settings.ts';

const METADATA = 'urn:oasis:names:tc:SAML:2.0:metadata';
const DSIG = 'http://www.w3.org/2000/09/xmldsig#';
const REDIRECT = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';

/**
 * Reads what a SAML identity provider says of itself: entity id, sign-in address, signing certificates, and whether
 * it wants requests signed. Its
 * signature is not looked at: the owner who uploads it vouches for it.
 */
export function readIdpMetadata(xml: string): SamlSettings {
  const root = parse(xml);
  const descriptors = [
    ...(root.localName === 'EntityDescriptor' ? [root] : []),
    ...childrenNamed(root, METADATA, 'EntityDescriptor'),
  ].filter((entity) => childrenNamed(entity, METADATA, 'IDPSSODescriptor').length > 0);
  const [entity] = descriptors;
  if (entity === undefined) throw bad('it describes no identity provider (no IDPSSODescriptor)');
  if (descriptors.length > 1)
    throw bad('it describes several identity providers, and a connection is for one');
  const [descriptor] = childrenNamed(entity, METADATA, 'IDPSSODescriptor');
  const idpEntityId = entity.getAttribute('entityID') ?? '';
  if (descriptor === undefined || idpEntityId === '') throw bad('it has no entityID');
  const services = childrenNamed(descriptor, METADATA, 'SingleSignOnService');
  const service = services.find((each) => each.getAttribute('Binding') === REDIRECT);
  const signInUrl = service?.getAttribute('Location') ?? '';
  if (signInUrl === '') throw bad('it names no sign-in address for the HTTP-Redirect binding');
  const certificates = childrenNamed(descriptor, METADATA, 'KeyDescriptor')
    .filter((key) => key.getAttribute('use') !== 'encryption')
    .flatMap((key) => Array.from(key.getElementsByTagNameNS(DSIG, 'X509Certificate')))
    .map((each) => each.textContent ?? '');
  if (certificates.length === 0) throw bad('it holds no signing certificate');
  const signRequests = /^(true|1)$/.test(descriptor.getAttribute('WantAuthnRequestsSigned') ?? '');
  return samlSettings({ idpEntityId, signInUrl, certificates, wantResponseSigned: false, signRequests });
}

function parse(xml: string): Element {
  // Entities could read files or grow without end; metadata needs no document type.
  if (/<!(?!--|\[CDATA\[)/.test(xml)) throw bad('it has a document type, which is refused');
  try {
    const root = new DOMParser({ onError: onErrorStopParsing }).parseFromString(
      xml.trim(),
      'text/xml',
    ).documentElement;
    if (root?.namespaceURI === METADATA) return root;
  } catch {
    throw bad('it is not well-formed XML');
  }
  throw bad('it is no SAML 2.0 metadata');
}

function childrenNamed(parent: Element, namespace: string, name: string): Element[] {
  return Array.from(parent.getElementsByTagNameNS(namespace, name)).filter(
    (each) => each.parentNode === parent,
  );
}

function bad(reason: string): RefusalError {
  return new RefusalError({
    code: 'invalid_value',
    message: `The metadata cannot be used: ${reason}.`,
    help: 'Download the metadata of the application at the identity provider, or enter the values by hand.',
  });
}
