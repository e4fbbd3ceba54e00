import { roleSchema } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import type { Role } from '../database/schema.ts';
import { findAccount } from '../organizations/accounts.ts';

/** A role as somebody typed it. */
export function roleOf(text: string): Role {
  const parsed = roleSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new RefusalError({
    code: 'bad_request',
    message: `"${text}" is not a role: it is member, editor or owner.`,
  });
}

/** The account of that e-mail address or user name. */
export async function memberId(db: Db, email: string): Promise<string> {
  const account = await findAccount(db, email);
  if (account !== undefined) return account.id;
  throw new RefusalError({ code: 'not_found', message: `There is no account for ${email}.` });
}
