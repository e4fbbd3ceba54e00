import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Attempts, PER_ACCOUNT } from '../identity/attempts.ts';
import type { BrowserSessions } from '../identity/browser-sessions.ts';
import { fieldSchema, sentFields } from '../identity/form-fields.ts';
import type { FormTokens } from '../identity/form-tokens.ts';
import { TEXTS } from '../identity/pages/texts.ts';
import { sendPage } from '../identity/send-page.ts';
import type { HubServer } from '../server.ts';
import type { SecondFactor } from './second-factor.ts';
import { alreadyOnPage, ownEnrolPage, recoveryCodesPage } from './second-factor-pages.ts';

const URL = '/account/second-factor';
const sentSchema = z.object({ form_token: fieldSchema, code: fieldSchema });

/** The page where somebody who is signed in sets an authenticator app up. */
export function registerSecondFactorRoutes(
  app: HubServer,
  options: {
    readonly sessions: BrowserSessions;
    readonly forms: FormTokens;
    readonly attempts: Attempts;
    readonly secondFactor: SecondFactor;
    readonly now: () => Date;
  },
): void {
  const { sessions, forms, attempts, secondFactor } = options;
  const open = { config: { requires: 'nothing' as const }, schema: { hide: true } };
  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    account: { readonly id: string; readonly email: string },
    problem?: { readonly text: string; readonly status: number },
  ) => {
    if ((await secondFactor.standing(account.id)) === 'on') return sendPage(reply, alreadyOnPage());
    const page = ownEnrolPage(forms.issue(request, reply), await secondFactor.enrol(account), problem?.text);
    return sendPage(reply, page, problem?.status ?? 200);
  };

  app.get(URL, open, async (request, reply) => {
    const session = await sessions.read(request);
    if (session === null) return reply.redirect(`/sign-in?next=${encodeURIComponent(URL)}`, 303);
    return show(request, reply, { id: session.userId, email: session.email });
  });
  app.post(URL, open, async (request, reply) => {
    const session = await sessions.read(request);
    if (session === null) return reply.redirect(`/sign-in?next=${encodeURIComponent(URL)}`, 303);
    const account = { id: session.userId, email: session.email };
    const sent = sentSchema.parse(sentFields(request));
    if (!forms.check(request, sent.form_token))
      return show(request, reply, account, { text: TEXTS.problem.formExpired, status: 403 });
    const wait = await attempts.take(PER_ACCOUNT, `code:${account.id}`);
    if (wait !== null)
      return show(request, reply, account, {
        text: TEXTS.problem.tooMany(Math.ceil(wait / 60)),
        status: 429,
      });
    const codes = await secondFactor.confirm(account.id, sent.code, {
      actor: { kind: 'user', userId: account.id, email: account.email, via: 'session' },
      sourceAddress: request.ip,
      at: options.now(),
    });
    if (codes === null) return show(request, reply, account, { text: TEXTS.problem.codeWrong, status: 401 });
    await attempts.clear(PER_ACCOUNT, `code:${account.id}`);
    return sendPage(reply, recoveryCodesPage(codes, '/signed-in'));
  });
}
