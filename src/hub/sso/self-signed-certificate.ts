import { createSign, type KeyObject } from 'node:crypto';

/**
 * A certificate that a key signs for itself, as PEM: X.509 version 1 (RFC 5280 section 4.1), which is a name and a time
 * around an RSA key. SAML takes certificates as envelopes of keys and looks at nothing else in them.
 */
export function selfSignedCertificate(
  name: string,
  valid: { readonly from: Date; readonly to: Date },
  { publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject },
): string {
  const subject = der(0x30, der(0x31, der(0x30, COMMON_NAME, der(0x0c, Buffer.from(name)))));
  const validity = der(0x30, time(valid.from), time(valid.to));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const body = der(0x30, der(0x02, Buffer.from([1])), SHA256_RSA, subject, validity, subject, key);
  const signature = createSign('sha256').update(body).sign(privateKey);
  const whole = der(0x30, body, SHA256_RSA, der(0x03, Buffer.from([0]), signature));
  const lines = whole.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----`;
}

/** 2.5.4.3 */
const COMMON_NAME = Buffer.from('0603550403', 'hex');
/** 1.2.840.113549.1.1.11 */
const SHA256_RSA = Buffer.from('300d06092a864886f70d01010b0500', 'hex');

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const value = Buffer.concat(parts);
  const { length } = value;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), value]);
}

function time(at: Date): Buffer {
  return der(0x18, Buffer.from(`${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`));
}
