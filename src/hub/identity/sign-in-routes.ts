import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HubServer } from '../server.ts';
import { registerConfirmRoutes } from './confirm-routes.ts';
import { fieldSchema, sentFields } from './form-fields.ts';
import type { Interactions } from './interactions.ts';
import { INTERACTION_PATH } from './open-id-provider.ts';
import { ownPath } from './own-path.ts';
import { MARK_SVG } from './pages/mark.ts';
import { messagePage } from './pages/message-pages.ts';
import { continuePage, emailPage, signedInPage, signedOutPage, signOutPage } from './pages/sign-in-pages.ts';
import { STYLE, STYLE_PATH } from './pages/style.ts';
import { TEXTS } from './pages/texts.ts';
import { sendPage } from './send-page.ts';
import { sendShown } from './sign-in-shown.ts';
import { takeStep } from './sign-in-steps.ts';
import { type Place, type SignInSteps, signedInBy, stepSchema } from './sign-in-visit.ts';

export interface SignInRouteOptions extends SignInSteps {
  readonly interactions: Interactions;
  /** Whether every organization of the account lets its members sign devices in by a code. */
  readonly mayUseDeviceSignIn: (userId: string) => Promise<boolean>;
  readonly publicUrl: string;
}

const pageQuerySchema = z.object({ next: fieldSchema, method: fieldSchema });

/** The pages of signing in and out (docs/identity.md section 1): e-mail address first, then the password. */
export function registerSignInRoutes(app: HubServer, options: SignInRouteOptions): void {
  const { sessions, forms } = options;
  const open = { config: { requires: 'nothing' as const }, schema: { hide: true } };

  app.get(STYLE_PATH, open, (_request, reply) =>
    reply
      .headers({
        'content-type': 'text/css; charset=utf-8',
        'cache-control': 'public, max-age=31536000, immutable',
      })
      .send(STYLE),
  );
  app.get('/sign-in/mark.svg', open, (_request, reply) =>
    reply
      .headers({ 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' })
      .send(MARK_SVG),
  );

  app.get('/sign-in', open, async (request, reply) => {
    const { next, method } = pageQuerySchema.parse(request.query);
    const place = hubPlace(options, request, reply, { next, method });
    const session = await sessions.read(request);
    if (session !== null) return place.finish(signedInBy(session));
    const shown = await sendShown(options, request, reply, place);
    if (shown !== null) return shown;
    const ended = await sessions.endedBecause(request);
    const notice = ended === null ? undefined : TEXTS.ended[ended];
    return sendPage(reply, emailPage({ ...place.form, notice }, ''));
  });
  app.post('/sign-in', open, async (request, reply) => {
    const sent = stepSchema.parse(sentFields(request));
    return takeStep(options, request, reply, hubPlace(options, request, reply, sent), sent);
  });

  registerConfirmRoutes(app, options);

  app.get(`${INTERACTION_PATH}/:uid`, open, async (request, reply) => {
    const place = await desktopPlace(options, request, reply);
    if (place === null) return sendExpired(reply);
    const shown = await sendShown(options, request, reply, place);
    if (shown !== null) return shown;
    const session = await sessions.read(request);
    return sendPage(
      reply,
      session === null ? emailPage(place.form, place.loginHint) : continuePage(place.form, session.email),
    );
  });
  app.post(`${INTERACTION_PATH}/:uid`, open, async (request, reply) => {
    const place = await desktopPlace(options, request, reply);
    if (place === null) return sendExpired(reply);
    return takeStep(options, request, reply, place, stepSchema.parse(sentFields(request)));
  });

  app.get('/signed-in', open, async (request, reply) => {
    const session = await sessions.read(request);
    if (session === null) return reply.redirect('/sign-in', 303);
    return sendPage(reply, signedInPage({ email: session.email, formToken: forms.issue(request, reply) }));
  });
  app.get('/sign-out', open, async (request, reply) =>
    sendPage(reply, signOutPage(forms.issue(request, reply))),
  );
  app.post('/sign-out', open, async (request, reply) => {
    if (!forms.check(request, stepSchema.parse(sentFields(request)).form_token)) {
      return sendPage(
        reply,
        { ...signOutPage(forms.issue(request, reply)), problem: TEXTS.problem.formExpired },
        403,
      );
    }
    await sessions.end(request, reply);
    return sendPage(reply, signedOutPage());
  });
}

/** Signing in for the hub's own pages; `next` may be anything that was sent. */
export function hubPlace(
  options: SignInSteps & { readonly publicUrl: string },
  request: FastifyRequest,
  reply: FastifyReply,
  asked: { readonly next: string; readonly method: string },
): Place {
  const target = ownPath(asked.next, options.publicUrl);
  return {
    form: {
      action: '/sign-in',
      formToken: options.forms.issue(request, reply),
      next: target ?? '',
      method: asked.method,
      asking: { kind: 'hub' },
    },
    loginHint: '',
    afterSso: { kind: 'hub', next: target ?? '' },
    resume: target === null ? '/sign-in' : `/sign-in?next=${encodeURIComponent(target)}`,
    finish: async () => reply.redirect(target ?? '/signed-in', 303),
    cancel: async () => reply.redirect('/sign-in', 303),
  };
}

async function desktopPlace(
  options: SignInRouteOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Place | null> {
  const interaction = await options.interactions.find(request, reply);
  if (interaction === null) return null;
  const leave = async (address: string | null) =>
    address === null ? sendExpired(reply) : reply.redirect(address, 303);
  return {
    form: {
      action: `${INTERACTION_PATH}/${interaction.uid}`,
      formToken: options.forms.issue(request, reply),
      next: '',
      method: sentMethod(request),
      asking: { kind: 'desktop', deviceName: interaction.deviceName },
    },
    loginHint: interaction.loginHint,
    afterSso: { kind: 'desktop', uid: interaction.uid },
    resume: `${INTERACTION_PATH}/${interaction.uid}`,
    finish: async (who) => {
      const byCode = await options.interactions.asksForDevice(request, reply);
      if (byCode && !(await options.mayUseDeviceSignIn(who.userId)))
        return sendPage(reply, messagePage(TEXTS.problem.deviceOffTitle, TEXTS.problem.deviceOff), 403);
      return leave(await options.interactions.finish(request, reply, who));
    },
    cancel: async () => leave(await options.interactions.refuse(request, reply)),
  };
}

function sentMethod(request: FastifyRequest): string {
  const asked = pageQuerySchema.parse(request.query).method;
  return asked === '' ? stepSchema.parse(sentFields(request)).method : asked;
}

function sendExpired(reply: FastifyReply): FastifyReply {
  return sendPage(reply, messagePage(TEXTS.problem.expiredTitle, TEXTS.problem.expired), 400);
}
