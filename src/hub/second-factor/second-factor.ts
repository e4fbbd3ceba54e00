import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { generateSecret, generateURI, verify } from 'otplib';
import { type ChangeContext, recordChange } from '../audit/record.ts';
import type { Db, Reader, Trx } from '../database/connection.ts';
import type { ProvedPerson } from '../identity/proved-person.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import { ensureRecoveryCodes, makeRecoveryCodes, recoveryCodeHash } from './recovery-codes.ts';
import './tables.ts';

/** An authenticator app that is being set up. */
export interface Enrolment {
  /** Base32, for typing in. */
  readonly secret: string;
  /** otpauth:// address, for apps on the same machine. */
  readonly uri: string;
}

/** Second factor of local accounts: time-based codes (RFC 6238) and recovery codes. */
export interface SecondFactor {
  /** `on`: a code is asked for at sign-in; `needed`: an organization asks its owners for one, and there is none. */
  standing(userId: string): Promise<'on' | 'needed' | 'off'>;
  /**
   * Begins to set an app up, or shows again what was begun a moment ago; nothing counts before `confirm`. An older
   * beginning is dropped: whoever saw its key, with a password that leaked, must not know the second factor as well.
   */
  enrol(account: { readonly id: string; readonly email: string }): Promise<Enrolment>;
  /**
   * The first code of the app: from here on one is asked for. Answers the recovery codes, shown this once; empty when
   * the account has some already.
   */
  confirm(userId: string, code: string, context: ChangeContext): Promise<readonly string[] | null>;
  /** True when the code is good: of the app and not used before, or a recovery code, which is then used up. */
  check(userId: string, code: string, context: ChangeContext): Promise<boolean>;
  /** What the account has: for its owner to look at. */
  overview(userId: string): Promise<{ readonly appSince: Date | null; readonly codesLeft: number }>;
  /** Takes the app or one passkey away. `needed`: it is the last, and an organization asks its owners for one. */
  remove(
    userId: string,
    what: { readonly kind: 'app' } | { readonly kind: 'passkey'; readonly id: string },
    context: ChangeContext,
  ): Promise<'removed' | 'needed' | 'unknown'>;
  /** New recovery codes; those before are worth nothing. Only where there is a second factor. */
  newCodes(userId: string, context: ChangeContext): Promise<readonly string[] | null>;
  /** Remembers that a password was right; the answer proves it for a few minutes. */
  remember(person: ProvedPerson): Promise<string>;
  /** Whose password was right; `null` as well when the account's sessions were ended since. */
  remembered(
    proof: string,
  ): Promise<{ readonly id: string; readonly email: string; readonly epoch: number } | null>;
  /** The proof is used up. */
  forget(proof: string): Promise<void>;
}

const PROOF_MS = 10 * 60_000;
/** A code of the step before or after is good as well: clocks of phones differ. */
const TOLERANCE_SECONDS = 30;

export function createSecondFactor(options: {
  readonly db: Db;
  readonly secret: HubSecret;
  readonly now: () => Date;
}): SecondFactor {
  const { db, secret, now } = options;
  const purpose = (userId: string) => `second-factor:${userId}`;
  const read = async (userId: string) => {
    const row = await db
      .selectFrom('second_factors')
      .selectAll()
      .where('user_id', '=', userId)
      .executeTakeFirst();
    const plain = row === undefined ? null : secret.open(purpose(userId), row.sealed);
    return row === undefined || plain === null ? null : { ...row, base32: plain.toString('utf8') };
  };
  const codeHash = (userId: string, code: string) => recoveryCodeHash(secret, userId, code);
  /** The step of a good code that is newer than the last one accepted. */
  const stepOf = async (base32: string, code: string, lastStep: number): Promise<number | null> => {
    if (!/^[0-9]{6}$/.test(code)) return null;
    const result = await verify({
      secret: base32,
      token: code,
      epoch: Math.floor(now().getTime() / 1000),
      epochTolerance: TOLERANCE_SECONDS,
    });
    if (!result.valid || !('timeStep' in result)) return null;
    return result.timeStep > lastStep ? result.timeStep : null;
  };
  /** One of two sign-ins with the same code wins. */
  const takeStep = async (userId: string, step: number, extra: { readonly confirmed_at?: Date } = {}) => {
    const row = await db
      .updateTable('second_factors')
      .set({ last_step: step, ...extra })
      .where('user_id', '=', userId)
      .where('last_step', '<', step)
      .returning('user_id')
      .executeTakeFirst();
    return row !== undefined;
  };

  return {
    async standing(userId) {
      // Whether it is there, not whether it opens: what cannot be read must not let anybody past.
      if ((await factorsOf(db, userId)).length > 0) return 'on';
      return (await isNeeded(db, userId)) ? 'needed' : 'off';
    },
    async enrol(account) {
      const base32 = generateSecret();
      const at = now();
      const begun = { sealed: secret.seal(purpose(account.id), Buffer.from(base32)), created_at: at };
      await db
        .insertInto('second_factors')
        .values({ user_id: account.id, ...begun })
        .onConflict((conflict) =>
          conflict
            .column('user_id')
            .doUpdateSet(begun)
            .where('second_factors.confirmed_at', 'is', null)
            .where('second_factors.created_at', '<=', new Date(at.getTime() - PROOF_MS)),
        )
        .execute();
      const row = await read(account.id);
      const kept = row?.base32 ?? base32;
      return { secret: kept, uri: generateURI({ issuer: 'Mooring', label: account.email, secret: kept }) };
    },
    async confirm(userId, code, context) {
      const row = await read(userId);
      if (row === null || row.confirmed_at !== null) return null;
      const step = await stepOf(row.base32, code.replaceAll(/\s/g, ''), row.last_step);
      if (step === null || !(await takeStep(userId, step, { confirmed_at: now() }))) return null;
      return db.transaction().execute(async (trx) => {
        const codes = await ensureRecoveryCodes(trx, secret, userId);
        await record(trx, context, userId, 'account.second-factor');
        return codes;
      });
    },
    async check(userId, code, context) {
      const row = await read(userId);
      if (row !== null && row.confirmed_at !== null) {
        const step = await stepOf(row.base32, code.replaceAll(/\s/g, ''), row.last_step);
        if (step !== null) return takeStep(userId, step);
      }
      return db.transaction().execute(async (trx) => {
        const used = await trx
          .updateTable('recovery_codes')
          .set({ used_at: now() })
          .where('user_id', '=', userId)
          .where('code_hash', '=', codeHash(userId, code))
          .where('used_at', 'is', null)
          .returning('user_id')
          .executeTakeFirst();
        if (used === undefined) return false;
        await record(trx, context, userId, 'account.recovery-code');
        return true;
      });
    },
    async overview(userId) {
      const row = await read(userId);
      const { rows } = await sql<{ left: number }>`
        select count(*)::int as left from recovery_codes where user_id = ${userId} and used_at is null`.execute(
        db,
      );
      return { appSince: row?.confirmed_at ?? null, codesLeft: rows[0]?.left ?? 0 };
    },
    remove: (userId, what, context) =>
      db.transaction().execute(async (trx) => {
        // One removal after another: two at once must not both find the other one's factor still there.
        await sql`select 1 from users where id = ${userId} for update`.execute(trx);
        const factors = await factorsOf(trx, userId);
        const wanted = what.kind === 'app' ? 'app' : what.id;
        const gone = factors.find(({ id }) => id === wanted);
        if (gone === undefined) return 'unknown';
        const last = factors.length === 1;
        if (last && (await isNeeded(trx, userId))) return 'needed';
        if (last) await removeSecondFactor(trx, userId);
        else if (what.kind === 'app')
          await trx.deleteFrom('second_factors').where('user_id', '=', userId).execute();
        else
          await trx.deleteFrom('passkeys').where('user_id', '=', userId).where('id', '=', what.id).execute();
        await record(
          trx,
          context,
          userId,
          what.kind === 'app' ? 'account.second-factor-remove' : 'account.passkey-remove',
        );
        return 'removed';
      }),
    newCodes: (userId, context) =>
      db.transaction().execute(async (trx) => {
        if ((await factorsOf(trx, userId)).length === 0) return null;
        await record(trx, context, userId, 'account.recovery-codes');
        return makeRecoveryCodes(trx, secret, userId);
      }),
    async remember({ userId, epoch }) {
      const proof = randomBytes(32).toString('base64url');
      const at = now();
      await db.deleteFrom('pending_sign_ins').where('expires_at', '<', at).execute();
      await db
        .insertInto('pending_sign_ins')
        .values({
          id_hash: secret.digest('pending-sign-in', proof),
          user_id: userId,
          created_at: at,
          expires_at: new Date(at.getTime() + PROOF_MS),
          sign_in_epoch: epoch,
        })
        .execute();
      return proof;
    },
    async remembered(proof) {
      const row = await db
        .selectFrom('pending_sign_ins as p')
        .innerJoin('users as u', 'u.id', 'p.user_id')
        .select(['u.id', 'u.email', 'u.sign_in_epoch as epoch'])
        .whereRef('p.sign_in_epoch', '=', 'u.sign_in_epoch')
        .where('p.id_hash', '=', secret.digest('pending-sign-in', proof))
        .where('p.expires_at', '>', now())
        .where('u.disabled_at', 'is', null)
        .executeTakeFirst();
      return row ?? null;
    },
    async forget(proof) {
      await db
        .deleteFrom('pending_sign_ins')
        .where('id_hash', '=', secret.digest('pending-sign-in', proof))
        .execute();
    },
  };
}

/** The factors that count, by id. */
async function factorsOf(reader: Reader, userId: string): Promise<readonly { readonly id: string }[]> {
  const { rows } = await sql<{ id: string }>`
    select 'app' as id from second_factors where user_id = ${userId} and confirmed_at is not null
    union all select id::text from passkeys where user_id = ${userId}`.execute(reader);
  return rows;
}

/** Whether an organization asks this account, as one of its owners, for a second factor. */
async function isNeeded(reader: Reader, userId: string): Promise<boolean> {
  const row = await reader
    .selectFrom('memberships as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .select('o.id')
    .where('m.user_id', '=', userId)
    .where('m.role', '=', 'owner')
    .where('o.second_factor_required', '=', true)
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes every second factor from an account: its owner lost them, or it is somebody else's from here on. */
export async function removeSecondFactor(trx: Trx, userId: string): Promise<void> {
  await trx.deleteFrom('passkeys').where('user_id', '=', userId).execute();
  await trx.deleteFrom('second_factors').where('user_id', '=', userId).execute();
  await trx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
}

async function record(trx: Trx, context: ChangeContext, userId: string, action: string): Promise<void> {
  const label = context.actor.kind === 'user' ? context.actor.email : userId;
  await recordChange(trx, context, {
    organizationId: null,
    action,
    target: { kind: 'user', id: userId, label },
  });
}
