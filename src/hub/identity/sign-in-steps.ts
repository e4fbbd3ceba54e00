import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ChangeContext } from '../audit/record.ts';
import type { SecondFactor } from '../second-factor/second-factor.ts';
import { codePage, enrolPage, recoveryCodesPage } from '../second-factor/second-factor-pages.ts';
import { choosePage, leavePage, ssoFailurePage } from '../sso/sso-pages.ts';
import type { SsoPlace } from '../sso/sso-requests.ts';
import type { Sso } from '../sso/sso-service.ts';
import { type Attempts, PER_ACCOUNT } from './attempts.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { fieldSchema } from './form-fields.ts';
import type { FormTokens } from './form-tokens.ts';
import type { SignedIn } from './interactions.ts';
import { emailPage, passwordPage, type SignInForm } from './pages/sign-in-pages.ts';
import { TEXTS } from './pages/texts.ts';
import type { PasswordCheck } from './password-check.ts';
import { sendPage } from './send-page.ts';

/** What the sign-in forms send. */
export const stepSchema = z.object({
  form_token: fieldSchema,
  step: z.enum(['email', 'password', 'sso', 'code', 'enrol', 'continue', 'other', 'cancel']).catch('email'),
  /** `password`: the person asked for it although an identity provider serves the address. */
  method: fieldSchema,
  email: fieldSchema,
  password: fieldSchema,
  connection: fieldSchema,
  proof: fieldSchema,
  code: fieldSchema,
  next: fieldSchema,
});
type Sent = z.infer<typeof stepSchema>;

/** What the steps of signing in work with. */
export interface SignInSteps {
  readonly sessions: BrowserSessions;
  readonly forms: FormTokens;
  readonly attempts: Attempts;
  readonly checkPassword: PasswordCheck;
  readonly secondFactor: SecondFactor;
  readonly sso: Sso;
  readonly now: () => Date;
}

/** Where signing in happens: inside a desktop's request, or for the hub's own pages. */
export interface Place {
  readonly form: SignInForm;
  readonly loginHint: string;
  /** Where an identity provider's answer goes on to. */
  readonly afterSso: SsoPlace;
  /** Address of this place for somebody who is signed in already. */
  readonly resume: string;
  /** The one account that can sign in here: it proves itself again. */
  readonly only?: { readonly userId: string; readonly email: string };
  /** Who is signed in: end where the person wanted to go. */
  readonly finish: (who: SignedIn) => Promise<FastifyReply>;
  readonly cancel: () => Promise<FastifyReply>;
}

/** One visit to a form. */
interface Visit {
  readonly steps: SignInSteps;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly place: Place;
  readonly sent: Sent;
  readonly email: string;
}

/** Does what the form that was sent asks for (docs/identity.md section 1): address first, then whatever proves it. */
export async function takeStep(
  steps: SignInSteps,
  request: FastifyRequest,
  reply: FastifyReply,
  place: Place,
  sent: Sent,
): Promise<FastifyReply> {
  const visit: Visit = { steps, request, reply, place, sent, email: place.only?.email ?? sent.email.trim() };
  if (!steps.forms.check(request, sent.form_token)) {
    const problem = `${TEXTS.problem.formExpired} ${TEXTS.problem.noCookies}`;
    return sendPage(reply, emailPage({ ...place.form, problem }, visit.email), 403);
  }
  switch (sent.step) {
    case 'cancel':
      return place.cancel();
    case 'other':
      if (place.only !== undefined) return place.cancel();
      return sendPage(reply, emailPage(place.form, ''));
    case 'continue': {
      const session = await steps.sessions.read(request);
      if (session === null) return sendPage(reply, emailPage(place.form, ''));
      return place.finish(signedInBy(session));
    }
    case 'email':
      return takeAddress(visit);
    case 'sso':
      return chooseConnection(visit);
    case 'password':
      return takePassword(visit);
    case 'code':
      return takeCode(visit);
    case 'enrol':
      return takeFirstCode(visit);
  }
}

async function takeAddress(visit: Visit): Promise<FastifyReply> {
  const { steps, reply, place, sent, email } = visit;
  if (!z.email().max(254).safeParse(email).success)
    return sendPage(reply, emailPage({ ...place.form, problem: TEXTS.problem.emailShape }, email), 422);
  const connections = await steps.sso.connectionsOf(email);
  const [connection] = connections;
  const enforced = connections.some((each) => each.enforced);
  if (connection === undefined || (sent.method === 'password' && !enforced))
    return sendPage(reply, passwordPage(place.form, email));
  if (connections.length > 1) return sendPage(reply, choosePage(place.form, email, connections));
  return leave(visit, connection.id);
}

async function chooseConnection(visit: Visit): Promise<FastifyReply> {
  return leave(visit, visit.sent.connection);
}

/** On to the identity provider; only to one that serves the address. */
async function leave(visit: Visit, connectionId: string): Promise<FastifyReply> {
  const { steps, request, reply, place, email } = visit;
  const connections = await steps.sso.connectionsOf(email);
  const connection = connections.find((each) => each.id === connectionId);
  if (connection === undefined) return sendPage(reply, emailPage(place.form, email), 422);
  const started = await steps.sso.start(connection, {
    place: place.afterSso,
    browserHash: steps.forms.binding(request, reply),
    loginHint: email,
  });
  if (!started.ok) return sendPage(reply, ssoFailurePage(started.failure.class), 502);
  const enforced = connections.some((each) => each.enforced);
  return sendPage(reply, leavePage(connection, started.url, enforced ? null : passwordAddress(place.resume)));
}

function passwordAddress(resume: string): string {
  return `${resume}${resume.includes('?') ? '&' : '?'}method=password`;
}

async function takePassword(visit: Visit): Promise<FastifyReply> {
  const { steps, request, reply, place, sent, email } = visit;
  // Before the password is looked at: a good one must not be told from a bad one here.
  if (await steps.sso.required(email))
    return sendPage(reply, emailPage({ ...place.form, problem: TEXTS.problem.ssoRequired }, email), 403);
  const outcome = await steps.checkPassword({ email, password: sent.password, address: request.ip });
  switch (outcome.kind) {
    case 'ok':
      return afterPassword(visit, outcome.userId);
    case 'wait': {
      void reply.header('retry-after', String(outcome.seconds));
      const problem = TEXTS.problem.tooMany(Math.ceil(outcome.seconds / 60));
      return sendPage(reply, passwordPage({ ...place.form, problem }, email), 429);
    }
    default: {
      const problem = outcome.kind === 'disabled' ? TEXTS.problem.disabled : TEXTS.problem.wrongPassword;
      return sendPage(reply, passwordPage({ ...place.form, problem }, email), 401);
    }
  }
}

async function afterPassword(visit: Visit, userId: string): Promise<FastifyReply> {
  const { steps, reply, place } = visit;
  const standing = await steps.secondFactor.standing(userId);
  if (standing === 'off') return signIn(visit, userId);
  const proof = await steps.secondFactor.remember(userId);
  if (standing === 'on') return sendPage(reply, codePage(place.form, proof));
  const account = await steps.secondFactor.remembered(proof);
  if (account === null) return sendPage(reply, emailPage(place.form, visit.email), 403);
  return sendPage(reply, enrolPage(place.form, proof, await steps.secondFactor.enrol(account)));
}

/** Whose password was right a moment ago, while it still counts: single sign-on may be required since then. */
async function passwordProved(visit: Visit) {
  const { steps, place, sent } = visit;
  const account = await steps.secondFactor.remembered(sent.proof);
  if (account === null || (await steps.sso.required(account.email))) return null;
  return place.only === undefined || place.only.userId === account.id ? account : null;
}

async function takeCode(visit: Visit): Promise<FastifyReply> {
  const { steps, reply, place, sent } = visit;
  const account = await passwordProved(visit);
  if (account === null) return expired(visit);
  const wait = await steps.attempts.take(PER_ACCOUNT, `code:${account.id}`);
  if (wait !== null) return tooMany(visit, wait);
  if (!(await steps.secondFactor.check(account.id, sent.code, changeOf(visit, account))))
    return sendPage(reply, codePage({ ...place.form, problem: TEXTS.problem.codeWrong }, sent.proof), 401);
  await steps.attempts.clear(PER_ACCOUNT, `code:${account.id}`);
  await steps.secondFactor.forget(sent.proof);
  return signIn(visit, account.id);
}

async function takeFirstCode(visit: Visit): Promise<FastifyReply> {
  const { steps, request, reply, place, sent } = visit;
  const account = await passwordProved(visit);
  if (account === null) return expired(visit);
  const wait = await steps.attempts.take(PER_ACCOUNT, `code:${account.id}`);
  if (wait !== null) return tooMany(visit, wait);
  const codes = await steps.secondFactor.confirm(account.id, sent.code, changeOf(visit, account));
  if (codes === null) {
    if ((await steps.secondFactor.standing(account.id)) === 'on') return expired(visit);
    const problem = TEXTS.problem.codeWrong;
    return sendPage(
      reply,
      enrolPage({ ...place.form, problem }, sent.proof, await steps.secondFactor.enrol(account)),
      401,
    );
  }
  await steps.secondFactor.forget(sent.proof);
  await steps.sessions.begin(request, reply, account.id);
  return sendPage(reply, recoveryCodesPage(codes, place.resume));
}

async function signIn({ steps, request, reply, place }: Visit, userId: string): Promise<FastifyReply> {
  await steps.sessions.begin(request, reply, userId);
  return place.finish({ userId, until: null, connectionId: null });
}

/** What a session that stands says of its person. */
export function signedInBy(session: {
  readonly userId: string;
  readonly desktopUntil: Date | null;
  readonly connectionId: string | null;
}): SignedIn {
  return { userId: session.userId, until: session.desktopUntil, connectionId: session.connectionId };
}

function expired({ reply, place }: Visit): FastifyReply {
  return sendPage(reply, emailPage({ ...place.form, problem: TEXTS.problem.formExpired }, ''), 403);
}

function tooMany({ reply, place, sent }: Visit, seconds: number): FastifyReply {
  void reply.header('retry-after', String(seconds));
  const problem = TEXTS.problem.tooMany(Math.ceil(seconds / 60));
  return sendPage(reply, codePage({ ...place.form, problem }, sent.proof), 429);
}

function changeOf(visit: Visit, account: { readonly id: string; readonly email: string }): ChangeContext {
  return {
    actor: { kind: 'user', userId: account.id, email: account.email, via: 'session' },
    sourceAddress: visit.request.ip,
    at: visit.steps.now(),
  };
}
