import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HubServer } from '../server.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { fieldSchema, sentFields } from './form-fields.ts';
import type { FormTokens } from './form-tokens.ts';
import type { Interactions } from './interactions.ts';
import { INTERACTION_PATH } from './open-id-provider.ts';
import { MARK_SVG } from './pages/mark.ts';
import { messagePage } from './pages/message-pages.ts';
import { type Page, pageHeaders, renderPage } from './pages/page.ts';
import {
  continuePage,
  emailPage,
  passwordPage,
  type SignInForm,
  signedInPage,
  signedOutPage,
  signOutPage,
} from './pages/sign-in-pages.ts';
import { STYLE, STYLE_PATH } from './pages/style.ts';
import { TEXTS } from './pages/texts.ts';
import type { PasswordCheck } from './password-check.ts';

export interface SignInRouteOptions {
  readonly sessions: BrowserSessions;
  readonly forms: FormTokens;
  readonly interactions: Interactions;
  readonly checkPassword: PasswordCheck;
  readonly publicUrl: string;
}

/** What the sign-in forms send. */
const stepSchema = z.object({
  form_token: fieldSchema,
  step: z.enum(['email', 'password', 'continue', 'other', 'cancel']).catch('email'),
  email: fieldSchema,
  password: fieldSchema,
  next: fieldSchema,
});
const pageQuerySchema = z.object({ next: fieldSchema });

/** Where signing in happens: inside a desktop's request, or for the hub's own pages. */
interface Place {
  readonly form: SignInForm;
  readonly loginHint: string;
  /** Who is signed in: end where the person wanted to go. */
  readonly finish: (userId: string) => Promise<FastifyReply>;
  readonly cancel: () => Promise<FastifyReply>;
}

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
    const place = hubPlace(options, request, reply, pageQuerySchema.parse(request.query).next);
    const session = await sessions.read(request);
    return session === null ? send(reply, emailPage(place.form, '')) : place.finish(session.userId);
  });
  app.post('/sign-in', open, async (request, reply) => {
    const sent = stepSchema.parse(sentFields(request));
    return takeStep(options, request, reply, hubPlace(options, request, reply, sent.next), sent);
  });

  app.get(`${INTERACTION_PATH}/:uid`, open, async (request, reply) => {
    const place = await desktopPlace(options, request, reply);
    if (place === null) return sendExpired(reply);
    const session = await sessions.read(request);
    return send(
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
    return send(reply, signedInPage({ email: session.email, formToken: forms.issue(request, reply) }));
  });
  app.get('/sign-out', open, async (request, reply) => send(reply, signOutPage(forms.issue(request, reply))));
  app.post('/sign-out', open, async (request, reply) => {
    if (!forms.check(request, stepSchema.parse(sentFields(request)).form_token)) {
      return send(
        reply,
        { ...signOutPage(forms.issue(request, reply)), problem: TEXTS.problem.formExpired },
        403,
      );
    }
    await sessions.end(request, reply);
    return send(reply, signedOutPage());
  });
}

/** Sends a page with the headers of pages. */
export function send(
  reply: FastifyReply,
  page: Page,
  status = 200,
  redirectsToLoopback = true,
): FastifyReply {
  return reply.code(status).headers(pageHeaders({ redirectsToLoopback })).send(renderPage(page));
}

async function takeStep(
  options: SignInRouteOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  place: Place,
  sent: z.infer<typeof stepSchema>,
): Promise<FastifyReply> {
  const { sessions, forms } = options;
  const email = sent.email.trim();
  if (!forms.check(request, sent.form_token)) {
    const problem = `${TEXTS.problem.formExpired} ${TEXTS.problem.noCookies}`;
    return send(reply, emailPage({ ...place.form, problem }, email), 403);
  }
  switch (sent.step) {
    case 'cancel':
      return place.cancel();
    case 'other':
      return send(reply, emailPage(place.form, ''));
    case 'continue': {
      const session = await sessions.read(request);
      return session === null ? send(reply, emailPage(place.form, '')) : place.finish(session.userId);
    }
    case 'email':
      if (!z.email().max(254).safeParse(email).success) {
        return send(reply, emailPage({ ...place.form, problem: TEXTS.problem.emailShape }, email), 422);
      }
      return send(reply, passwordPage(place.form, email));
    case 'password': {
      const outcome = await options.checkPassword({ email, password: sent.password, address: request.ip });
      if (outcome.kind === 'ok') {
        await sessions.begin(request, reply, outcome.userId);
        return place.finish(outcome.userId);
      }
      if (outcome.kind === 'wait') {
        void reply.header('retry-after', String(outcome.seconds));
        const problem = TEXTS.problem.tooMany(Math.ceil(outcome.seconds / 60));
        return send(reply, passwordPage({ ...place.form, problem }, email), 429);
      }
      const problem = outcome.kind === 'disabled' ? TEXTS.problem.disabled : TEXTS.problem.wrongPassword;
      return send(reply, passwordPage({ ...place.form, problem }, email), 401);
    }
  }
}

function hubPlace(
  options: SignInRouteOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  next: string,
): Place {
  const target = ownPath(next, options.publicUrl);
  return {
    form: {
      action: '/sign-in',
      formToken: options.forms.issue(request, reply),
      next: target ?? '',
      asking: { kind: 'hub' },
    },
    loginHint: '',
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
      asking: { kind: 'desktop', deviceName: interaction.deviceName },
    },
    loginHint: interaction.loginHint,
    finish: async (userId) => leave(await options.interactions.finish(request, reply, userId)),
    cancel: async () => leave(await options.interactions.refuse(request, reply)),
  };
}

function sendExpired(reply: FastifyReply): FastifyReply {
  return send(reply, messagePage(TEXTS.problem.expiredTitle, TEXTS.problem.expired), 400);
}

/** The path of an address of our own; anything that would lead elsewhere is dropped. */
function ownPath(next: string, publicUrl: string): string | null {
  if (!next.startsWith('/') || !URL.canParse(next, publicUrl)) return null;
  const url = new URL(next, publicUrl);
  if (url.origin !== new URL(publicUrl).origin) return null;
  const path = `${url.pathname}${url.search}${url.hash}`;
  // "//host" would be an address elsewhere again, however it came to stand there.
  return path.startsWith('//') ? null : path;
}
