import { generateKeyPairSync } from 'node:crypto';
import { selfSignedCertificate } from '../sso/self-signed-certificate.ts';

/** For tests: a certificate that signs itself and ends when it is said to. */
export function selfSigned(name: string, from: Date, to: Date): string {
  return selfSignedCertificate(name, { from, to }, generateKeyPairSync('rsa', { modulusLength: 2048 }));
}
