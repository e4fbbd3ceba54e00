import { RefusalError } from '../../shared/contracts/refusal.ts';
import { isUniqueViolation } from '../database/constraint.ts';

/** Turns the database's word about two teams of one name into the refusal (`conflict`); rethrows anything else. */
export function refuseTakenTeamName(name: string): (error: unknown) => never {
  return (error) => {
    if (!isUniqueViolation(error, 'teams_name')) throw error;
    throw new RefusalError({
      code: 'conflict',
      message: `There is a team named "${name}" already.`,
      help: 'Choose another name; upper and lower case do not make a difference.',
    });
  };
}
