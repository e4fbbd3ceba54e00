import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HubServer } from '../server.ts';
import type { AfterLink } from './after-link.ts';
import { type Attempts, addressSubject, LINKS } from './attempts.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import type { FormAnswers } from './form-answers.ts';
import { fieldSchema, sentFields } from './form-fields.ts';
import type { FormTokens } from './form-tokens.ts';
import { isName, newPasswordProblem } from './new-password.ts';
import { linkPage } from './pages/link-pages.ts';
import { messagePage } from './pages/message-pages.ts';
import { TEXTS } from './pages/texts.ts';
import { sendPage } from './send-page.ts';
import type { OpenLink, SetupLinks } from './setup-link-service.ts';

export interface SetupLinkRouteOptions {
  readonly links: SetupLinks;
  readonly attempts: Attempts;
  readonly sessions: BrowserSessions;
  readonly forms: FormTokens;
  readonly answers: FormAnswers;
  readonly afterLink: AfterLink;
  /** Whether a local password of this address is refused. */
  readonly requiresSso: (email: string) => Promise<boolean>;
}

const sentSchema = z.object({
  form_token: fieldSchema,
  email: fieldSchema,
  name: fieldSchema,
  password: fieldSchema,
  repeat: fieldSchema,
});
type Sent = z.infer<typeof sentSchema>;
/** What the page shows again after a form that was not accepted; never a password. */
const againSchema = z.object({
  email: z.string(),
  name: z.string(),
  problem: z.object({ field: z.enum(['email', 'name', 'password', 'form']), text: z.string() }),
  status: z.number(),
});
type Again = z.infer<typeof againSchema>;
type Problem = Again['problem'];
const paramsSchema = z.object({ secret: z.string().max(200).catch('') });

/** The pages behind one-time links: the first owner of an organization, and choosing a password. */
export function registerSetupLinkRoutes(app: HubServer, options: SetupLinkRouteOptions): void {
  const open = { config: { requires: 'nothing' as const }, schema: { hide: true } };
  const { links, forms, sessions, attempts } = options;

  const found = async (
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<{ secret: string; link: OpenLink } | null> => {
    const wait = await attempts.take(LINKS, addressSubject(request.ip));
    if (wait !== null) {
      void reply.header('retry-after', String(wait));
      await sendPage(
        reply,
        messagePage(TEXTS.problem.title, TEXTS.problem.tooMany(Math.ceil(wait / 60))),
        429,
      );
      return null;
    }
    const { secret } = paramsSchema.parse(request.params);
    const link = await links.look(secret);
    if (link === null) {
      await sendGone(reply);
      return null;
    }
    await attempts.giveBack(LINKS, addressSubject(request.ip));
    return { secret, link };
  };

  const sendLink = (
    request: FastifyRequest,
    reply: FastifyReply,
    opened: { readonly link: OpenLink },
    again?: Again,
  ) => {
    const formToken = forms.issue(request, reply);
    const page = { action: pathOf(request), ...opened.link, formToken, entered: again ?? NOTHING };
    return sendPage(reply, linkPage({ ...page, problem: again?.problem }), again?.status);
  };

  app.get('/setup/:secret', open, async (request, reply) => {
    const opened = await found(request, reply);
    if (opened === null) return reply;
    const again = againSchema.safeParse(options.answers.kept(request, reply));
    return sendLink(request, reply, opened, again.success ? again.data : undefined);
  });

  app.post('/setup/:secret', open, async (request, reply) => {
    const opened = await found(request, reply);
    if (opened === null) return reply;
    const sent = sentSchema.parse(sentFields(request));
    const entered = { email: sent.email.slice(0, 254), name: sent.name.slice(0, 200) };
    const again = (problem: Problem, status: number) =>
      options.answers.show(request, reply, pathOf(request), { ...entered, problem, status });
    if (!forms.check(request, sent.form_token)) {
      const text = `${TEXTS.problem.formExpired} ${TEXTS.problem.noCookies}`;
      return sendLink(request, reply, opened, { ...entered, problem: { field: 'form', text }, status: 403 });
    }
    const email = opened.link.email ?? sent.email.trim();
    // A password would be of no use there, and this page must not be a way around the identity provider.
    if (!opened.link.recovery && (await options.requiresSso(email)))
      return sendPage(reply, messagePage(TEXTS.problem.title, TEXTS.problem.ssoRequired), 403);
    const problem = problemOf(opened.link, { ...sent, email });
    if (problem !== null) return again(problem, 422);
    const outcome = await links.use(opened.secret, {
      email,
      name: sent.name.trim(),
      password: sent.password,
      sourceAddress: request.ip,
    });
    if (outcome === 'gone') return sendGone(reply);
    if (outcome === 'email_taken') return again({ field: 'email', text: TEXTS.problem.emailTaken }, 409);
    if (outcome === 'email_foreign') return again({ field: 'email', text: TEXTS.problem.emailForeign }, 409);
    if (!opened.link.recovery) return options.afterLink(request, reply, { ...outcome, email });
    // A recovery took the second factor away: its owner may have no other way in.
    await sessions.begin(request, reply, outcome, { recovery: true });
    return reply.redirect('/signed-in', 303);
  });
}

const NOTHING = { email: '', name: '' };

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function problemOf(link: OpenLink, sent: Sent): Problem | null {
  if (!z.email().max(254).safeParse(sent.email).success)
    return { field: 'email', text: TEXTS.problem.emailShape };
  if (link.purpose === 'owner' && !isName(sent.name)) return { field: 'name', text: TEXTS.problem.nameShape };
  const wrong = newPasswordProblem(sent, { email: sent.email, name: sent.name.trim() });
  return wrong === null ? null : { field: 'password', text: wrong };
}

function sendGone(reply: FastifyReply): FastifyReply {
  return sendPage(reply, messagePage(TEXTS.problem.linkTitle, TEXTS.problem.link), 404);
}
