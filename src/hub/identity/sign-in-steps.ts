import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { emailPage } from './pages/sign-in-pages.ts';
import { TEXTS } from './pages/texts.ts';
import {
  afterPassword,
  takeCode,
  takeFirstCode,
  takeFirstPasskey,
  takePasskey,
} from './second-factor-steps.ts';
import { sendPage } from './send-page.ts';
import {
  type Place,
  type Sent,
  type SignInSteps,
  showStep,
  signedInBy,
  type Visit,
} from './sign-in-visit.ts';

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
    // Said at once: where the cookie is missing, nothing could be kept for another page either.
    const problem = `${TEXTS.problem.formExpired} ${TEXTS.problem.noCookies}`;
    return sendPage(reply, emailPage({ ...place.form, problem }, visit.email), 403);
  }
  switch (sent.step) {
    case 'cancel':
      return place.cancel();
    case 'other':
      if (place.only !== undefined) return place.cancel();
      return showStep(visit, { page: 'email', email: '' });
    case 'continue': {
      const session = await steps.sessions.read(request);
      if (session === null) return showStep(visit, { page: 'email', email: '' });
      return place.finish(signedInBy(session));
    }
    case 'email':
      return takeAddress(visit);
    case 'sso':
      return chooseConnection(visit);
    case 'password':
      return takePassword(visit);
    case 'forgotten':
      return sendLink(visit);
    case 'code':
      return takeCode(visit);
    case 'passkey':
      return takePasskey(visit);
    case 'enrol':
      return takeFirstCode(visit);
    case 'enrol-passkey':
      return takeFirstPasskey(visit);
  }
}

async function takeAddress(visit: Visit): Promise<FastifyReply> {
  const { steps, sent, email } = visit;
  if (!isAddress(email))
    return showStep(visit, { page: 'email' }, { text: TEXTS.problem.emailShape, status: 422 });
  const connections = await steps.sso.connectionsOf(email);
  const [connection] = connections;
  const enforced = connections.some((each) => each.enforced);
  if (connection === undefined || (sent.method === 'password' && !enforced))
    return showStep(visit, { page: 'password' });
  if (connections.length > 1) return showStep(visit, { page: 'choose' });
  return showStep(visit, { page: 'leave', connection: connection.id });
}

/** On to the identity provider; only to one that serves the address. */
async function chooseConnection(visit: Visit): Promise<FastifyReply> {
  const connections = await visit.steps.sso.connectionsOf(visit.email);
  const connection = connections.find((each) => each.id === visit.sent.connection);
  if (connection === undefined)
    return showStep(visit, { page: 'email' }, { text: TEXTS.problem.formExpired, status: 422 });
  return showStep(visit, { page: 'leave', connection: connection.id });
}

/** A letter with a link to a new password; the answer is the same whether or not there is such an account. */
async function sendLink(visit: Visit): Promise<FastifyReply> {
  const { steps, request, email } = visit;
  if (!steps.forgotten.available || !isAddress(email))
    return showStep(visit, { page: 'email' }, { text: TEXTS.problem.emailShape, status: 422 });
  if (await steps.sso.required(email))
    return showStep(visit, { page: 'email' }, { text: TEXTS.problem.ssoRequired, status: 403 });
  const wait = await steps.forgotten.ask(email, request.ip);
  if (wait === null) return showStep(visit, { page: 'sent' });
  const text = TEXTS.problem.tooMany(Math.ceil(wait / 60));
  return showStep(visit, { page: 'password' }, { text, status: 429, wait });
}

function isAddress(email: string): boolean {
  return z.email().max(254).safeParse(email).success;
}

async function takePassword(visit: Visit): Promise<FastifyReply> {
  const { steps, request, sent, email } = visit;
  // Before the password is looked at: a good one must not be told from a bad one here.
  if (await steps.sso.required(email))
    return showStep(visit, { page: 'email' }, { text: TEXTS.problem.ssoRequired, status: 403 });
  const outcome = await steps.checkPassword({ email, password: sent.password, address: request.ip });
  switch (outcome.kind) {
    case 'ok':
      return afterPassword(visit, outcome);
    case 'wait': {
      const text = TEXTS.problem.tooMany(Math.ceil(outcome.seconds / 60));
      return showStep(visit, { page: 'password' }, { text, status: 429, wait: outcome.seconds });
    }
    default: {
      const text = outcome.kind === 'disabled' ? TEXTS.problem.disabled : TEXTS.problem.wrongPassword;
      return showStep(visit, { page: 'password' }, { text, status: 401 });
    }
  }
}
