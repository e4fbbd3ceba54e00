import { randomBytes } from 'node:crypto';
import { hash, type Options, verify } from '@node-rs/argon2';

/** Fewest characters of a new password. Length is what counts (NIST SP 800-63B section 3.1.1.2). */
const PASSWORD_MINIMUM = 12;
/** More UTF-16 units than this are refused, as the page's fields count them: hashing would take long. */
const PASSWORD_MAXIMUM = 1024;

/** OWASP's second recommendation for argon2id (the library's default algorithm): 19 MiB, two passes, one lane. */
const OPTIONS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashing and checking of passwords. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /**
   * True when the password fits. An account without one, and an account that does not exist, take the same path
   * and the same work, so that nobody learns from the time which accounts there are.
   */
  verify(passwordHash: string | null | undefined, password: string): Promise<boolean>;
}

/** `verifyHash` is the library's function, given so that a test can see that it is asked each time. */
export async function createPasswords(verifyHash: typeof verify = verify): Promise<Passwords> {
  // A hash that no password fits: of bytes that are thrown away.
  const nobody = await hash(randomBytes(32), OPTIONS);
  return {
    hash: (password) => hash(password.normalize('NFC'), OPTIONS),
    verify: async (passwordHash, password) => {
      const given = password.normalize('NFC');
      // No password is longer; the work is done all the same.
      const fits = await verifyHash(passwordHash ?? nobody, given.length > PASSWORD_MAXIMUM ? '' : given);
      return fits && passwordHash !== null && passwordHash !== undefined;
    },
  };
}

/** Why a new password is not accepted, or `null`. */
export function passwordProblem(
  password: string,
  forbidden: readonly string[],
): 'too_short' | 'too_long' | 'guessable' | null {
  const normal = password.normalize('NFC');
  const characters = [...normal];
  if (characters.length < PASSWORD_MINIMUM) return 'too_short';
  if (normal.length > PASSWORD_MAXIMUM) return 'too_long';
  const lower = password.toLowerCase();
  const distinct = new Set(characters).size;
  if (distinct < 4 || forbidden.some((word) => word.length >= 4 && lower === word.toLowerCase()))
    return 'guessable';
  return null;
}
