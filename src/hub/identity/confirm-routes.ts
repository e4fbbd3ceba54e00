import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CONFIRM_PATH } from '../access.ts';
import type { HubServer } from '../server.ts';
import { fieldSchema, sentFields } from './form-fields.ts';
import { ownPath } from './own-path.ts';
import { messagePage } from './pages/message-pages.ts';
import { confirmPage, passwordPage } from './pages/sign-in-pages.ts';
import { TEXTS } from './pages/texts.ts';
import { sendPage } from './send-page.ts';
import { sendShown } from './sign-in-shown.ts';
import { takeStep } from './sign-in-steps.ts';
import { type Place, type SignInSteps, stepSchema } from './sign-in-visit.ts';

const DONE_PATH = `${CONFIRM_PATH}/done`;
const querySchema = z.object({ next: fieldSchema, method: fieldSchema });

/**
 * Where somebody who is signed in proves it again, because a change opens doors (docs/identity.md section 8): the steps
 * of signing in, for this one account, and back to where they came from.
 */
export function registerConfirmRoutes(
  app: HubServer,
  options: SignInSteps & { readonly publicUrl: string },
): void {
  const open = { config: { requires: 'nothing' as const }, schema: { hide: true } };
  app.get(CONFIRM_PATH, open, async (request, reply) => {
    const { next, method } = querySchema.parse(request.query);
    const place = await confirmPlace(options, request, reply, { next, method });
    if (place === null) return reply.redirect(signInAddress(options.publicUrl, next), 303);
    const shown = await sendShown(options, request, reply, place);
    if (shown !== null) return shown;
    const connections = await options.sso.connectionsOf(place.only.email);
    const byPassword =
      connections.length === 0 || (method === 'password' && !connections.some((each) => each.enforced));
    const { email } = place.only;
    const page = byPassword
      ? passwordPage(place.form, email, options.forgotten.available)
      : confirmPage(place.form, email);
    return sendPage(reply, page);
  });
  app.post(CONFIRM_PATH, open, async (request, reply) => {
    const sent = stepSchema.parse(sentFields(request));
    const place = await confirmPlace(options, request, reply, sent);
    if (place === null) {
      const problem = { text: TEXTS.problem.formExpired, status: 403 };
      const address = signInAddress(options.publicUrl, sent.next);
      return options.answers.show(request, reply, address, { page: 'email', problem });
    }
    return takeStep(options, request, reply, place, sent);
  });
  app.get(DONE_PATH, open, (_request, reply) =>
    sendPage(reply, messagePage(TEXTS.confirm.doneTitle, TEXTS.confirm.done)),
  );
}

async function confirmPlace(
  options: SignInSteps & { readonly publicUrl: string },
  request: FastifyRequest,
  reply: FastifyReply,
  asked: { readonly next: string; readonly method: string },
): Promise<(Place & Required<Pick<Place, 'only'>>) | null> {
  const session = await options.sessions.read(request);
  if (session === null) return null;
  const target = ownPath(asked.next, options.publicUrl);
  const done = target ?? DONE_PATH;
  return {
    form: {
      action: CONFIRM_PATH,
      formToken: options.forms.issue(request, reply),
      next: target ?? '',
      method: asked.method,
      asking: { kind: 'confirm' },
    },
    loginHint: session.email,
    only: { userId: session.userId, email: session.email },
    afterSso: { kind: 'hub', next: done, confirms: session.userId },
    resume: target === null ? CONFIRM_PATH : `${CONFIRM_PATH}?next=${encodeURIComponent(target)}`,
    finish: async () => reply.redirect(done, 303),
    cancel: async () => reply.redirect(target ?? '/signed-in', 303),
  };
}

/**
 * Nobody is signed in here: signing in is proof enough. What was sent is looked at here although signing in drops
 * foreign addresses by itself: it would end on its own page then, which does not say that the proof is given.
 */
function signInAddress(publicUrl: string, next: string): string {
  const target = ownPath(next, publicUrl) ?? DONE_PATH;
  return `/sign-in?next=${encodeURIComponent(target)}`;
}
