import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { PasskeyScript } from '../second-factor/passkey-script.ts';
import { PASSKEY_ANSWER_MAXIMUM, type Passkeys } from '../second-factor/passkeys.ts';
import type { SecondFactor } from '../second-factor/second-factor.ts';
import type { SsoPlace } from '../sso/sso-requests.ts';
import type { Sso } from '../sso/sso-service.ts';
import type { Attempts } from './attempts.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { fieldSchema } from './form-fields.ts';
import type { FormTokens } from './form-tokens.ts';
import type { SignedIn } from './interactions.ts';
import { emailPage, type SignInForm } from './pages/sign-in-pages.ts';
import { TEXTS } from './pages/texts.ts';
import type { PasswordCheck } from './password-check.ts';
import type { ProvedPerson } from './proved-person.ts';
import { sendPage } from './send-page.ts';

/** What the sign-in forms send. */
export const stepSchema = z.object({
  form_token: fieldSchema,
  step: z
    .enum([
      'email',
      'password',
      'sso',
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
  readonly attempts: Attempts;
  readonly checkPassword: PasswordCheck;
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

/** What was proved counts no longer: sessions of the account were ended while its person signed in. */
export function sendOvertaken({ reply, place, email }: Visit): FastifyReply {
  const form = { ...place.form, problem: TEXTS.problem.overtaken };
  return sendPage(reply, emailPage(form, email), 403);
}
