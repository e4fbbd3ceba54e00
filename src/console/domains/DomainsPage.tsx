import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import Globe from 'lucide-react/icons/globe';
import Plus from 'lucide-react/icons/plus';
import { useState } from 'react';
import {
  type Domain,
  domainCreationSchema,
  domainListSchema,
  domainSchema,
  domainVerificationSchema,
  outsiderListSchema,
} from '../../shared/contracts/hub-api.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { CopyValue } from '../parts/CopyValue.tsx';
import { checkForm } from '../parts/check-form.ts';
import { csvOf } from '../parts/csv-of.ts';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { saveFile } from '../parts/save-file.ts';
import { Table } from '../parts/Table.tsx';
import { useChange } from '../parts/use-change.ts';

const TONES = { pending: 'neutral', verified: 'good', failing: 'warn' } as const;

/** Domains of the organization: claimed, proved by DNS, and who of them is no member. */
export function DomainsPage() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({ path: api('domains'), answer: domainListSchema });
  const [adding, setAdding] = useState(false);
  return (
    <>
      <PageHead
        title={t('domains.title')}
        text={t('domains.text')}
        actions={
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
            {t('domains.add')}
          </Button>
        }
      />
      <Gate loaded={loaded}>
        {({ domains }) =>
          domains.length === 0 ? (
            <EmptyState icon={<Globe size={26} />} title={t('domains.noneTitle')}>
              {t('domains.noneText')}
            </EmptyState>
          ) : (
            <div className={layout.stack}>
              {domains.map((domain) => (
                <DomainPanel key={domain.id} domain={domain} />
              ))}
            </div>
          )
        }
      </Gate>
      <Outsiders />
      {adding ? <AddDomain onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function DomainPanel({ domain }: { readonly domain: Domain }) {
  const { t, dateTime } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [detail, setDetail] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const verify = async () => {
    const answer = await change.send({
      method: 'POST',
      path: api('domains', domain.id, 'verify'),
      answer: domainVerificationSchema,
    });
    setDetail(answer.ok ? answer.value.detail : null);
  };
  const { record } = domain;
  return (
    <Panel
      title={domain.name}
      text={<Tag tone={TONES[domain.state]}>{t(`domains.state.${domain.state}`)}</Tag>}
      actions={
        <>
          <Button
            size="xs"
            variant="default"
            loading={change.busy}
            aria-label={t('domains.verifyNamed', { domain: domain.name })}
            onClick={() => void verify()}
          >
            {t('domains.verify')}
          </Button>
          <Button
            size="xs"
            variant="default"
            aria-label={t('domains.removeNamed', { domain: domain.name })}
            onClick={() => setRemoving(true)}
          >
            {t('action.remove')}
          </Button>
        </>
      }
    >
      <div className={layout.stack}>
        {domain.state === 'failing' ? (
          <Notice tone="warn" title={t('domains.failingTitle', { domain: domain.name })}>
            {t('domains.failingText', {
              since: dateTime(domain.failingSince ?? domain.checkedAt ?? domain.createdAt),
            })}
          </Notice>
        ) : null}
        {detail === null ? null : <Notice live>{detail}</Notice>}
        <FailureNotice failure={change.failure} />
        {domain.state === 'verified' ? null : <p className={layout.dim}>{t('domains.how')}</p>}
        <Facts
          facts={[
            [t('domains.recordType'), <code key="type">{record.type}</code>],
            [t('domains.host'), <CopyValue key="host" text={record.host} label={t('domains.copyHost')} />],
            [
              t('domains.value'),
              <CopyValue key="value" text={record.value} label={t('domains.copyValue')} />,
            ],
            [t('domains.verifiedAt'), <When key="verified" at={domain.verifiedAt} />],
            [t('domains.checkedAt'), <When key="checked" at={domain.checkedAt} />],
          ]}
        />
        {domain.state === 'pending' ? null : <p className={layout.dim}>{t('domains.rechecked')}</p>}
        {domain.forced ? <p className={layout.dim}>{t('domains.forced')}</p> : null}
      </div>
      {removing ? <RemoveDomain domain={domain} onClose={() => setRemoving(false)} /> : null}
    </Panel>
  );
}

function AddDomain({ onClose }: { readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    const checked = checkForm(domainCreationSchema, { name });
    setProblem(
      name.trim() === '' ? t('domains.nameMissing') : checked.ok ? undefined : checked.problems.name,
    );
    if (!checked.ok || name.trim() === '') return;
    const answer = await change.send({
      method: 'POST',
      path: api('domains'),
      body: checked.value,
      answer: domainSchema,
    });
    if (answer.ok) onClose();
  };
  return (
    <FormDialog
      title={t('domains.add')}
      submit={t('domains.add')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Field
        label={t('domains.name')}
        hint={t('domains.nameHint')}
        problem={problem}
        value={name}
        onChange={setName}
      />
    </FormDialog>
  );
}

function RemoveDomain({ domain, onClose }: { readonly domain: Domain; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  return (
    <DeleteDialog
      title={t('domains.removeTitle', { domain: domain.name })}
      submit={t('action.remove')}
      path={api('domains', domain.id)}
      onClose={onClose}
    >
      <p>{t('domains.removeText')}</p>
    </DeleteDialog>
  );
}

/** Who has an account in a verified domain and is no member: those whom no policy reaches. */
function Outsiders() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({ path: api('domains', 'uncaptured'), answer: outsiderListSchema });
  if (loaded.state !== 'ready') return null;
  const { users } = loaded.value;
  const save = () => {
    const rows = users.map(({ name, username, email }) => [name, username, email]);
    const text = csvOf([['Name', 'Username', 'Email'], ...rows]);
    saveFile('users-outside.csv', text, 'text/csv;charset=utf-8');
  };
  return (
    <Panel
      title={t('domains.outsiders')}
      text={t('domains.outsidersText')}
      flush={users.length > 0}
      actions={
        users.length === 0 ? null : (
          <Button size="xs" variant="default" leftSection={<Download size={14} aria-hidden />} onClick={save}>
            {t('domains.outsidersSave')}
          </Button>
        )
      }
    >
      {users.length === 0 ? (
        <p className={layout.dim}>{t('domains.outsidersNone')}</p>
      ) : (
        <Table
          label={t('domains.outsiders')}
          rows={users}
          rowKey={({ userId }) => userId}
          columns={[
            { title: t('members.name'), cell: ({ name }) => name },
            { title: t('members.username'), cell: ({ username }) => username },
            { title: t('members.email'), cell: ({ email }) => email },
          ]}
        />
      )}
    </Panel>
  );
}
