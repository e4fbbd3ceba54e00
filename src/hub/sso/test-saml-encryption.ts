import { createVerify, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { type EncryptOptions, encrypt } from 'xml-encryption';

/* For tests: what identity providers do with the certificate of the hub. */

/** Whether the address of a request was signed with this certificate, as it stands in the address (SAML bindings 3.4.4.1). */
export function isSignedBy(address: string, pem: string): boolean {
  const [, query = ''] = address.split('?', 2);
  const parts = new Map(query.split('&').map((part) => [part.split('=', 1)[0] ?? '', part] as const));
  const covered = ['SAMLRequest', 'RelayState', 'SigAlg'].flatMap((name) => parts.get(name) ?? []);
  const signature = new URL(address).searchParams.get('Signature') ?? '';
  return createVerify('sha256').update(covered.join('&')).verify(pem, signature, 'base64');
}

export const GCM = 'http://www.w3.org/2009/xmlenc11#aes256-gcm';
export const CBC = 'http://www.w3.org/2001/04/xmlenc#aes256-cbc';
export const OAEP = 'http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p';

/** An assertion encrypted for this certificate. */
export async function encryptedFor(
  pem: string,
  content: string,
  options: Partial<EncryptOptions> = {},
): Promise<string> {
  const data = await promisify(encrypt)(content, {
    rsa_pub: new X509Certificate(options.pem ?? pem).publicKey
      .export({ type: 'spki', format: 'pem' })
      .toString(),
    pem,
    encryptionAlgorithm: GCM,
    keyEncryptionAlgorithm: OAEP,
    ...options,
  });
  return `<saml:EncryptedAssertion>${data}</saml:EncryptedAssertion>`;
}
