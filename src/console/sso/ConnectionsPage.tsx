import { Button } from '@mantine/core';
import LogIn from 'lucide-react/icons/log-in';
import Plus from 'lucide-react/icons/plus';
import { useState } from 'react';
import { type Connection, connectionListSchema } from '../../shared/contracts/hub-sso.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { AcceptedConnections } from './AcceptedConnections.tsx';
import { NewConnection } from './NewConnection.tsx';

/** The identity providers of the organization, and those of others that may place people in it. */
export function ConnectionsPage() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({ path: api('connections'), answer: connectionListSchema });
  const [creating, setCreating] = useState(false);
  const create = (
    <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      {t('sso.create')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('sso.title')} text={t('sso.text')} actions={create} />
      <Gate loaded={loaded}>
        {({ connections }) =>
          connections.length === 0 ? (
            <EmptyState icon={<LogIn size={26} />} title={t('sso.noneTitle')}>
              {t('sso.noneText')}
            </EmptyState>
          ) : (
            <Connections connections={connections} />
          )
        }
      </Gate>
      <AcceptedConnections />
      {creating ? <NewConnection onClose={() => setCreating(false)} /> : null}
    </>
  );
}

function Connections({ connections }: { readonly connections: readonly Connection[] }) {
  const { t, list } = useConsoleText();
  const { page } = useHere();
  return (
    <Table
      label={t('sso.title')}
      rows={connections}
      rowKey={({ id }) => id}
      columns={[
        { title: t('sso.name'), cell: ({ id, name }) => <To page={page('sso', id)}>{name}</To> },
        { title: t('sso.kind'), cell: ({ kind }) => t(`sso.kind.${kind}`) },
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
      ]}
    />
  );
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
