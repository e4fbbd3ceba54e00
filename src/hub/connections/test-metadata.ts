import { IDP_ONE } from './test-certificates.ts';

const body = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----|\s/g, '');

/** For tests: what a SAML identity provider says of itself. */
export function metadataOf(
  certificates: readonly string[],
  parts: { readonly entityId?: string; readonly location?: string } = {},
): string {
  const keys = certificates.map(
    (pem) =>
      `<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>${body(pem)}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`,
  );
  return `<?xml version="1.0"?>
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${parts.entityId ?? 'https://idp.test/entity'}">
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">${keys.join('')}
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.test/post"/>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="${parts.location ?? 'https://idp.test/sso'}"/>
</md:IDPSSODescriptor></md:EntityDescriptor>`;
}

export const IDP_METADATA = metadataOf([IDP_ONE.certificate]);
