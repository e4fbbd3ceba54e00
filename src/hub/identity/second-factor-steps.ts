import type { FastifyReply } from 'fastify';
import type { ChangeContext } from '../audit/record.ts';
import {
  codePage,
  enrolPage,
  type PasskeyAsking,
  recoveryCodesPage,
} from '../second-factor/second-factor-pages.ts';
import { PER_ACCOUNT } from './attempts.ts';
import { emailPage } from './pages/sign-in-pages.ts';
import { TEXTS } from './pages/texts.ts';
import type { ProvedPerson } from './proved-person.ts';
import { sendPage } from './send-page.ts';
import { sendOvertaken, signIn, type Visit } from './sign-in-visit.ts';

interface Account {
  readonly id: string;
  readonly email: string;
  /** Of the account when its password was right. */
  readonly epoch: number;
}

/** The password was right: the second factor is asked for, set up where it is needed, or not there. */
export async function afterPassword(visit: Visit, person: ProvedPerson): Promise<FastifyReply> {
  const { steps } = visit;
  const standing = await steps.secondFactor.standing(person.userId);
  if (standing === 'off') return signIn(visit, person);
  const proof = await steps.secondFactor.remember(person);
  const account = await steps.secondFactor.remembered(proof);
  if (account === null) return sendOvertaken(visit);
  return standing === 'on' ? askFactor(visit, account, proof) : askToEnrol(visit, account, proof);
}

export async function takeCode(visit: Visit): Promise<FastifyReply> {
  return proving(visit, 'on', async (account) => {
    if (await visit.steps.secondFactor.check(account.id, visit.sent.code, changeOf(visit, account)))
      return null;
    return TEXTS.problem.codeWrong;
  });
}

export async function takePasskey(visit: Visit): Promise<FastifyReply> {
  return proving(visit, 'on', async (account) =>
    (await visit.steps.passkeys.check(account.id, visit.sent.passkey)) ? null : TEXTS.problem.passkeyWrong,
  );
}

export async function takeFirstCode(visit: Visit): Promise<FastifyReply> {
  return proving(visit, 'needed', async (account) => {
    const { secondFactor } = visit.steps;
    const codes = await secondFactor.confirm(account.id, visit.sent.code, changeOf(visit, account));
    return codes === null ? TEXTS.problem.codeWrong : { codes };
  });
}

export async function takeFirstPasskey(visit: Visit): Promise<FastifyReply> {
  return proving(visit, 'needed', async (account) => {
    const passkey = { name: TEXTS.firstPasskey, answer: visit.sent.passkey };
    const codes = await visit.steps.passkeys.register(account, passkey, changeOf(visit, account));
    return codes === null ? TEXTS.problem.passkeyWrong : { codes };
  });
}

/**
 * One try at the second factor. `expected`: where the account stands; a password alone must not add a factor to an
 * account that has one. `attempt` answers what is wrong, `null` when it was right, or the codes of a first factor.
 */
async function proving(
  visit: Visit,
  expected: 'on' | 'needed',
  attempt: (account: Account) => Promise<string | null | { readonly codes: readonly string[] }>,
): Promise<FastifyReply> {
  const { steps, request, reply, place, sent } = visit;
  const account = await passwordProved(visit);
  if (account === null || (await steps.secondFactor.standing(account.id)) !== expected) return expired(visit);
  const again = (problem: string, status: number) => {
    const asked: Visit = { ...visit, place: { ...place, form: { ...place.form, problem } } };
    return expected === 'on'
      ? askFactor(asked, account, sent.proof, status)
      : askToEnrol(asked, account, sent.proof, status);
  };
  const wait = await steps.attempts.take(PER_ACCOUNT, `code:${account.id}`);
  if (wait !== null) {
    void reply.header('retry-after', String(wait));
    return again(TEXTS.problem.tooMany(Math.ceil(wait / 60)), 429);
  }
  const outcome = await attempt(account);
  if (typeof outcome === 'string') return again(outcome, 401);
  await steps.attempts.clear(PER_ACCOUNT, `code:${account.id}`);
  await steps.secondFactor.forget(sent.proof);
  const person = { userId: account.id, epoch: account.epoch };
  if (outcome === null) return signIn(visit, person);
  if ((await steps.sessions.begin(request, reply, person)) === null) return sendOvertaken(visit);
  return sendPage(reply, recoveryCodesPage(outcome.codes, place.resume));
}

async function askFactor(visit: Visit, account: Account, proof: string, status = 200): Promise<FastifyReply> {
  const { steps, reply, place } = visit;
  const { appSince } = await steps.secondFactor.overview(account.id);
  const options = await steps.passkeys.signInOptions(account.id);
  const passkey: PasskeyAsking | null =
    options === null ? null : { options, script: steps.passkeyScript.path };
  return sendPage(reply, codePage(place.form, proof, { app: appSince !== null, passkey }), status);
}

async function askToEnrol(
  visit: Visit,
  account: Account,
  proof: string,
  status = 200,
): Promise<FastifyReply> {
  const { steps, reply, place } = visit;
  const passkey = steps.passkeys.available
    ? { options: await steps.passkeys.registrationOptions(account), script: steps.passkeyScript.path }
    : null;
  const enrolment = await steps.secondFactor.enrol(account);
  return sendPage(reply, enrolPage(place.form, proof, enrolment, passkey), status);
}

/** Whose password was right a moment ago, while it still counts: single sign-on may be required since then. */
async function passwordProved(visit: Visit): Promise<Account | null> {
  const { steps, place, sent } = visit;
  const account = await steps.secondFactor.remembered(sent.proof);
  if (account === null || (await steps.sso.required(account.email))) return null;
  return place.only === undefined || place.only.userId === account.id ? account : null;
}

function expired({ reply, place }: Visit): FastifyReply {
  return sendPage(reply, emailPage({ ...place.form, problem: TEXTS.problem.formExpired }, ''), 403);
}

function changeOf(visit: Visit, account: Account): ChangeContext {
  return {
    actor: { kind: 'user', userId: account.id, email: account.email, via: 'session' },
    sourceAddress: visit.request.ip,
    at: visit.steps.now(),
  };
}
