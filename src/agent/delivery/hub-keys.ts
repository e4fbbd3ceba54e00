import { type CryptoKey, calculateJwkThumbprint, compactVerify, importJWK } from 'jose';
import { type AgentKey, agentKeySchema, KEY_TYP } from '../../shared/contracts/agent-api.ts';

/** How a key is shown to people and written into a profile: RFC 7638 thumbprint, SHA-256, base64url. */
export async function fingerprint(key: Pick<AgentKey, 'kty' | 'crv' | 'x'>): Promise<string> {
  return `SHA256:${await calculateJwkThumbprint({ kty: key.kty, crv: key.crv, x: key.x }, 'sha256')}`;
}

/**
 * The keys that are trusted or follow from a trusted one: a key follows when its predecessor, itself reached, signed
 * it. `known` may hold anything a hub published; what no chain reaches is left out, whatever id it claims.
 */
export async function followChain(
  trusted: readonly AgentKey[],
  known: readonly AgentKey[],
): Promise<AgentKey[]> {
  const reached = new Map<string, AgentKey>();
  for (const key of trusted) if (!reached.has(key.x)) reached.set(key.x, key);
  // Rounds until nothing is added: the order of publication is not the order of the chain, and a circle ends here.
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const key of known) {
      if (reached.has(key.x)) continue;
      const parents = [...reached.values()].filter((parent) => parent.kid === key.predecessor);
      for (const parent of parents) {
        if (await isSignedBy(key, parent)) {
          reached.set(key.x, key);
          break;
        }
      }
    }
  }
  return [...reached.values()];
}

/** The key as the verifier wants it: only its public point, so that nothing else published with it has a say. */
export async function verificationKey(key: AgentKey): Promise<CryptoKey | Uint8Array> {
  return importJWK({ kty: key.kty, crv: key.crv, x: key.x }, 'EdDSA');
}

async function isSignedBy(key: AgentKey, parent: AgentKey): Promise<boolean> {
  if (key.predecessorSignature === undefined) return false;
  try {
    const verified = await compactVerify(key.predecessorSignature, await verificationKey(parent), {
      algorithms: ['EdDSA'],
    });
    if (verified.protectedHeader.typ !== KEY_TYP) return false;
    const signed = agentKeySchema.safeParse(JSON.parse(new TextDecoder().decode(verified.payload)));
    return signed.success && signed.data.x === key.x && signed.data.kid === key.kid;
  } catch {
    return false;
  }
}
