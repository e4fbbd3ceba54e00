import { Button } from '@mantine/core';
import { useState } from 'react';
import {
  type DeletedPolicy,
  deletedPolicyListSchema,
  type PolicyUndeletionAnswer,
  policyUndeletionAnswerSchema,
  policyUndeletionSchema,
} from '../../shared/contracts/hub-deleted-policies.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';

/** What was deleted and can come back; not there when nothing was. */
export function DeletedPolicies() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters('deleted');
  const [asking, setAsking] = useState<DeletedPolicy | null>(null);
  const columns = useColumns(setAsking);
  const [restored, setRestored] = useState<PolicyUndeletionAnswer | null>(null);
  const any = useRead({
    path: api('deleted-policies'),
    query: { limit: 1 },
    answer: deletedPolicyListSchema,
  });
  const nothing = any.state !== 'ready' || any.value.total === 0;
  return (
    <div className={layout.stack}>
      {restored === null ? null : <Restored answer={restored} />}
      {nothing && get('search') === '' ? null : (
        <Panel title={t('deleted.title')} text={t('deleted.text')}>
          <div className={layout.stack}>
            <ServerList
              name="deleted"
              label={t('deleted.title')}
              path={api('deleted-policies')}
              answer={deletedPolicyListSchema}
              page={({ policies, total, next }) => ({ rows: policies, total, next })}
              columns={columns}
              rowKey={({ id }) => id}
              usualSort="-deleted"
              search={t('deleted.search')}
              empty={{ text: t('list.nothingFoundText') }}
            />
          </div>
        </Panel>
      )}
      {asking === null ? null : (
        <RestoreDialog policy={asking} onClose={() => setAsking(null)} onRestored={setRestored} />
      )}
    </div>
  );
}

function useColumns(onAsk: (policy: DeletedPolicy) => void): readonly Column<DeletedPolicy>[] {
  const { t, number } = useConsoleText();
  return [
    { title: t('policies.name'), sort: 'name', cell: (policy) => policy.name },
    { title: t('policies.revision'), number: true, cell: (policy) => number(policy.revision) },
    { title: t('deleted.by'), sort: 'by', cell: (policy) => policy.deletedBy },
    { title: t('deleted.at'), sort: 'deleted', cell: (policy) => <When at={policy.deletedAt} /> },
    { title: t('deleted.keptUntil'), cell: (policy) => <When at={policy.keptUntil} /> },
    {
      title: t('list.actions'),
      quiet: true,
      cell: (policy) => (
        <Button
          size="xs"
          variant="default"
          aria-label={t('deleted.restoreNamed', { policy: policy.name })}
          onClick={() => onAsk(policy)}
        >
          {t('deleted.restore')}
        </Button>
      ),
    },
  ];
}

/** Asks under which name: another policy may have taken the old one. */
function RestoreDialog({
  policy,
  onClose,
  onRestored,
}: {
  readonly policy: DeletedPolicy;
  readonly onClose: () => void;
  readonly onRestored: (answer: PolicyUndeletionAnswer) => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [name, setName] = useState(policy.name);
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    const checked = checkForm(policyUndeletionSchema, { name });
    setProblem(checked.ok ? undefined : checked.problems.name);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'POST',
      path: api('deleted-policies', policy.id, 'restore'),
      body: checked.value,
      answer: policyUndeletionAnswerSchema,
    });
    if (!answer.ok) return;
    onRestored(answer.value);
    onClose();
  };
  return (
    <FormDialog
      title={t('deleted.restoreTitle', { policy: policy.name })}
      submit={t('deleted.restore')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>{t('deleted.restoreText', { revision: policy.revision })}</p>
      {policy.wasDefault ? <p>{t('deleted.restoreDefault')}</p> : null}
      <Field label={t('policies.name')} problem={problem} value={name} onChange={setName} />
    </FormDialog>
  );
}

function Restored({ answer: { policy, users, teams } }: { readonly answer: PolicyUndeletionAnswer }) {
  const { t } = useConsoleText();
  const { page } = useHere();
  const counted = (of: 'restored' | 'left') => ({
    users: t('policies.users', { count: users[of] }),
    teams: t('policies.teams', { count: teams[of] }),
  });
  return (
    <Notice tone="good" live>
      <To page={page('policies', policy.id)}>{t('deleted.restored', { policy: policy.name })}</To>{' '}
      {users.restored + teams.restored === 0 ? null : t('deleted.restoredTo', counted('restored'))}{' '}
      {users.left + teams.left === 0 ? null : t('deleted.restoredLeft', counted('left'))}
    </Notice>
  );
}
