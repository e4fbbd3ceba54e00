import { Button } from '@mantine/core';
import { useState } from 'react';
import { auditListSchema, signInListSchema, signInsEndedSchema } from '../../shared/contracts/hub-api.ts';
import { deviceListSchema } from '../../shared/contracts/hub-devices.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { ActionName } from '../audit/ActionName.tsx';
import { StatusTag } from '../compliance/StatusTag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import layout from '../parts/Layout.module.css';
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import { To } from '../parts/To.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { WhoName } from '../parts/WhoName.tsx';
import { platformName } from '../platforms.ts';

/** The devices of a member and how each stands. */
export function MemberDevices({ userId }: { readonly userId: string }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  return (
    <Panel title={t('members.devices')}>
      <div className={layout.stack}>
        <ServerList
          name="devices"
          label={t('members.devices')}
          path={api('devices')}
          query={{ userId }}
          answer={deviceListSchema}
          page={({ devices, next }) => ({
            rows: devices.flatMap((device) => (device.id === null ? [] : [{ ...device, id: device.id }])),
            next,
          })}
          rowKey={({ id }) => id}
          usualSort="user"
          search={t('members.devicesSearch')}
          empty={{ text: t('members.devicesNone') }}
          columns={[
            {
              title: t('compliance.device'),
              sort: 'device',
              cell: ({ id, name, deviceId }) => (
                <To page={page('compliance', id)}>{name || deviceId || id}</To>
              ),
            },
            {
              title: t('compliance.status'),
              sort: 'status',
              cell: ({ status }) => <StatusTag status={status} />,
            },
            {
              title: t('compliance.platform'),
              sort: 'platform',
              cell: ({ platform, osVersion }) =>
                platform === null ? null : `${platformName(platform)} ${osVersion ?? ''}`,
            },
            {
              title: t('compliance.reported'),
              sort: 'reported',
              cell: ({ reportedAt }) => <When at={reportedAt} />,
            },
          ]}
        />
      </div>
    </Panel>
  );
}

/** Where a member is signed in at present, and ending that. */
export function MemberSignIns({ userId }: { readonly userId: string }) {
  const { t, dateTime } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters('sign-ins');
  /** `id` is empty for all of them. */
  const [ending, setEnding] = useState<{ readonly id: string; readonly client: string } | null>(null);
  const path = api('members', userId, 'sign-ins');
  return (
    <Panel
      title={t('members.signIns')}
      text={t('members.signInsText')}
      actions={
        <Button variant="default" size="xs" onClick={() => setEnding({ id: '', client: '' })}>
          {t('members.signOut')}
        </Button>
      }
    >
      <div className={layout.stack}>
        <ServerList
          name="sign-ins"
          label={t('members.signIns')}
          path={path}
          query={{ kind: get('kind') }}
          answer={signInListSchema}
          page={({ signIns, total, next }) => ({ rows: signIns, total, next })}
          rowKey={({ id }) => id}
          usualSort="-created"
          search={t('members.signInsSearch')}
          filters={
            <FilterChoice
              name="kind"
              label={t('members.signInWhere')}
              options={(['browser', 'desktop'] as const).map((kind) => [kind, t(`members.signIn.${kind}`)])}
            />
          }
          empty={{ text: t(get('kind') === '' ? 'members.signInsNone' : 'list.nothingFound') }}
          columns={[
            {
              title: t('members.signInWhere'),
              cell: ({ kind, client }) => (
                <>
                  {t(`members.signIn.${kind}`)}
                  {client === '' ? null : <div className={layout.dim}>{client}</div>}
                </>
              ),
            },
            { title: t('members.signInAddress'), cell: ({ address }) => address },
            {
              title: t('members.signInBy'),
              cell: ({ kind, connection }) =>
                connection ?? (kind === 'browser' ? t('members.signInPassword') : null),
            },
            {
              title: t('members.signInSince'),
              sort: 'created',
              cell: ({ createdAt }) => <When at={createdAt} />,
            },
            {
              title: t('members.signInUsed'),
              sort: 'used',
              cell: ({ lastUsedAt }) => (lastUsedAt === null ? null : <When at={lastUsedAt} />),
            },
            {
              title: t('members.signInEnds'),
              sort: 'expires',
              cell: ({ expiresAt }) => <When at={expiresAt} />,
            },
            {
              title: t('list.actions'),
              quiet: true,
              cell: ({ id, kind: way, client: program, createdAt }) => {
                const kind = t(`members.signIn.${way}`);
                const client = program || kind;
                return (
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={t('members.signOutNamed', { client, kind, when: dateTime(createdAt) })}
                    onClick={() => setEnding({ id, client })}
                  >
                    {t('members.signOutOne')}
                  </Button>
                );
              },
            },
          ]}
        />
      </div>
      {ending === null ? null : (
        <DeleteDialog
          title={t(ending.id === '' ? 'members.signOutTitle' : 'members.signOutOneTitle', {
            client: ending.client,
          })}
          submit={t(ending.id === '' ? 'members.signOut' : 'members.signOutOne')}
          path={ending.id === '' ? path : `${path}/${ending.id}`}
          answer={signInsEndedSchema}
          onClose={() => setEnding(null)}
        >
          <p>{t(ending.id === '' ? 'members.signOutText' : 'members.signOutOneText')}</p>
        </DeleteDialog>
      )}
    </Panel>
  );
}

/** The changes of a member, and the way to them among all others. */
export function MemberChanges({ userId }: { readonly userId: string }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  return (
    <Panel
      title={t('members.history')}
      actions={<To page={`${page('audit')}?target=${userId}`}>{t('members.audit')}</To>}
    >
      <div className={layout.stack}>
        <ServerList
          name="history"
          label={t('members.history')}
          path={api('audit')}
          query={{ targetId: userId }}
          answer={auditListSchema}
          page={({ events, next }) => ({ rows: events, next })}
          rowKey={({ id }) => String(id)}
          usualSort="-at"
          search={t('members.historySearch')}
          empty={{ text: t('members.historyNone') }}
          columns={[
            { title: t('audit.action'), cell: ({ action }) => <ActionName action={action} withCode /> },
            { title: t('audit.actor'), cell: ({ actor }) => <WhoName name={actor.label} /> },
            { title: t('audit.when'), sort: 'at', cell: ({ at }) => <When at={at} /> },
          ]}
        />
      </div>
    </Panel>
  );
}
