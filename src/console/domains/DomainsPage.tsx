import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import Globe from 'lucide-react/icons/globe';
import Plus from 'lucide-react/icons/plus';
import { useState } from 'react';
import {
  type Domain,
  domainListSchema,
  domainVerificationSchema,
  outsiderListSchema,
} from '../../shared/contracts/hub-api.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Deletions, UndoDeletion } from '../deletions/Deletions.tsx';
import { useJustDeleted } from '../deletions/just-deleted.ts';
import { useHere } from '../organization-context.tsx';
import { CopyValue } from '../parts/CopyValue.tsx';
import { csvOf } from '../parts/csv-of.ts';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import { saveFile } from '../parts/save-file.ts';
import { useAsk } from '../parts/use-ask.ts';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';
import { AddDomain } from './AddDomain.tsx';

const TONES = { pending: 'neutral', verified: 'good', failing: 'warn' } as const;

/** Domains of the organization: claimed, proved by DNS, and who of them is no member. */
export function DomainsPage() {
  const { t } = useConsoleText();
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
      <UndoDeletion kind="domain" />
      <Domains />
      <Deletions kind="domain" />
      <Outsiders />
      {adding ? <AddDomain onClose={() => setAdding(false)} /> : null}
    </>
  );
}

function Domains() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters();
  const filtered = get('search') + get('state') !== '';
  return (
    <ServerList
      label={t('domains.title')}
      path={api('domains')}
      query={{ state: get('state') }}
      answer={domainListSchema}
      page={({ domains, total, next }) => ({ rows: domains, total, next })}
      rowKey={({ id }) => id}
      usualSort="name"
      search={t('domains.search')}
      filters={
        <FilterChoice
          name="state"
          label={t('domains.stateLabel')}
          options={(['pending', 'verified', 'failing'] as const).map((each) => [
            each,
            t(`domains.state.${each}`),
          ])}
        />
      }
      found={(count) => t('domains.found', { count })}
      empty={{
        icon: <Globe size={26} />,
        title: t(filtered ? 'list.nothingFound' : 'domains.noneTitle'),
        text: t(filtered ? 'list.nothingFoundText' : 'domains.noneText'),
      }}
      columns={[
        { title: t('domains.name'), sort: 'name', cell: ({ name }) => name },
        { title: t('domains.claimedAt'), sort: 'created', cell: ({ createdAt }) => <When at={createdAt} /> },
        { title: t('domains.checkedAt'), sort: 'checked', cell: ({ checkedAt }) => <When at={checkedAt} /> },
      ]}
    >
      {(domains) => (
        <div className={layout.stack}>
          {domains.map((domain) => (
            <DomainPanel key={domain.id} domain={domain} />
          ))}
        </div>
      )}
    </ServerList>
  );
}

function DomainPanel({ domain }: { readonly domain: Domain }) {
  const { t, dateTime } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [looked, setLooked] = useState<{ readonly detail: string; readonly found: boolean } | null>(null);
  const [removing, setRemoving] = useState(false);
  const verify = async () => {
    const answer = await change.send({
      method: 'POST',
      path: api('domains', domain.id, 'verify'),
      answer: domainVerificationSchema,
    });
    if (!answer.ok) return setLooked(null);
    setLooked({ detail: answer.value.detail, found: answer.value.domain.state === 'verified' });
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
        {looked === null ? null : (
          <Notice tone={looked.found ? 'good' : 'warn'} live>
            {looked.detail}
          </Notice>
        )}
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

function RemoveDomain({ domain, onClose }: { readonly domain: Domain; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { tell } = useJustDeleted();
  return (
    <DeleteDialog
      title={t('domains.removeTitle', { domain: domain.name })}
      submit={t('action.remove')}
      path={api('domains', domain.id)}
      onClose={onClose}
      onDone={() => {
        onClose();
        tell(domain);
      }}
    >
      <p>{t('domains.removeText')}</p>
    </DeleteDialog>
  );
}

/** Who has an account in a verified domain and is no member: those whom no policy reaches. */
function Outsiders() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const ask = useAsk();
  const path = api('domains', 'uncaptured');
  const save = async () => {
    // Without a limit: everybody, and not the page that is shown.
    const answer = await ask.send({ path, answer: outsiderListSchema });
    if (!answer.ok) return;
    const rows = answer.value.users.map(({ name, username, email }) => [name, username, email]);
    const text = csvOf([['Name', 'Username', 'Email'], ...rows]);
    saveFile('users-outside.csv', text, 'text/csv;charset=utf-8');
  };
  return (
    <Panel
      title={t('domains.outsiders')}
      text={t('domains.outsidersText')}
      actions={
        <Button
          size="xs"
          variant="default"
          loading={ask.busy}
          leftSection={<Download size={14} aria-hidden />}
          onClick={() => void save()}
        >
          {t('domains.outsidersSave')}
        </Button>
      }
    >
      <div className={layout.stack}>
        <FailureNotice failure={ask.failure} />
        <ServerList
          name="outside"
          label={t('domains.outsiders')}
          path={path}
          answer={outsiderListSchema}
          page={({ users, total, next }) => ({ rows: users, total, next })}
          rowKey={({ userId }) => userId}
          usualSort="email"
          search={t('domains.outsidersSearch')}
          empty={{ text: t('domains.outsidersNone') }}
          columns={[
            { title: t('members.name'), sort: 'name', cell: ({ name }) => name },
            { title: t('members.username'), cell: ({ username }) => username },
            { title: t('members.email'), sort: 'email', cell: ({ email }) => email },
          ]}
        />
      </div>
    </Panel>
  );
}
