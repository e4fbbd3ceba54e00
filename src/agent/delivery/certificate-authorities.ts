import { readFile } from 'node:fs/promises';
import { createSecureContext, getCACertificates, rootCertificates, type SecureContext } from 'node:tls';

/** Whom we trust for TLS: built once, shared by every connection. */
export interface CertificateAuthorities {
  /** Loads on first use; `problem` says why the extra file is not part of it. */
  context(): Promise<{ readonly secureContext: SecureContext; readonly problem: string | null }>;
  /** Reads everything anew at the next use: after a certificate was refused, an administrator may have mended it. */
  forget(): void;
}

/**
 * Node's own list, the operating system's, and an extra PEM file, together: a hub inside a company has a
 * certificate of the company's authority, which lives in one of the last two.
 */
export function createCertificateAuthorities(extraCaFile: () => string | null): CertificateAuthorities {
  let loaded: ReturnType<CertificateAuthorities['context']> | null = null;
  let loadedFor: string | null = null;
  return {
    context() {
      const file = extraCaFile();
      if (loaded === null || loadedFor !== file) {
        loadedFor = file;
        loaded = load(file);
      }
      return loaded;
    },
    forget() {
      loaded = null;
    },
  };
}

async function load(extraCaFile: string | null): ReturnType<CertificateAuthorities['context']> {
  const extra = extraCaFile === null ? { pem: null, problem: null } : await readExtra(extraCaFile);
  // Each certificate given here is parsed and held in memory: the lists overlap for the most part.
  const known = [...new Set([...listed('default'), ...listed('system')])];
  if (extra.pem !== null) {
    try {
      return { secureContext: createSecureContext({ ca: [...known, extra.pem] }), problem: null };
    } catch {
      const problem = `${extraCaFile} holds something that is not a PEM certificate, so it was left out.`;
      return { secureContext: contextOf(known), problem };
    }
  }
  return { secureContext: contextOf(known), problem: extra.problem };
}

/** Without any list at hand Node's own stands: an empty one would trust nobody. */
function contextOf(known: readonly string[]): SecureContext {
  return known.length === 0 ? createSecureContext() : createSecureContext({ ca: [...known] });
}

/** Not every build of Node can read every list (Electron has none of the system's). */
function listed(kind: 'default' | 'system'): readonly string[] {
  try {
    return getCACertificates(kind);
  } catch {
    return kind === 'default' ? rootCertificates : [];
  }
}

async function readExtra(file: string): Promise<{ pem: string | null; problem: string | null }> {
  try {
    const pem = await readFile(file, 'utf8');
    if (pem.includes('-----BEGIN CERTIFICATE-----')) return { pem, problem: null };
    return { pem: null, problem: `${file} holds no PEM certificate, so it was left out.` };
  } catch {
    return { pem: null, problem: `The file of further certificate authorities, ${file}, could not be read.` };
  }
}
