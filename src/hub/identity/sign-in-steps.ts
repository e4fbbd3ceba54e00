import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { choosePage, leavePage, ssoFailurePage } from '../sso/sso-pages.ts';
import { emailPage, passwordPage } from './pages/sign-in-pages.ts';
import { TEXTS } from './pages/texts.ts';
import {
  afterPassword,
  takeCode,
  takeFirstCode,
  takeFirstPasskey,
  takePasskey,
} from './second-factor-steps.ts';
import { sendPage } from './send-page.ts';
import { type Place, type Sent, type SignInSteps, signedInBy, type Visit } from './sign-in-visit.ts';

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
    case 'passkey':
      return takePasskey(visit);
    case 'enrol':
      return takeFirstCode(visit);
    case 'enrol-passkey':
      return takeFirstPasskey(visit);
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
  if (connections.length > 1) {
    const byPassword = enforced ? null : passwordAddress(place.resume);
    return sendPage(reply, choosePage(place.form, email, connections, byPassword));
  }
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
      return afterPassword(visit, outcome);
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
