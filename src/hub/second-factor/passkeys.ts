import { createRequire } from 'node:module';
import { isIP } from 'node:net';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Trx } from '../database/connection.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import { ensureRecoveryCodes } from './recovery-codes.ts';
import './tables.ts';

/** A passkey as its owner sees it. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

/** Passkeys (WebAuthn) as a second factor of local accounts. Options and answers are JSON, as browsers take and give them. */
export interface Passkeys {
  /** Browsers know passkeys of names only: a hub that is called by an IP address has none. */
  readonly available: boolean;
  list(userId: string): Promise<readonly Passkey[]>;
  /** What the browser makes a passkey from. */
  registrationOptions(account: { readonly id: string; readonly email: string }): Promise<string>;
  /**
   * Keeps the passkey that the browser made. Answers the recovery codes when these are the account's first; `null`: the
   * answer is not to a question of ours.
   */
  register(
    account: { readonly id: string; readonly email: string },
    passkey: { readonly name: string; readonly answer: string },
    context: ChangeContext,
  ): Promise<readonly string[] | null>;
  /** What a passkey of the account signs; `null`: it has none. */
  signInOptions(userId: string): Promise<string | null>;
  /** True when a passkey of the account signed a question of ours, which is used up then. */
  check(userId: string, answer: string): Promise<boolean>;
  rename(userId: string, id: string, name: string, context: ChangeContext): Promise<boolean>;
}

const CHALLENGE_MS = 10 * 60_000;
/** Ed25519, ES256, RS256: what every authenticator has one of. Named, because the library tries newer ones out aloud. */
const ALGORITHMS = [-8, -7, -257];
const MOST = 20;
/** Longest answer of a browser, in characters: keys of RSA and statements of security keys are a few thousand. */
export const PASSKEY_ANSWER_MAXIMUM = 20_000;

const common = {
  id: z.string(),
  rawId: z.string(),
  type: z.literal('public-key'),
  clientExtensionResults: z.record(z.string(), z.unknown()).transform(() => ({})),
};
const registrationSchema = z.object({
  ...common,
  response: z.object({
    clientDataJSON: z.string(),
    attestationObject: z.string(),
    transports: z.array(z.string().max(30)).max(10).catch([]),
  }),
});
const signInSchema = z.object({
  ...common,
  response: z.object({ clientDataJSON: z.string(), authenticatorData: z.string(), signature: z.string() }),
});

export function createPasskeys(options: {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly now: () => Date;
  readonly publicUrl: string;
}): Passkeys {
  const { db, secret, now } = options;
  const { origin, hostname } = new URL(options.publicUrl);
  const party = { expectedOrigin: origin, expectedRPID: hostname, requireUserVerification: false };
  const hash = (challenge: string) => secret.digest('passkey-challenge', challenge);
  const ask = async (userId: string, purpose: 'register' | 'sign-in', challenge: string) => {
    const at = now();
    await db.deleteFrom('passkey_challenges').where('expires_at', '<', at).execute();
    await db
      .insertInto('passkey_challenges')
      .values({
        challenge_hash: hash(challenge),
        user_id: userId,
        purpose,
        expires_at: new Date(at.getTime() + CHALLENGE_MS),
      })
      .execute();
  };
  /** Whether this was asked of this account, for this, a moment ago; it is used up, whatever comes of it. */
  const wasAsked = (userId: string, purpose: 'register' | 'sign-in') => async (challenge: string) => {
    const row = await db
      .deleteFrom('passkey_challenges')
      .where('challenge_hash', '=', hash(challenge))
      .where('user_id', '=', userId)
      .where('purpose', '=', purpose)
      .where('expires_at', '>', now())
      .returning('user_id')
      .executeTakeFirst();
    return row !== undefined;
  };
  const rowsOf = (userId: string) =>
    db.selectFrom('passkeys').selectAll().where('user_id', '=', userId).orderBy('created_at').execute();
  const described = async (userId: string) =>
    (await rowsOf(userId)).map((row) => ({ id: row.credential_id, transports: row.transports }));

  return {
    available: isIP(hostname.replaceAll(/[[\]]/g, '')) === 0,
    list: async (userId) =>
      (await rowsOf(userId)).map((row) => ({
        id: row.id,
        name: row.name,
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
      })),
    async registrationOptions(account) {
      const made = await generateRegistrationOptions({
        rpName: 'Mooring',
        rpID: hostname,
        userName: account.email,
        userID: Uint8Array.from(Buffer.from(account.id)),
        attestationType: 'none',
        supportedAlgorithmIDs: ALGORITHMS,
        excludeCredentials: await described(account.id),
        authenticatorSelection: { residentKey: 'discouraged', userVerification: 'preferred' },
      });
      await ask(account.id, 'register', made.challenge);
      return JSON.stringify(made);
    },
    async register(account, { name, answer }, context) {
      const parsed = registrationSchema.safeParse(readJson(answer));
      if (!parsed.success || (await rowsOf(account.id)).length >= MOST) return null;
      const verified = await verifyRegistrationResponse({
        ...party,
        response: parsed.data,
        supportedAlgorithmIDs: ALGORITHMS,
        expectedChallenge: wasAsked(account.id, 'register'),
      }).catch(() => null);
      if (verified?.verified !== true) return null;
      const { credential } = verified.registrationInfo;
      return db.transaction().execute(async (trx) => {
        const kept = await trx
          .insertInto('passkeys')
          .values({
            user_id: account.id,
            credential_id: credential.id,
            public_key: Buffer.from(credential.publicKey),
            counter: credential.counter,
            transports: parsed.data.response.transports,
            name,
            created_at: now(),
          })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst();
        if (kept === undefined) return null;
        await record(trx, context, account.id, 'account.passkey-add', name);
        return ensureRecoveryCodes(trx, secret, account.id);
      });
    },
    async signInOptions(userId) {
      const known = await described(userId);
      if (known.length === 0) return null;
      const made = await generateAuthenticationOptions({
        rpID: hostname,
        allowCredentials: known,
        userVerification: 'preferred',
      });
      await ask(userId, 'sign-in', made.challenge);
      return JSON.stringify(made);
    },
    async check(userId, answer) {
      const parsed = signInSchema.safeParse(readJson(answer));
      if (!parsed.success) return false;
      const row = (await rowsOf(userId)).find((each) => each.credential_id === parsed.data.id);
      if (row === undefined) return false;
      const verified = await verifyAuthenticationResponse({
        ...party,
        response: parsed.data,
        expectedChallenge: wasAsked(userId, 'sign-in'),
        // The library refuses a counter that does not rise: the passkey was copied.
        credential: {
          id: row.credential_id,
          publicKey: Uint8Array.from(row.public_key),
          counter: Number(row.counter),
        },
      }).catch(() => null);
      if (verified?.verified !== true) return false;
      await db
        .updateTable('passkeys')
        .set({ counter: verified.authenticationInfo.newCounter, last_used_at: now() })
        .where('id', '=', row.id)
        .execute();
      return true;
    },
    async rename(userId, id, name, context) {
      return db.transaction().execute(async (trx) => {
        const row = await trx
          .updateTable('passkeys')
          .set({ name })
          .where('user_id', '=', userId)
          .where('id', '=', id)
          .returning('id')
          .executeTakeFirst();
        if (row === undefined) return false;
        await record(trx, context, userId, 'account.passkey-rename', name);
        return true;
      });
    },
  };
}

/** Where the library's script for browsers lies. */
export function browserLibraryFile(): string {
  const main = createRequire(import.meta.url).resolve('@simplewebauthn/browser');
  return main.replace(/script[\\/]index\.js$/, 'dist/bundle/index.umd.min.js');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function record(trx: Trx, context: ChangeContext, userId: string, action: string, name: string) {
  const label = context.actor.kind === 'user' ? context.actor.email : userId;
  const target = { kind: 'user', id: userId, label };
  await recordChange(trx, context, { organizationId: null, action, target, after: { passkey: name } });
}
