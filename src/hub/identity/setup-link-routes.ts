import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HubServer } from '../server.ts';
import type { AfterLink } from './after-link.ts';
import { type Attempts, addressSubject, LINKS } from './attempts.ts';
import type { BrowserSessions } from './browser-sessions.ts';
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

  app.get('/setup/:secret', open, async (request, reply) => {
    const opened = await found(request, reply);
    if (opened === null) return reply;
    return sendPage(
      reply,
      linkPage({ ...shown(request, opened), formToken: forms.issue(request, reply), entered: NOTHING }),
    );
  });

  app.post('/setup/:secret', open, async (request, reply) => {
    const opened = await found(request, reply);
    if (opened === null) return reply;
    const sent = sentSchema.parse(sentFields(request));
    const again = (problem: Problem, status: number) =>
      sendPage(
        reply,
        linkPage({
          ...shown(request, opened),
          formToken: forms.issue(request, reply),
          entered: sent,
          problem,
        }),
        status,
      );
    if (!forms.check(request, sent.form_token)) {
      return again({ field: 'form', text: `${TEXTS.problem.formExpired} ${TEXTS.problem.noCookies}` }, 403);
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
    if (!opened.link.recovery) return options.afterLink(request, reply, { ...outcome, email });
    // A recovery took the second factor away: its owner may have no other way in.
    await sessions.begin(request, reply, outcome, { recovery: true });
    return reply.redirect('/signed-in', 303);
  });
}

type Problem = { readonly field: 'email' | 'name' | 'password' | 'form'; readonly text: string };
const NOTHING = { email: '', name: '' };

function shown(request: FastifyRequest, opened: { secret: string; link: OpenLink }) {
  return { action: request.url.split('?', 1)[0] ?? '', ...opened.link };
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
