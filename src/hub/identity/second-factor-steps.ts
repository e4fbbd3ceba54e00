import type { FastifyReply } from 'fastify';
import type { ChangeContext } from '../audit/record.ts';
import {
  codePage,
  enrolPage,
  type PasskeyAsking,
  recoveryCodesPage,
} from '../second-factor/second-factor-pages.ts';
import { PER_ACCOUNT } from './attempts.ts';
import type { Page } from './pages/page.ts';
import { TEXTS } from './pages/texts.ts';
import type { ProvedPerson } from './proved-person.ts';
import { sendPage } from './send-page.ts';
import { type StepProblem, sendOvertaken, showStep, signIn, type Visit } from './sign-in-visit.ts';

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
  return showStep(visit, { page: 'factor', proof });
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
  const account = await passwordProved(visit, sent.proof);
  if (account === null || (await steps.secondFactor.standing(account.id)) !== expected) return expired(visit);
  const again = (problem: StepProblem) => showStep(visit, { page: 'factor', proof: sent.proof }, problem);
  const wait = await steps.attempts.take(PER_ACCOUNT, `code:${account.id}`);
  if (wait !== null) return again({ text: TEXTS.problem.tooMany(Math.ceil(wait / 60)), status: 429, wait });
  const outcome = await attempt(account);
  if (typeof outcome === 'string') return again({ text: outcome, status: 401 });
  await steps.attempts.clear(PER_ACCOUNT, `code:${account.id}`);
  await steps.secondFactor.forget(sent.proof);
  const person = { userId: account.id, epoch: account.epoch };
  if (outcome === null) return signIn(visit, person);
  if ((await steps.sessions.begin(request, reply, person)) === null) return sendOvertaken(visit);
  return sendPage(reply, recoveryCodesPage(outcome.codes, place.resume));
}

/** Where a visit stands before anything was sent. */
type Asked = Pick<Visit, 'steps' | 'place'>;

/** The page that asks for the second factor, or has it set up; `null`: the proof of the password counts no more. */
export async function factorPage(asked: Asked, proof: string): Promise<Page | null> {
  const account = await passwordProved(asked, proof);
  if (account === null) return null;
  switch (await asked.steps.secondFactor.standing(account.id)) {
    case 'on':
      return askFactor(asked, account, proof);
    case 'needed':
      return askToEnrol(asked, account, proof);
    case 'off':
      return null;
  }
}

async function askFactor({ steps, place }: Asked, account: Account, proof: string): Promise<Page> {
  const { appSince } = await steps.secondFactor.overview(account.id);
  const options = await steps.passkeys.signInOptions(account.id);
  const passkey: PasskeyAsking | null =
    options === null ? null : { options, script: steps.passkeyScript.path };
  return codePage(place.form, proof, { app: appSince !== null, passkey });
}

async function askToEnrol({ steps, place }: Asked, account: Account, proof: string): Promise<Page> {
  const passkey = steps.passkeys.available
    ? { options: await steps.passkeys.registrationOptions(account), script: steps.passkeyScript.path }
    : null;
  const enrolment = await steps.secondFactor.enrol(account);
  return enrolPage(place.form, proof, enrolment, passkey);
}

/** Whose password was right a moment ago, while it still counts: single sign-on may be required since then. */
async function passwordProved({ steps, place }: Asked, proof: string): Promise<Account | null> {
  const account = await steps.secondFactor.remembered(proof);
  if (account === null || (await steps.sso.required(account.email))) return null;
  return place.only === undefined || place.only.userId === account.id ? account : null;
}

function expired(visit: Visit): FastifyReply {
  return showStep(visit, { page: 'email', email: '' }, { text: TEXTS.problem.formExpired, status: 403 });
}

function changeOf(visit: Visit, account: Account): ChangeContext {
  return {
    actor: { kind: 'user', userId: account.id, email: account.email, via: 'session' },
    sourceAddress: visit.request.ip,
    at: visit.steps.now(),
  };
}
