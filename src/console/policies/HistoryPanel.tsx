import { Button } from '@mantine/core';
import { useState } from 'react';
import {
  type Policy,
  policySchema,
  type RevisionSummary,
  revisionListSchema,
} from '../../shared/contracts/hub-api.ts';
import { revisionRestorationSchema } from '../../shared/contracts/hub-documents.ts';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import { useMadeFrom } from '../parts/use-made-from.ts';

/** Every revision, who made it and why; an earlier one comes back as a new one. */
export function HistoryPanel({ policy, tag }: { readonly policy: Policy; readonly tag: string }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const [restoring, setRestoring] = useState<RevisionSummary | null>(null);
  return (
    <>
      <ServerList
        label={t('policies.part.history')}
        path={api('policies', policy.id, 'revisions')}
        answer={revisionListSchema}
        page={({ revisions, total, next }) => ({ rows: revisions, total, next })}
        columns={useColumns(policy, setRestoring)}
        rowKey={({ revision }) => String(revision)}
        usualSort="-revision"
        search={t('policies.historySearch')}
        found={(count) => t('policies.revisionsFound', { count })}
        empty={{ text: t('list.nothingFoundText') }}
      />
      {restoring === null ? null : (
        <Restore policy={policy} tag={tag} revision={restoring.revision} onClose={() => setRestoring(null)} />
      )}
    </>
  );
}

function useColumns(
  policy: Policy,
  onRestore: (revision: RevisionSummary) => void,
): readonly Column<RevisionSummary>[] {
  const { t } = useConsoleText();
  const { page } = useHere();
  return [
    {
      title: t('policies.revision'),
      sort: 'revision',
      cell: (each) => (
        <span className={layout.row}>
          {each.revision}
          {each.current ? <Tag tone="good">{t('policies.inForce')}</Tag> : null}
        </span>
      ),
    },
    { title: t('policies.author'), sort: 'author', cell: (each) => each.author },
    { title: t('policies.reason'), cell: (each) => each.reason },
    { title: t('policies.changed'), cell: (each) => <When at={each.createdAt} /> },
    {
      title: t('list.actions'),
      quiet: true,
      cell: (each) =>
        each.current ? null : (
          <span className={layout.row}>
            <To page={`${page('policies', policy.id, 'compare')}?with=${each.revision}`}>
              {t('policies.compareWith', { revision: each.revision })}
            </To>
            <Button
              size="xs"
              variant="default"
              aria-label={t('policies.restoreNamed', { revision: each.revision })}
              onClick={() => onRestore(each)}
            >
              {t('policies.restore')}
            </Button>
          </span>
        ),
    },
  ];
}

function Restore({
  policy,
  tag,
  revision,
  onClose,
}: {
  readonly policy: Policy;
  readonly tag: string;
  readonly revision: number;
  readonly onClose: () => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const made = useMadeFrom(policy.revision, tag, change, true);
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    const checked = checkForm(revisionRestorationSchema, { reason });
    setProblem(checked.ok ? undefined : checked.problems.reason);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'POST',
      path: api('policies', policy.id, 'revisions', String(revision), 'restore'),
      body: checked.value,
      ifMatch: made.tag,
      answer: policySchema,
    });
    if (answer.ok) onClose();
  };
  return (
    <FormDialog
      title={t('policies.restoreNamed', { revision })}
      submit={t('policies.restore')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>{t('policies.restoreText', { revision })}</p>
      <Field label={t('policies.reason')} problem={problem} value={reason} onChange={setReason} />
    </FormDialog>
  );
}
