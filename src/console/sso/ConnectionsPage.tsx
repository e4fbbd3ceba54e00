import { Button } from '@mantine/core';
import LogIn from 'lucide-react/icons/log-in';
import Plus from 'lucide-react/icons/plus';
import { useState } from 'react';
import { type Connection, connectionListSchema } from '../../shared/contracts/hub-sso.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Deletions, UndoDeletion } from '../deletions/Deletions.tsx';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { AcceptedConnections } from './AcceptedConnections.tsx';
import { NewConnection } from './NewConnection.tsx';

/** The identity providers of the organization, and those of others that may place people in it. */
export function ConnectionsPage() {
  const { t } = useConsoleText();
  const [creating, setCreating] = useState(false);
  const create = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      {t('sso.create')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('sso.title')} text={t('sso.text')} actions={create} />
      <UndoDeletion kind="connection" />
      <Connections />
      <Deletions kind="connection" />
      <AcceptedConnections />
      {creating ? <NewConnection onClose={() => setCreating(false)} /> : null}
    </>
  );
}

function Connections() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters();
  const columns = useColumns();
  const filtered = get('search') + get('kind') !== '';
  return (
    <ServerList
      label={t('sso.title')}
      path={api('connections')}
      query={{ kind: get('kind') }}
      answer={connectionListSchema}
      page={({ connections, total, next }) => ({ rows: connections, total, next })}
      columns={columns}
      rowKey={({ id }) => id}
      usualSort="name"
      search={t('sso.search')}
      filters={
        <FilterChoice
          name="kind"
          label={t('sso.kind')}
          options={(['saml', 'oidc'] as const).map((each) => [each, t(`sso.kind.${each}`)])}
        />
      }
      found={(count) => t('sso.found', { count })}
      empty={{
        icon: <LogIn size={26} />,
        title: t(filtered ? 'list.nothingFound' : 'sso.noneTitle'),
        text: t(filtered ? 'list.nothingFoundText' : 'sso.noneText'),
      }}
    />
  );
}

function useColumns(): readonly Column<Connection>[] {
  const { t, list } = useConsoleText();
  const { page } = useHere();
  return [
    { title: t('sso.name'), sort: 'name', cell: ({ id, name }) => <To page={page('sso', id)}>{name}</To> },
    { title: t('sso.kind'), sort: 'kind', cell: ({ kind }) => t(`sso.kind.${kind}`) },
    { title: t('sso.state'), cell: (connection) => <ConnectionState connection={connection} /> },
    {
      title: t('sso.domains'),
      cell: ({ domains }) => (domains.length === 0 ? t('sso.allDomains') : list(domains)),
    },
    {
      title: t('sso.people'),
      cell: ({ jit, scim }) => {
        const ways = [...(jit ? [t('sso.jit')] : []), ...(scim ? [t('sso.scim')] : [])];
        return ways.length === 0 ? t('sso.nobody') : list(ways);
      },
    },
    { title: t('sso.changed'), sort: 'changed', cell: ({ updatedAt }) => <When at={updatedAt} /> },
  ];
}

/** Whether a connection can sign people in, must, and what it warns of. */
export function ConnectionState({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { ready, enforced, warnings } = connection;
  return (
    <span className={layout.row}>
      <Tag tone={ready ? 'good' : 'neutral'}>{t(ready ? 'sso.ready' : 'sso.notReady')}</Tag>
      {enforced ? <Tag tone="accent">{t('sso.required')}</Tag> : null}
      {warnings.length === 0 ? null : (
        <Tag tone="warn" title={warnings.map(({ message }) => message).join('\n')}>
          {t('sso.attention', { count: warnings.length })}
        </Tag>
      )}
    </span>
  );
}
