import { RefusalError } from '../../shared/contracts/refusal.ts';
import { isUniqueViolation } from '../database/constraint.ts';

/** Turns the database's word about two connections of one name into the refusal (`conflict`); rethrows anything else. */
export function refuseTakenConnectionName(error: unknown): never {
  if (!isUniqueViolation(error, 'connections_name')) throw error;
  throw new RefusalError({
    code: 'conflict',
    message: 'There is a connection of that name already.',
    help: 'Choose another name; upper and lower case do not make a difference.',
    details: { field: 'name' },
  });
}
