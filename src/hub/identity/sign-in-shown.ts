import type { FastifyReply, FastifyRequest } from 'fastify';
import { choosePage, leavePage, ssoFailurePage } from '../sso/sso-pages.ts';
import { emailPage, letterSentPage, passwordPage } from './pages/sign-in-pages.ts';
import { TEXTS } from './pages/texts.ts';
import { factorPage } from './second-factor-steps.ts';
import { sendPage } from './send-page.ts';
import { type Place, type Shown, type SignInSteps, shownSchema } from './sign-in-visit.ts';

interface Asked {
  readonly steps: SignInSteps;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly place: Place;
}

/**
 * The page that a form of signing in was answered with (form-answers.ts), with the status of that answer; `null`: the
 * address names none, or not any more, and the place begins anew.
 */
export async function sendShown(
  steps: SignInSteps,
  request: FastifyRequest,
  reply: FastifyReply,
  place: Place,
): Promise<FastifyReply | null> {
  const parsed = shownSchema.safeParse(steps.answers.kept(request, reply));
  if (!parsed.success) return null;
  const { problem, ...kept } = parsed.data;
  const shown = { ...kept, email: place.only?.email ?? kept.email };
  const left =
    problem?.until === undefined ? null : Math.ceil((problem.until - steps.now().getTime()) / 1000);
  // A wait that is over is nothing to tell: the form can be sent again.
  const stands = problem !== undefined && (left === null || left > 0);
  if (stands && left !== null) void reply.header('retry-after', String(left));
  const form = stands ? { ...place.form, problem: problem.text } : place.form;
  const status = stands ? problem.status : 200;
  return sendStep({ steps, request, reply, place: { ...place, form } }, shown, status);
}

async function sendStep(asked: Asked, shown: Shown, status: number): Promise<FastifyReply> {
  const { reply, place } = asked;
  switch (shown.page) {
    case 'email':
      return sendPage(reply, emailPage(place.form, shown.email), status);
    case 'password':
      return sendPage(reply, passwordPage(place.form, shown.email, asked.steps.forgotten.available), status);
    case 'sent':
      return sendPage(reply, letterSentPage(place.form, shown.email));
    case 'choose':
    case 'leave':
      return sendConnections(asked, shown, status);
    case 'factor': {
      const page = await factorPage(asked, shown.proof);
      if (page !== null) return sendPage(reply, page, status);
      const form = { ...place.form, problem: TEXTS.problem.formExpired };
      return sendPage(reply, emailPage(form, ''), 403);
    }
  }
}

/** On to the identity provider, or first to the choice among several; as they are now. */
async function sendConnections(asked: Asked, shown: Shown, status: number): Promise<FastifyReply> {
  const { steps, request, reply, place } = asked;
  const { email } = shown;
  const connections = await steps.sso.connectionsOf(email);
  const byPassword = connections.some((each) => each.enforced) ? null : passwordAddress(place.resume);
  if (shown.page === 'choose') return sendPage(reply, choosePage(place.form, email, connections, byPassword));
  const connection = connections.find((each) => each.id === shown.connection);
  if (connection === undefined) return sendPage(reply, emailPage(place.form, email), status);
  const started = await steps.sso.start(connection, {
    place: place.afterSso,
    browserHash: steps.forms.binding(request, reply),
    loginHint: email,
  });
  if (!started.ok) return sendPage(reply, ssoFailurePage(started.failure.class), 502);
  return sendPage(reply, leavePage(connection, started.url, byPassword));
}

function passwordAddress(resume: string): string {
  return `${resume}${resume.includes('?') ? '&' : '?'}method=password`;
}
