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
import { Table } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';

/** What was deleted and can come back; not there when nothing was. */
export function DeletedPolicies() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const [asking, setAsking] = useState<DeletedPolicy | null>(null);
  const [restored, setRestored] = useState<PolicyUndeletionAnswer | null>(null);
  const loaded = useRead({ path: api('deleted-policies'), answer: deletedPolicyListSchema });
  const policies = loaded.state === 'ready' ? loaded.value.policies : [];
  return (
    <div className={layout.stack}>
      {restored === null ? null : <Restored answer={restored} />}
      {policies.length === 0 ? null : (
        <Panel title={t('deleted.title')} text={t('deleted.text')}>
          <DeletedTable policies={policies} onAsk={setAsking} />
        </Panel>
      )}
      {asking === null ? null : (
        <RestoreDialog policy={asking} onClose={() => setAsking(null)} onRestored={setRestored} />
      )}
    </div>
  );
}

function DeletedTable({
  policies,
  onAsk,
}: {
  readonly policies: readonly DeletedPolicy[];
  readonly onAsk: (policy: DeletedPolicy) => void;
}) {
  const { t, number } = useConsoleText();
  return (
    <Table
      label={t('deleted.title')}
      rows={policies}
      rowKey={(policy) => policy.id}
      columns={[
        { title: t('policies.name'), cell: (policy) => policy.name },
        { title: t('policies.revision'), cell: (policy) => number(policy.revision) },
        {
          title: t('deleted.by'),
          cell: (policy) => (
            <>
              {policy.deletedBy}
              <div className={layout.dim}>
                <When at={policy.deletedAt} />
              </div>
            </>
          ),
        },
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
      ]}
    />
  );
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
