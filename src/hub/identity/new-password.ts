import { TEXTS } from './pages/texts.ts';
import { passwordProblem } from './passwords.ts';

const WORDS = {
  too_short: TEXTS.problem.passwordShort,
  too_long: TEXTS.problem.passwordLong,
  guessable: TEXTS.problem.passwordGuessable,
};

/**
 * What is wrong with a new password that a person typed twice on a page, in that page's words; `null` when it may be
 * taken. Nobody's own address or name is one.
 */
export function newPasswordProblem(
  typed: { readonly password: string; readonly repeat: string },
  person: { readonly email: string; readonly name?: string },
): string | null {
  const local = person.email.split('@', 1)[0] ?? '';
  const problem = passwordProblem(typed.password, [person.email, local, person.name ?? '']);
  if (problem !== null) return WORDS[problem];
  return typed.password === typed.repeat ? null : TEXTS.problem.passwordDiffers;
}

/** Whether a person can be called that on a page: something, not a book, nothing that cannot be seen. */
export function isName(typed: string): boolean {
  const name = typed.trim();
  return name !== '' && name.length <= 200 && !/\p{Cc}/u.test(name);
}
