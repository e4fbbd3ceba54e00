import {
  type DeletedPolicy,
  type DeletedPolicyList,
  deletedPolicyListSchema,
  type PolicyUndeletionAnswer,
  policyUndeletionAnswerSchema,
} from '../../shared/contracts/hub-deleted-policies.ts';
import { useConsoleText } from '../console-text.tsx';
import { KeptList, type KeptSource, UndoNotice } from '../deletions/KeptList.tsx';
import { useHere } from '../organization-context.tsx';
import { To } from '../parts/To.tsx';

type Source = KeptSource<typeof deletedPolicyListSchema, DeletedPolicy, typeof policyUndeletionAnswerSchema>;

/** Policies that were deleted and can come back; not there when none was. */
export function DeletedPolicies() {
  return <KeptList source={useSource()} />;
}

/** At the top of the same page: takes back what was deleted just now. */
export function UndoPolicyDeletion() {
  return <UndoNotice source={useSource()} />;
}

function useSource(): Source {
  const { t, number } = useConsoleText();
  return {
    path: 'deleted-policies',
    list: deletedPolicyListSchema,
    page: ({ policies, total, next }: DeletedPolicyList) => ({ rows: policies, total, next }),
    answer: policyUndeletionAnswerSchema,
    word: 'deleted',
    text: t('deleted.text.policy'),
    columns: [{ title: t('policies.revision'), number: true, cell: ({ revision }) => number(revision) }],
    about: (policy) => (
      <>
        <p>{t('deleted.about.policy', { revision: policy.revision })}</p>
        {policy.wasDefault ? <p>{t('deleted.restoreDefault')}</p> : null}
      </>
    ),
    renames: true,
    restored: (answer) => <Restored answer={answer} />,
  };
}

function Restored({ answer: { policy, users, teams } }: { readonly answer: PolicyUndeletionAnswer }) {
  const { t } = useConsoleText();
  const { page } = useHere();
  const counted = (of: 'restored' | 'left') => ({
    users: t('policies.users', { count: users[of] }),
    teams: t('policies.teams', { count: teams[of] }),
  });
  return (
    <>
      <To page={page('policies', policy.id)}>{t('deleted.restored', { name: policy.name })}</To>{' '}
      {users.restored + teams.restored === 0 ? null : t('deleted.restoredTo', counted('restored'))}{' '}
      {users.left + teams.left === 0 ? null : t('deleted.restoredLeft', counted('left'))}
    </>
  );
}
