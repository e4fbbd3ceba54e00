import { teamListSchema } from '../../shared/contracts/hub-api.ts';
import { useHere } from '../organization-context.tsx';
import { type Choices, useChoices } from '../parts/ServerChoice.tsx';

/** The teams of the organization to choose from, without those that `left` names. */
export function useTeamChoices({
  enabled = true,
  left = [],
}: {
  readonly enabled?: boolean;
  readonly left?: readonly string[];
} = {}): Choices {
  const { api } = useHere();
  return useChoices({
    path: api('teams'),
    answer: teamListSchema,
    enabled,
    total: ({ total }) => total,
    options: ({ teams }) => teams.flatMap(({ id, name }) => (left.includes(id) ? [] : [[id, name] as const])),
  });
}
