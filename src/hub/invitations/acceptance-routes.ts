import formbody from '@fastify/formbody';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { AfterLink } from '../identity/after-link.ts';
import { addressSubject, createAttempts, LINKS } from '../identity/attempts.ts';
import { createBrowserSessions } from '../identity/browser-sessions.ts';
import { createFormAnswers } from '../identity/form-answers.ts';
import { fieldSchema, sentFields } from '../identity/form-fields.ts';
import { createFormTokens } from '../identity/form-tokens.ts';
import { isName, newPasswordProblem } from '../identity/new-password.ts';
import { answerErrorsWithPages } from '../identity/page-errors.ts';
import { messagePage } from '../identity/pages/message-pages.ts';
import { type Page, pageHeaders, renderPage } from '../identity/pages/page.ts';
import { TEXTS } from '../identity/pages/texts.ts';
import type { Passwords } from '../identity/passwords.ts';
import type { HubSecret } from '../secrets/hub-secret.ts';
import type { HubPlugin } from '../server.ts';
import { acceptInvitationLink, lookAtInvitation, mayMakeAccount, type OpenInvitation } from './acceptance.ts';
import { type AcceptanceProblem, acceptancePage } from './acceptance-pages.ts';

const paramsSchema = z.object({ secret: z.string().max(200).catch('') });
const sentSchema = z.object({
  form_token: fieldSchema,
  name: fieldSchema,
  password: fieldSchema,
  repeat: fieldSchema,
});
type Sent = z.infer<typeof sentSchema>;
/** What the page shows again after a form that was not accepted; never a password. */
const againSchema = z.object({
  name: z.string(),
  problem: z.object({ field: z.enum(['name', 'password', 'form']), text: z.string() }).optional(),
  status: z.number(),
});
type Again = z.infer<typeof againSchema>;

/** The page behind the link of an invitation: newcomers choose a password, others sign in first. */
export function acceptanceRoutes(options: {
  readonly secret: HubSecret;
  readonly passwords: Passwords;
  readonly afterLink: AfterLink;
}): HubPlugin {
  return async (app, { db, clock, config }) => {
    const { publicUrl } = config;
    const now = () => new Date(clock.now());
    const store = { db, secret: options.secret, now };
    const sessions = createBrowserSessions(store, { publicUrl });
    const forms = createFormTokens(options.secret, { publicUrl });
    const answers = createFormAnswers({ secret: options.secret, forms, publicUrl, now });
    const attempts = createAttempts(store);
    const open = { config: { requires: 'nothing' as const }, schema: { hide: true } };
    await app.register(formbody, { bodyLimit: 32_768 });
    answerErrorsWithPages(app);

    const found = async (request: FastifyRequest, reply: FastifyReply) => {
      const subject = addressSubject(request.ip);
      const wait = await attempts.take(LINKS, subject);
      if (wait !== null) {
        void reply.header('retry-after', String(wait));
        await show(reply, messagePage(TEXTS.problem.title, TEXTS.problem.tooMany(Math.ceil(wait / 60))), 429);
        return null;
      }
      const { secret } = paramsSchema.parse(request.params);
      const invitation = await lookAtInvitation(db, secret, now());
      if (invitation === null) {
        await show(reply, GONE, 404);
        return null;
      }
      await attempts.giveBack(LINKS, subject);
      const session = await sessions.read(request);
      const signedIn = session !== null && session.email.toLowerCase() === invitation.email.toLowerCase();
      return { secret, invitation, userId: signedIn ? session.userId : null };
    };
    const showOpened = (
      request: FastifyRequest,
      reply: FastifyReply,
      opened: { readonly invitation: OpenInvitation; readonly userId: string | null },
      again?: Again,
    ) => {
      const page = acceptancePage({
        action: pathOf(request),
        formToken: forms.issue(request, reply),
        invitation: opened.invitation,
        signedIn: opened.userId !== null,
        entered: { name: again?.name ?? '' },
        problem: again?.problem,
      });
      return show(reply, page, again?.status);
    };

    app.get('/invitations/:secret', open, async (request, reply) => {
      const opened = await found(request, reply);
      if (opened === null) return reply;
      const again = againSchema.safeParse(answers.kept(request, reply));
      return showOpened(request, reply, opened, again.success ? again.data : undefined);
    });
    app.post('/invitations/:secret', open, async (request, reply) => {
      const opened = await found(request, reply);
      if (opened === null) return reply;
      const sent = sentSchema.parse(sentFields(request));
      const name = sent.name.slice(0, 200);
      const again = (problem: AcceptanceProblem | undefined, status: number) =>
        answers.show(request, reply, pathOf(request), { name, problem, status });
      if (!forms.check(request, sent.form_token)) {
        const text = `${TEXTS.problem.formExpired} ${TEXTS.problem.noCookies}`;
        return showOpened(request, reply, opened, { name, problem: { field: 'form', text }, status: 403 });
      }
      const { invitation, userId } = opened;
      if (userId === null && !mayMakeAccount(invitation)) return again(undefined, 403);
      const problem = userId === null ? problemOf(invitation, sent) : null;
      if (problem !== null) return again(problem, 422);
      const outcome = await acceptInvitationLink(db, {
        secret: opened.secret,
        accepting:
          userId === null
            ? {
                kind: 'newcomer',
                name: sent.name.trim(),
                passwordHash: await options.passwords.hash(sent.password),
              }
            : { kind: 'account', userId },
        sourceAddress: request.ip,
        at: now(),
      });
      if (outcome === 'gone') return show(reply, GONE, 404);
      if (outcome === 'other_account') return reply.redirect(pathOf(request), 303);
      if (userId === null) return options.afterLink(request, reply, { ...outcome, email: invitation.email });
      return reply.redirect('/signed-in', 303);
    });
  };
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

const GONE = messagePage(TEXTS.problem.linkTitle, TEXTS.problem.link);

function show(reply: FastifyReply, page: Page, status = 200): FastifyReply {
  return reply
    .code(status)
    .headers({ ...pageHeaders() })
    .send(renderPage(page));
}

function problemOf(invitation: OpenInvitation, sent: Sent): AcceptanceProblem | null {
  if (!isName(sent.name)) return { field: 'name', text: TEXTS.problem.nameShape };
  const wrong = newPasswordProblem(sent, { email: invitation.email, name: sent.name.trim() });
  return wrong === null ? null : { field: 'password', text: wrong };
}
