import { Button } from '@mantine/core';
import ScrollText from 'lucide-react/icons/scroll-text';
import { useState } from 'react';
import type { AuditEvent } from '../../shared/contracts/hub-api.ts';
import { provisioningLogSchema } from '../../shared/contracts/hub-provisioning.ts';
import { DocumentView } from '../../shared-ui/DocumentView.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { SidePanel } from '../../shared-ui/SidePanel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import layout from '../parts/Layout.module.css';
import { Pages } from '../parts/Pages.tsx';
import { Table } from '../parts/Table.tsx';
import { useFilters } from '../parts/use-filters.ts';

const PAGE = 25;

/** What the identity provider did and was refused, newest first, paged by the hub. */
export function ProvisioningLog({ path }: { readonly path: string }) {
  const { t } = useConsoleText();
  const filters = useFilters();
  const [shown, setShown] = useState<AuditEvent | null>(null);
  const loaded = useRead(
    { path, query: { cursor: filters.get('cursor'), limit: PAGE }, answer: provisioningLogSchema },
    { keep: true },
  );
  return (
    <Panel title={t('scim.log')} text={t('scim.logText')} flush>
      <Gate loaded={loaded}>
        {({ events, next }) =>
          events.length === 0 ? (
            <EmptyState icon={<ScrollText size={26} />} title={t('scim.logNoneTitle')}>
              {t('scim.logNoneText')}
            </EmptyState>
          ) : (
            <div className={layout.stack}>
              <Table
                label={t('scim.log')}
                rows={events}
                rowKey={({ id }) => String(id)}
                columns={[
                  { title: t('scim.logAction'), cell: ({ action }) => <code>{action}</code> },
                  { title: t('scim.logTarget'), cell: ({ target }) => target.label },
                  { title: t('scim.logBy'), cell: ({ actor }) => actor.label },
                  { title: t('audit.when'), cell: ({ at }) => <When at={at} /> },
                  {
                    title: t('list.actions'),
                    quiet: true,
                    cell: (event) => (
                      <Button
                        variant="default"
                        size="xs"
                        aria-label={t('scim.logShowNamed', {
                          action: event.action,
                          target: event.target.label,
                        })}
                        onClick={() => setShown(event)}
                      >
                        {t('audit.show')}
                      </Button>
                    ),
                  },
                ]}
              />
              <Pages next={next} />
            </div>
          )
        }
      </Gate>
      <SidePanel opened={shown !== null} title={t('scim.log')} onClose={() => setShown(null)}>
        {shown === null ? null : <Detail event={shown} />}
      </SidePanel>
    </Panel>
  );
}

function Detail({ event }: { readonly event: AuditEvent }) {
  const { t, dateTime } = useConsoleText();
  return (
    <div className={layout.stack}>
      <Facts
        facts={[
          [t('scim.logAction'), <code key="action">{event.action}</code>],
          [t('scim.logTarget'), event.target.label],
          [t('scim.logBy'), event.actor.label],
          [t('audit.when'), dateTime(event.at)],
        ]}
      />
      {(['before', 'after'] as const).map((side) =>
        event[side] === null ? null : (
          <div key={side} className={layout.stack}>
            <h3>{t(`audit.${side}`)}</h3>
            <DocumentView document={event[side]} label={t(`audit.${side}`)} />
          </div>
        ),
      )}
    </div>
  );
}
