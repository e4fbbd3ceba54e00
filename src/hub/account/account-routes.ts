import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CONFIRM_PATH, RECENT_SIGN_IN_MS } from '../access.ts';
import type { ChangeContext } from '../audit/record.ts';
import type { Db } from '../database/connection.ts';
import { PER_ACCOUNT } from '../identity/attempts.ts';
import type { BrowserSession } from '../identity/browser-sessions.ts';
import { fieldSchema, sentFields } from '../identity/form-fields.ts';
import { messagePage } from '../identity/pages/message-pages.ts';
import { TEXTS } from '../identity/pages/texts.ts';
import type { Passwords } from '../identity/passwords.ts';
import { sendPage } from '../identity/send-page.ts';
import type { SignInSteps } from '../identity/sign-in-visit.ts';
import { PASSKEY_ANSWER_MAXIMUM } from '../second-factor/passkeys.ts';
import { addPasskeyPage, ownEnrolPage, recoveryCodesPage } from '../second-factor/second-factor-pages.ts';
import type { HubServer } from '../server.ts';
import { type AccountNotice, accountPage, isNotice } from './account-page.ts';
import { changeOwnPassword } from './change-password.ts';
import { endOtherSessions, endOwnSession, listOwnSessions } from './own-sessions.ts';

export interface AccountRouteOptions extends SignInSteps {
  readonly db: Db;
  readonly passwords: Passwords;
}

const PATH = '/account';
const FACTOR_PATH = `${PATH}/second-factor`;
const PASSKEYS_PATH = `${PATH}/passkeys`;
const sentSchema = z.object({
  form_token: fieldSchema,
  code: fieldSchema,
  current: fieldSchema,
  password: fieldSchema,
  repeat: fieldSchema,
  name: fieldSchema,
  factor: fieldSchema,
  kind: fieldSchema,
  session: fieldSchema,
  passkey: z.string().max(PASSKEY_ANSWER_MAXIMUM).catch(''),
});
type Sent = z.infer<typeof sentSchema>;
const querySchema = z.object({ done: fieldSchema });
/** What a page shows again after a form that was not accepted; never a password. */
const problemSchema = z.object({
  text: z.string(),
  status: z.number(),
  name: z.string().optional(),
  waitSeconds: z.number().optional(),
});
type Problem = z.infer<typeof problemSchema>;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Somebody who is signed in, at a page of their account. */
interface Visit {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly session: BrowserSession;
  readonly account: { readonly id: string; readonly email: string };
  readonly context: ChangeContext;
  readonly sent: Sent;
}
type Handler = (visit: Visit) => Promise<FastifyReply>;

/** The pages of one's own account: password, second factor, sessions (docs/identity.md). */
export function registerAccountRoutes(app: HubServer, options: AccountRouteOptions): void {
  const open = { config: { requires: 'nothing' as const }, schema: { hide: true } };
  const route = (
    method: 'GET' | 'POST',
    url: string,
    handler: Handler,
    demands: { readonly recent?: boolean } = {},
  ) =>
    app.route({
      method,
      url,
      ...open,
      handler: async (request, reply) => {
        const session = await options.sessions.read(request);
        const here = encodeURIComponent(method === 'GET' ? url : PATH);
        if (session === null) return reply.redirect(`/sign-in?next=${here}`, 303);
        const sent = sentSchema.parse(sentFields(request));
        if (method === 'POST' && !options.forms.check(request, sent.form_token))
          return sendPage(reply, messagePage(TEXTS.problem.title, TEXTS.problem.formExpired), 403);
        // A session that lies open must not be enough to add a way in.
        const age = options.now().getTime() - session.provedAt.getTime();
        if (demands.recent === true && age > RECENT_SIGN_IN_MS)
          return reply.redirect(`${CONFIRM_PATH}?next=${here}`, 303);
        return handler(visitOf(options, request, reply, session, sent));
      },
    });
  const recent = { recent: true };
  route('GET', PATH, (visit) => showAccount(options, visit));
  route('POST', `${PATH}/password`, (visit) => takePassword(options, visit));
  route('GET', FACTOR_PATH, (visit) => showEnrolment(options, visit), recent);
  route('POST', FACTOR_PATH, (visit) => takeFirstCode(options, visit), recent);
  route('GET', PASSKEYS_PATH, (visit) => showAddPasskey(options, visit), recent);
  route('POST', PASSKEYS_PATH, (visit) => takePasskey(options, visit), recent);
  route('POST', `${PATH}/passkeys/rename`, (visit) => renamePasskey(options, visit), recent);
  route('POST', `${PATH}/second-factor/remove`, (visit) => removeFactor(options, visit), recent);
  route('POST', `${PATH}/recovery-codes`, (visit) => makeCodes(options, visit), recent);
  route('POST', `${PATH}/sessions/end`, (visit) => endSession(options, visit));
}

function visitOf(
  options: AccountRouteOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  session: BrowserSession,
  sent: Sent,
): Visit {
  const { userId, email, provedAt } = session;
  return {
    request,
    reply,
    session,
    account: { id: userId, email },
    context: {
      actor: { kind: 'user', userId, email, via: 'session', provedAt },
      sourceAddress: request.ip,
      at: options.now(),
    },
    sent,
  };
}

/** Sends the browser on to a page that says what was wrong, and can be reloaded. */
function refuse(
  options: AccountRouteOptions,
  { request, reply }: Visit,
  path: string,
  problem: Problem,
): FastifyReply {
  return options.answers.show(request, reply, path, problem);
}

function problemOf(options: AccountRouteOptions, { request, reply }: Visit): Problem | undefined {
  const parsed = problemSchema.safeParse(options.answers.kept(request, reply));
  if (!parsed.success) return undefined;
  const { waitSeconds } = parsed.data;
  if (waitSeconds !== undefined) void reply.header('retry-after', String(waitSeconds));
  return parsed.data;
}

async function showAccount(options: AccountRouteOptions, visit: Visit): Promise<FastifyReply> {
  const { request, reply, session, account } = visit;
  const problem = problemOf(options, visit);
  const { db, secondFactor, passkeys, forms } = options;
  const { done } = querySchema.parse(request.query);
  const user = await db
    .selectFrom('users')
    .select(['password_hash', 'name'])
    .where('id', '=', account.id)
    .executeTakeFirstOrThrow();
  const organizations = await db
    .selectFrom('memberships as m')
    .innerJoin('organizations as o', 'o.id', 'm.organization_id')
    .select(['o.display_name as displayName', 'm.role'])
    .where('m.user_id', '=', account.id)
    .orderBy('o.name')
    .execute();
  const view = {
    email: account.email,
    name: user.name,
    organizations,
    local: user.password_hash !== null,
    ...(await secondFactor.overview(account.id)),
    passkeys: await passkeys.list(account.id),
    passkeysAvailable: passkeys.available,
    sessions: await listOwnSessions(db, account.id, options.now()),
    sessionId: session.id,
  };
  const page = accountPage(view, forms.issue(request, reply), isNotice(done) ? done : null, problem?.text);
  return sendPage(reply, page, problem?.status ?? 200);
}

function back({ reply }: Visit, notice: AccountNotice): FastifyReply {
  return reply.redirect(`${PATH}?done=${notice}`, 303);
}

async function takePassword(options: AccountRouteOptions, visit: Visit): Promise<FastifyReply> {
  const { account, context, sent, request, reply } = visit;
  if (await options.sso.required(account.email))
    return refuse(options, visit, PATH, { text: TEXTS.problem.ssoRequired, status: 403 });
  const outcome = await changeOwnPassword(options, context, account, {
    ...sent,
    sourceAddress: request.ip,
  });
  if ('text' in outcome) return refuse(options, visit, PATH, outcome);
  // A password is no proof of the second factor, nor of one that is to be set up: what was proved before counts on.
  const alone = (await options.secondFactor.standing(account.id)) === 'off';
  // Where that is refused by now, the next page is the one of signing in, and says why.
  await options.sessions.begin(request, reply, outcome, alone ? {} : { provedAt: visit.session.provedAt });
  return back(visit, 'password');
}

async function showEnrolment(options: AccountRouteOptions, visit: Visit): Promise<FastifyReply> {
  const { secondFactor, forms } = options;
  const problem = problemOf(options, visit);
  const { account, request, reply } = visit;
  if ((await secondFactor.overview(account.id)).appSince !== null) return reply.redirect(PATH, 303);
  const page = ownEnrolPage(forms.issue(request, reply), await secondFactor.enrol(account), problem?.text);
  return sendPage(reply, page, problem?.status ?? 200);
}

async function takeFirstCode(options: AccountRouteOptions, visit: Visit): Promise<FastifyReply> {
  const { account, context, sent, reply } = visit;
  const wait = await options.attempts.take(PER_ACCOUNT, `code:${account.id}`);
  if (wait !== null) {
    const text = TEXTS.problem.tooMany(Math.ceil(wait / 60));
    return refuse(options, visit, FACTOR_PATH, { text, status: 429, waitSeconds: wait });
  }
  const codes = await options.secondFactor.confirm(account.id, sent.code, context);
  if (codes === null)
    return refuse(options, visit, FACTOR_PATH, { text: TEXTS.problem.codeWrong, status: 401 });
  await options.attempts.clear(PER_ACCOUNT, `code:${account.id}`);
  return codes.length === 0 ? reply.redirect(PATH, 303) : sendPage(reply, recoveryCodesPage(codes, PATH));
}

async function showAddPasskey(options: AccountRouteOptions, visit: Visit): Promise<FastifyReply> {
  const { passkeys, passkeyScript, forms } = options;
  const { account, request, reply } = visit;
  const problem = problemOf(options, visit);
  if (!passkeys.available) return reply.redirect(PATH, 303);
  const asking = { options: await passkeys.registrationOptions(account), script: passkeyScript.path };
  const entered = { name: problem?.name ?? '', ...(problem === undefined ? {} : { problem: problem.text }) };
  const page = addPasskeyPage(forms.issue(request, reply), asking, entered);
  return sendPage(reply, page, problem?.status ?? 200);
}

async function takePasskey(options: AccountRouteOptions, visit: Visit): Promise<FastifyReply> {
  const { account, context, sent, reply } = visit;
  const name = nameIn(sent);
  const again = (text: string) =>
    refuse(options, visit, PASSKEYS_PATH, { text, status: 422, name: sent.name.slice(0, 60) });
  if (name === null) return again(TEXTS.problem.passkeyName);
  const codes = await options.passkeys.register(account, { name, answer: sent.passkey }, context);
  if (codes === null) return again(TEXTS.problem.passkeyWrong);
  if (codes.length === 0) return back(visit, 'passkey-added');
  return sendPage(reply, recoveryCodesPage(codes, `${PATH}?done=passkey-added`));
}

async function renamePasskey(options: AccountRouteOptions, visit: Visit): Promise<FastifyReply> {
  const name = nameIn(visit.sent);
  const { factor } = visit.sent;
  const renamed =
    name !== null &&
    UUID.test(factor) &&
    (await options.passkeys.rename(visit.account.id, factor, name, visit.context));
  return back(visit, renamed ? 'passkey-renamed' : 'gone');
}

async function removeFactor({ secondFactor }: AccountRouteOptions, visit: Visit): Promise<FastifyReply> {
  const { factor } = visit.sent;
  if (factor !== 'app' && !UUID.test(factor)) return back(visit, 'gone');
  const what = factor === 'app' ? { kind: 'app' as const } : { kind: 'passkey' as const, id: factor };
  const outcome = await secondFactor.remove(visit.account.id, what, visit.context);
  return back(visit, outcome === 'removed' ? 'removed' : outcome === 'needed' ? 'needs-factor' : 'gone');
}

async function makeCodes({ secondFactor }: AccountRouteOptions, visit: Visit): Promise<FastifyReply> {
  const codes = await secondFactor.newCodes(visit.account.id, visit.context);
  return codes === null ? back(visit, 'gone') : sendPage(visit.reply, recoveryCodesPage(codes, PATH));
}

async function endSession({ db }: AccountRouteOptions, visit: Visit): Promise<FastifyReply> {
  const { sent, account, context, session } = visit;
  if (sent.kind === 'others') {
    await endOtherSessions(db, context, account.id, session.id);
    return back(visit, 'ended');
  }
  if ((sent.kind !== 'browser' && sent.kind !== 'device') || !UUID.test(sent.session))
    return back(visit, 'gone');
  const ended = await endOwnSession(db, context, account.id, { kind: sent.kind, id: sent.session });
  return back(visit, ended ? 'ended' : 'gone');
}

/** The name of a passkey: shown to its owner only, and short. */
function nameIn(sent: Sent): string | null {
  const name = sent.name.replaceAll(/\p{C}+/gu, ' ').trim();
  return name === '' || name.length > 60 ? null : name;
}
