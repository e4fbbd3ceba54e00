import { Button } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import {
  type Policy,
  policyChangeSchema,
  policyDuplicationSchema,
  policySchema,
} from '../../shared/contracts/hub-api.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useJustDeleted } from '../deletions/just-deleted.ts';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { PageGate } from '../parts/PageGate.tsx';
import { PageParts } from '../parts/PageParts.tsx';
import { RenameDialog } from '../parts/RenameDialog.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import { AssignedPanel } from './AssignedPanel.tsx';
import { ComparePanel } from './ComparePanel.tsx';
import { ExceptionsPanel } from './ExceptionsPanel.tsx';
import { ExportPanel } from './ExportPanel.tsx';
import { HistoryPanel } from './HistoryPanel.tsx';
import { JsonPanel } from './JsonPanel.tsx';
import { RolloutPanel } from './RolloutPanel.tsx';
import { SaveBar } from './SaveBar.tsx';
import { SettingsPanel } from './SettingsPanel.tsx';
import { SimulatePanel } from './SimulatePanel.tsx';
import { usePolicyDraft } from './use-policy-draft.ts';

const PARTS = [
  '',
  'json',
  'compare',
  'simulate',
  'rollout',
  'history',
  'assigned',
  'exceptions',
  'export',
] as const;

/** Parts that show the unsaved change: it is saved from there. The others save things of their own. */
const ABOUT_THE_DRAFT: readonly string[] = ['', 'json', 'compare', 'simulate'];

/** One policy: its settings, its text, what changed, its history, and who receives it. */
export function PolicyPage({ id, part }: { readonly id: string; readonly part: string | undefined }) {
  const { api } = useHere();
  const loaded = useRead({ path: api('policies', id), answer: policySchema });
  return (
    <PageGate loaded={loaded} list="policies">
      {(policy, tag) => (
        <PolicyDetail policy={policy} tag={tag ?? ''} part={PARTS.find((each) => each === part) ?? ''} />
      )}
    </PageGate>
  );
}

function PolicyDetail({
  policy,
  tag,
  part,
}: {
  readonly policy: Policy;
  readonly tag: string;
  readonly part: (typeof PARTS)[number];
}) {
  const { t } = useConsoleText();
  const { page } = useHere();
  const draft = usePolicyDraft(policy, tag);
  return (
    <>
      <PageHead
        title={policy.name}
        text={
          <span className={layout.row}>
            <Tag>{t('policy.revision', { revision: policy.revision })}</Tag>
            {policy.rollout === null ? null : (
              <Tag tone="warn">{t('policies.onItsWay', { revision: policy.rollout.revision })}</Tag>
            )}
            {policy.isDefault ? <Tag tone="accent">{t('policies.default')}</Tag> : null}
            {policy.description}
          </span>
        }
        actions={<Actions policy={policy} tag={tag} />}
      />
      <PageParts
        label={t('policies.parts')}
        parts={PARTS.map((each) => ({
          page: each === '' ? page('policies', policy.id) : page('policies', policy.id, each),
          text: t(`policies.part.${each === '' ? 'settings' : each}`),
          current: each === part,
        }))}
      />
      {part === '' ? <SettingsPanel text={draft.text} problems={draft.problems} onText={draft.edit} /> : null}
      {part === 'json' ? <JsonPanel text={draft.text} onText={draft.edit} /> : null}
      {part === 'compare' ? <ComparePanel policy={policy} text={draft.text} dirty={draft.dirty} /> : null}
      {part === 'simulate' ? <SimulatePanel policy={policy} draft={draft} /> : null}
      {part === 'rollout' ? <RolloutPanel policy={policy} draft={draft} tag={tag} /> : null}
      {part === 'history' ? <HistoryPanel policy={policy} tag={tag} /> : null}
      {part === 'assigned' ? <AssignedPanel policy={policy} /> : null}
      {part === 'exceptions' ? <ExceptionsPanel policy={policy} tag={tag} /> : null}
      {part === 'export' ? <ExportPanel policy={policy} /> : null}
      {ABOUT_THE_DRAFT.includes(part) ? (
        <SaveBar policy={policy} draft={draft} simulated={part === 'simulate'} />
      ) : draft.dirty ? (
        <Notice tone="warn">
          {t('policies.stillUnsaved')}{' '}
          <To page={page('policies', policy.id)}>{t('policies.stillUnsavedLink')}</To>
        </Notice>
      ) : null}
    </>
  );
}

function Actions({ policy, tag }: { readonly policy: Policy; readonly tag: string }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const [asking, setAsking] = useState<'rename' | 'duplicate' | 'delete' | null>(null);
  return (
    <>
      <Button variant="default" size="xs" onClick={() => setAsking('rename')}>
        {t('policies.rename')}
      </Button>
      <Button variant="default" size="xs" onClick={() => setAsking('duplicate')}>
        {t('policies.duplicate')}
      </Button>
      <Button variant="default" size="xs" onClick={() => setAsking('delete')}>
        {t('policies.delete')}
      </Button>
      {asking === 'rename' ? (
        <RenameDialog
          title={t('policies.renameTitle')}
          path={api('policies', policy.id)}
          thing={policy}
          tag={tag}
          schema={policyChangeSchema}
          answer={policySchema}
          onClose={() => setAsking(null)}
        />
      ) : null}
      {asking === 'duplicate' ? <Duplicate policy={policy} onClose={() => setAsking(null)} /> : null}
      {asking === 'delete' ? <Delete policy={policy} tag={tag} onClose={() => setAsking(null)} /> : null}
    </>
  );
}

function Duplicate({ policy, onClose }: { readonly policy: Policy; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const [, go] = useLocation();
  const change = useChange();
  const [name, setName] = useState(t('policies.copyName', { name: policy.name }));
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    const checked = checkForm(policyDuplicationSchema, { name });
    setProblem(checked.ok ? undefined : checked.problems.name);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'POST',
      path: api('policies', policy.id, 'duplicate'),
      body: checked.value,
      answer: policySchema,
    });
    if (answer.ok) go(page('policies', answer.value.id));
  };
  return (
    <FormDialog
      title={t('policies.duplicate')}
      submit={t('policies.duplicate')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Field label={t('policies.name')} problem={problem} value={name} onChange={setName} />
    </FormDialog>
  );
}

function Delete({
  policy,
  tag,
  onClose,
}: {
  readonly policy: Policy;
  readonly tag: string;
  readonly onClose: () => void;
}) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const { tell } = useJustDeleted();
  return (
    <DeleteDialog
      title={t('policies.deleteTitle', { name: policy.name })}
      submit={t('policies.delete')}
      path={api('policies', policy.id)}
      ifMatch={tag}
      onClose={onClose}
      onDone={() => tell(policy, page('policies'))}
    >
      {policy.assignedUsers === 0 ? null : <p>{t('policies.deleteText', { count: policy.assignedUsers })}</p>}
      {policy.isDefault ? <p>{t('policies.deleteDefault')}</p> : null}
      <p>{t('policies.deleteHistory', { count: policy.revision })}</p>
    </DeleteDialog>
  );
}
