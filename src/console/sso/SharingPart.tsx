import { Button } from '@mantine/core';
import { useState } from 'react';
import { acceptanceListSchema, type Connection } from '../../shared/contracts/hub-sso.ts';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { CopyValue } from '../parts/CopyValue.tsx';
import layout from '../parts/Layout.module.css';
import { ServerList } from '../parts/ServerList.tsx';
import { EndAcceptance } from './AcceptedConnections.tsx';

/** Other organizations that the connection may place people in: offered here, accepted there, ended on both sides. */
export function SharingPart({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const [ending, setEnding] = useState<string | null>(null);
  const name = t('sso.connectionId');
  return (
    <>
      <Panel title={t('sso.sharing')} text={t('sso.sharingText')}>
        <div className={layout.stack}>
          <h3>{t('sso.offer')}</h3>
          <p className={layout.dim}>{t('sso.offerText')}</p>
          <Facts
            facts={[[name, <CopyValue key="id" text={connection.id} label={t('sso.copyNamed', { name })} />]]}
          />
          <h3>{t('sso.acceptedBy')}</h3>
          <ServerList
            label={t('sso.acceptedBy')}
            path={api('connections', connection.id, 'acceptances')}
            answer={acceptanceListSchema}
            page={({ organizations, total, next }) => ({ rows: organizations, total, next })}
            rowKey={({ organization }) => organization}
            usualSort="organization"
            search={t('sso.acceptedBySearch')}
            empty={{ text: t('sso.acceptedByNone') }}
            columns={[
              {
                title: t('sso.organizationName'),
                sort: 'organization',
                cell: ({ organization }) => organization,
              },
              {
                title: t('sso.acceptedAt'),
                sort: 'accepted',
                cell: ({ acceptedAt }) => <When at={acceptedAt} />,
              },
              {
                title: t('list.actions'),
                quiet: true,
                cell: ({ organization }) => (
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={t('sso.revokeNamed', { organization })}
                    onClick={() => setEnding(organization)}
                  >
                    {t('sso.revoke')}
                  </Button>
                ),
              },
            ]}
          />
        </div>
      </Panel>
      {ending === null ? null : (
        <EndAcceptance
          path={api('connections', connection.id, 'acceptances', ending)}
          organization={ending}
          onClose={() => setEnding(null)}
        />
      )}
    </>
  );
}
