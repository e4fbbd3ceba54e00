import { type RevisionSummary, revisionListSchema } from '../../shared/contracts/hub-api.ts';
import { useHere } from '../organization-context.tsx';
import { type Choices, useChoices } from '../parts/ServerChoice.tsx';

/** The revisions of a policy to choose from, newest first; those for which `label` says nothing are left out. */
export function useRevisionChoices(
  policyId: string,
  label: (revision: RevisionSummary) => string | null,
): Choices {
  const { api } = useHere();
  return useChoices({
    path: api('policies', policyId, 'revisions'),
    answer: revisionListSchema,
    total: ({ total }) => total,
    options: ({ revisions }) =>
      revisions.flatMap((each) => {
        const text = label(each);
        return text === null ? [] : [[String(each.revision), text] as const];
      }),
  });
}
