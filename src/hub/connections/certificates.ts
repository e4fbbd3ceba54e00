import { X509Certificate } from 'node:crypto';
import { RefusalError } from '../../shared/contracts/refusal.ts';

/** A signing certificate of an identity provider as owners see it. */
export interface CertificateFacts {
  readonly subject: string;
  readonly fingerprint: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly state: 'valid' | 'expiring' | 'expired' | 'not_yet_valid';
  readonly pem: string;
}

/** Warned of this long before a certificate ends. */
const EXPIRING_MS = 30 * 86_400_000;

/**
 * The certificate of a PEM block, or of its base64 alone, as identity providers show it; again as PEM. Refused: what
 * is none, and keys too short to trust.
 */
export function readCertificate(text: string): string {
  const body = /-----BEGIN CERTIFICATE-----([\s\S]*?)-----END CERTIFICATE-----/.exec(text)?.[1] ?? text;
  const base64 = body.replaceAll(/\s+/g, '');
  try {
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw new Error('not base64');
    const certificate = new X509Certificate(Buffer.from(base64, 'base64'));
    const { asymmetricKeyType: type, asymmetricKeyDetails: details } = certificate.publicKey;
    if (type !== 'rsa')
      throw bad(`its key is of the kind ${type ?? 'unknown'}, and signatures are read of RSA keys only`);
    if ((details?.modulusLength ?? 0) < 2048) throw bad('its RSA key has fewer than 2048 bits');
    return certificate.toString().trim();
  } catch (error) {
    if (error instanceof RefusalError) throw error;
    throw bad('it is not an X.509 certificate in PEM form');
  }
}

/** What is in a certificate, and whether it is in time. */
export function certificateFacts(pem: string, now: number): CertificateFacts {
  const certificate = new X509Certificate(pem);
  const from = Date.parse(certificate.validFrom);
  const to = Date.parse(certificate.validTo);
  const state =
    now < from ? 'not_yet_valid' : now >= to ? 'expired' : now >= to - EXPIRING_MS ? 'expiring' : 'valid';
  return {
    subject: certificate.subject.replaceAll('\n', ', '),
    fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    validFrom: new Date(from).toISOString(),
    validTo: new Date(to).toISOString(),
    state,
    pem,
  };
}

function bad(reason: string): RefusalError {
  return new RefusalError({
    code: 'invalid_value',
    message: `The certificate cannot be used: ${reason}.`,
    help: 'Copy the signing certificate of the identity provider whole, with its BEGIN and END lines.',
    details: { field: 'saml.certificates' },
  });
}
