import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';
import { isoCBOR } from '@simplewebauthn/server/helpers';

/*
 * For tests: a security key and the browser in front of it, as WebAuthn level 3 writes them down (ES256, no
 * attestation). Whatever an honest one would never say can be said with it.
 */

/** What the key and the browser say, where that is not the truth. */
export interface Claims {
  readonly challenge: string;
  readonly origin: string;
  readonly host: string;
  readonly counter?: number;
  /** Bit 0: somebody touched it; bit 2: and proved who they are. */
  readonly flags?: number;
  readonly type?: string;
}

export interface TestAuthenticator {
  readonly id: string;
  /** The answer to a question for a new passkey, as the browser sends it. */
  register(claims: Claims): string;
  /** The answer to a question of signing in; `as`: under the id of another key. */
  signIn(claims: Claims, as?: string): string;
}

const TOUCHED = 0x01;
const VERIFIED = 0x04;
const HAS_KEY = 0x40;

export function createTestAuthenticator(): TestAuthenticator {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const id = randomBytes(32);
  const name = id.toString('base64url');
  const coordinate = (text = '') => Uint8Array.from(Buffer.from(text, 'base64url'));
  const cose = new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, coordinate(jwk.x)],
    [-3, coordinate(jwk.y)],
  ]);
  const answer = (response: object, as = name) =>
    JSON.stringify({ id: as, rawId: as, type: 'public-key', clientExtensionResults: {}, response });
  return {
    id: name,
    register(claims) {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const key = Buffer.concat([Buffer.alloc(16), length, id, isoCBOR.encode(cose)]);
      const authData = Buffer.concat([authenticatorData(claims, HAS_KEY), key]);
      const statement = new Map<string, string | Uint8Array | Map<string, string>>([
        ['fmt', 'none'],
        ['attStmt', new Map<string, string>()],
        ['authData', Uint8Array.from(authData)],
      ]);
      return answer({
        clientDataJSON: clientData(claims, 'webauthn.create').toString('base64url'),
        attestationObject: Buffer.from(isoCBOR.encode(statement)).toString('base64url'),
        transports: ['usb'],
      });
    },
    signIn(claims, as) {
      const client = clientData(claims, 'webauthn.get');
      const data = authenticatorData(claims, 0);
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
      return answer(
        {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: createSign('sha256').update(signed).sign(privateKey).toString('base64url'),
        },
        as,
      );
    },
  };
}

function clientData({ challenge, origin, type }: Claims, usual: string): Buffer {
  return Buffer.from(JSON.stringify({ type: type ?? usual, challenge, origin, crossOrigin: false }));
}

function authenticatorData({ host, counter = 0, flags = TOUCHED | VERIFIED }: Claims, more: number): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(counter);
  return Buffer.concat([createHash('sha256').update(host).digest(), Buffer.of(flags | more), count]);
}
