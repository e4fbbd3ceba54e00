import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { PasskeyScript } from '../second-factor/passkey-script.ts';
import { PASSKEY_ANSWER_MAXIMUM, type Passkeys } from '../second-factor/passkeys.ts';
import type { SecondFactor } from '../second-factor/second-factor.ts';
import type { SsoPlace } from '../sso/sso-requests.ts';
import type { Sso } from '../sso/sso-service.ts';
import type { Attempts } from './attempts.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import type { ForgottenPassword } from './forgotten-password.ts';
import type { FormAnswers } from './form-answers.ts';
import { fieldSchema } from './form-fields.ts';
import type { FormTokens } from './form-tokens.ts';
import type { SignedIn } from './interactions.ts';
import type { SignInForm } from './pages/sign-in-pages.ts';
import { TEXTS } from './pages/texts.ts';
import type { PasswordCheck } from './password-check.ts';
import type { ProvedPerson } from './proved-person.ts';

/** What the sign-in forms send. */
export const stepSchema = z.object({
  form_token: fieldSchema,
  step: z
    .enum([
      'email',
      'password',
      'sso',
      'forgotten',
      'code',
      'passkey',
      'enrol',
      'enrol-passkey',
      'continue',
      'other',
      'cancel',
    ])
    .catch('email'),
  /** `password`: the person asked for it although an identity provider serves the address. */
  method: fieldSchema,
  email: fieldSchema,
  password: fieldSchema,
  connection: fieldSchema,
  proof: fieldSchema,
  code: fieldSchema,
  /** What a passkey answered, as JSON. */
  passkey: z.string().max(PASSKEY_ANSWER_MAXIMUM).catch(''),
  next: fieldSchema,
});
export type Sent = z.infer<typeof stepSchema>;

/** What the steps of signing in work with. */
export interface SignInSteps {
  readonly sessions: BrowserSessions;
  readonly forms: FormTokens;
  readonly answers: FormAnswers;
  readonly attempts: Attempts;
  readonly checkPassword: PasswordCheck;
  readonly forgotten: ForgottenPassword;
  readonly secondFactor: SecondFactor;
  readonly passkeys: Passkeys;
  readonly passkeyScript: PasskeyScript;
  readonly sso: Sso;
  readonly now: () => Date;
}

/** Where signing in happens: inside a desktop's request, or for the hub's own pages. */
export interface Place {
  readonly form: SignInForm;
  readonly loginHint: string;
  /** Where an identity provider's answer goes on to. */
  readonly afterSso: SsoPlace;
  /** Address of this place for somebody who is signed in already. */
  readonly resume: string;
  /** The one account that can sign in here: it proves itself again. */
  readonly only?: { readonly userId: string; readonly email: string };
  /** Who is signed in: end where the person wanted to go. */
  readonly finish: (who: SignedIn) => Promise<FastifyReply>;
  readonly cancel: () => Promise<FastifyReply>;
}

/** One visit to a form. */
export interface Visit {
  readonly steps: SignInSteps;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly place: Place;
  readonly sent: Sent;
  readonly email: string;
}

/** What a session that stands says of its person. */
export function signedInBy(session: {
  readonly id: string;
  readonly userId: string;
  readonly desktopUntil: Date | null;
  readonly connectionId: string | null;
}): SignedIn {
  const { id: sessionId, userId, desktopUntil: until, connectionId } = session;
  return { userId, sessionId, until, connectionId };
}

/** The password was enough, or what came after it: a session, and on to where the person wanted to go. */
export async function signIn(visit: Visit, person: ProvedPerson): Promise<FastifyReply> {
  const { steps, request, reply, place } = visit;
  const sessionId = await steps.sessions.begin(request, reply, person);
  if (sessionId === null) return sendOvertaken(visit);
  return place.finish({ userId: person.userId, sessionId, until: null, connectionId: null });
}

/** A page of signing in, as it is kept for the browser to ask for it. */
export const shownSchema = z.object({
  page: z.enum(['email', 'password', 'sent', 'choose', 'leave', 'factor']),
  /** As it was typed, cut to what an address may be long. */
  email: z.string().catch(''),
  /** The identity provider to go on to (`leave`). */
  connection: z.string().catch(''),
  /** That the password was right a moment ago (`factor`). */
  proof: z.string().catch(''),
  /** What was wrong. `until`: in milliseconds of the epoch, when it can be tried again. */
  problem: z
    .object({ text: z.string(), status: z.number(), until: z.number().optional() })
    .optional()
    .catch(undefined),
});
export type Shown = Omit<z.infer<typeof shownSchema>, 'problem'>;
/** What was wrong with what was sent. `wait`: seconds until it can be tried again. */
export interface StepProblem {
  readonly text: string;
  readonly status: number;
  readonly wait?: number;
}

const LONGEST_ADDRESS = 254;

/** Answers a form: the browser asks for the next page at an address of its own, which can be reloaded. */
export function showStep(
  { steps, request, reply, place, email }: Visit,
  shown: Pick<Shown, 'page'> & Partial<Shown>,
  problem?: StepProblem,
): FastifyReply {
  const { wait, ...told } = problem ?? {};
  const until = wait === undefined ? undefined : steps.now().getTime() + wait * 1000;
  const byPassword = place.form.method === 'password' ? 'method=password' : '';
  const joint = place.resume.includes('?') ? '&' : '?';
  const address = byPassword === '' ? place.resume : `${place.resume}${joint}${byPassword}`;
  return steps.answers.show(request, reply, address, {
    ...shown,
    email: (shown.email ?? email).slice(0, LONGEST_ADDRESS),
    ...(problem === undefined ? {} : { problem: { ...told, until } }),
  });
}

/** What was proved counts no longer: sessions of the account were ended while its person signed in. */
export function sendOvertaken(visit: Visit): FastifyReply {
  return showStep(visit, { page: 'email' }, { text: TEXTS.problem.overtaken, status: 403 });
}
