import { useState } from 'react';
import type { AuditEvent } from '../../shared/contracts/hub-api.ts';
import { provisioningLogSchema, scimRefusalListSchema } from '../../shared/contracts/hub-provisioning.ts';
import { DocumentView } from '../../shared-ui/DocumentView.tsx';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { SidePanel } from '../../shared-ui/SidePanel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { ActionName } from '../audit/ActionName.tsx';
import { useEventColumns } from '../audit/event-columns.tsx';
import { useConsoleText } from '../console-text.tsx';
import layout from '../parts/Layout.module.css';
import { ServerList } from '../parts/ServerList.tsx';

/** What the identity provider did, newest first; searched, sorted and paged by the hub. */
export function ProvisioningLog({ path }: { readonly path: string }) {
  const { t } = useConsoleText();
  const [shown, setShown] = useState<AuditEvent | null>(null);
  return (
    <Panel title={t('scim.log')} text={t('scim.logText')}>
      <div className={layout.stack}>
        <ServerList
          label={t('scim.log')}
          path={`${path}/log`}
          answer={provisioningLogSchema}
          page={({ events, next }) => ({ rows: events, next })}
          rowKey={({ id }) => String(id)}
          usualSort="-at"
          search={t('scim.logSearch')}
          empty={{ text: t('scim.logNoneText') }}
          columns={useEventColumns(t('scim.logTarget'), setShown)}
        />
      </div>
      <SidePanel opened={shown !== null} title={t('scim.log')} onClose={() => setShown(null)}>
        {shown === null ? null : <Detail event={shown} />}
      </SidePanel>
    </Panel>
  );
}

/** Requests of the identity provider that changed nothing, and why. */
export function RefusedRequests({ path }: { readonly path: string }) {
  const { t, number } = useConsoleText();
  return (
    <Panel title={t('scim.refused')} text={t('scim.refusedText')}>
      <div className={layout.stack}>
        <ServerList
          name="refused"
          label={t('scim.refused')}
          path={`${path}/refusals`}
          answer={scimRefusalListSchema}
          page={({ refused, total, next }) => ({
            rows: refused.map((each, index) => ({ ...each, key: `${each.at} ${index}` })),
            total,
            next,
          })}
          rowKey={({ key }) => key}
          usualSort="-at"
          search={t('scim.refusedSearch')}
          empty={{ text: t('scim.refusedNone') }}
          columns={[
            {
              title: t('scim.refusedRequest'),
              cell: (each) => (
                <code>
                  {each.method} {each.path}
                </code>
              ),
            },
            { title: t('scim.refusedStatus'), cell: (each) => [each.status, each.scimType].join(' ').trim() },
            { title: t('scim.refusedWhy'), cell: (each) => each.detail },
            { title: t('scim.refusedTimes'), number: true, cell: (each) => number(each.times) },
            { title: t('audit.when'), sort: 'at', cell: ({ at }) => <When at={at} /> },
          ]}
        />
      </div>
    </Panel>
  );
}

function Detail({ event }: { readonly event: AuditEvent }) {
  const { t } = useConsoleText();
  return (
    <div className={layout.stack}>
      <Facts
        facts={[
          [t('audit.action'), <ActionName key="action" action={event.action} withCode />],
          [t('scim.logTarget'), event.target.label],
          [t('audit.actor'), event.actor.label],
          [t('audit.when'), <When key="when" at={event.at} exact />],
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
