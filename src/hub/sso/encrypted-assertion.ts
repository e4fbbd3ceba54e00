import { promisify } from 'node:util';
import type { Element } from '@xmldom/xmldom';
import { decrypt } from 'xml-encryption';

const XENC = 'http://www.w3.org/2001/04/xmlenc#';

/**
 * CBC is what Entra sends and tells nobody whether what was opened was whole; that is why whatever is wrong with an
 * encrypted assertion is answered alike (`UNREADABLE`). RSA by PKCS 1 version 1.5 and Triple DES are refused.
 */
const ALGORITHMS = new Set([
  `${XENC}rsa-oaep-mgf1p`,
  `${XENC}aes128-cbc`,
  `${XENC}aes256-cbc`,
  'http://www.w3.org/2009/xmlenc11#aes128-gcm',
  'http://www.w3.org/2009/xmlenc11#aes256-gcm',
]);

/** Said of every encrypted assertion that is not good, whatever is wrong with it: an answer must tell nobody what it opens to. */
export const UNREADABLE =
  'The encrypted assertion could not be opened with the key of this hub, or is not signed as it must be.';

/** Why an encrypted assertion is not even tried; it says nothing of what is inside. */
export function encryptionFault(encrypted: Element): string | null {
  const named = (name: string) => Array.from(encrypted.getElementsByTagNameNS(XENC, name));
  if (named('EncryptedData').length !== 1 || named('EncryptedKey').length !== 1)
    return 'An encrypted assertion must hold exactly one piece of data and one key.';
  const methods = named('EncryptionMethod').map((each) => each.getAttribute('Algorithm') ?? '');
  const unknown = methods.find((each) => !ALGORITHMS.has(each));
  if (unknown === undefined && methods.length === 2) return null;
  return `The encryption ${unknown ?? ''} is not accepted; use AES (GCM or CBC) with RSA-OAEP.`;
}

/** The assertion as XML, and the key that opened it; `null`: it opens with none of them. */
export async function openWithAny(
  encrypted: string,
  keys: readonly { readonly privateKey: string }[],
): Promise<{ readonly xml: string; readonly privateKey: string } | null> {
  for (const { privateKey } of keys) {
    const xml = await openAssertion(encrypted, privateKey);
    if (xml !== null) return { xml, privateKey };
  }
  return null;
}

async function openAssertion(encrypted: string, privateKey: string): Promise<string | null> {
  try {
    return await promisify(decrypt)(encrypted, {
      key: privateKey,
      disallowDecryptionWithInsecureAlgorithm: true,
    });
  } catch {
    return null;
  }
}
