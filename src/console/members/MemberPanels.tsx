import { auditListSchema, signInListSchema } from '../../shared/contracts/hub-api.ts';
import { deviceListSchema } from '../../shared/contracts/hub-devices.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { StatusTag } from '../compliance/StatusTag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { platformName } from '../platforms.ts';

const CHANGES = 10;

/** The devices of a member and how each stands. */
export function MemberDevices({ userId }: { readonly userId: string }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const loaded = useRead({ path: api('devices'), query: { userId }, answer: deviceListSchema });
  return (
    <Panel title={t('members.devices')} flush>
      <Gate loaded={loaded}>
        {({ devices }) => {
          const there = devices.flatMap((device) =>
            device.id === null ? [] : [{ ...device, id: device.id }],
          );
          if (there.length === 0) return <p className={layout.inset}>{t('members.devicesNone')}</p>;
          return (
            <Table
              label={t('members.devices')}
              rows={there}
              rowKey={({ id }) => id}
              columns={[
                {
                  title: t('compliance.device'),
                  cell: ({ id, name, deviceId }) => (
                    <To page={page('compliance', id)}>{name || deviceId || id}</To>
                  ),
                },
                {
                  title: t('compliance.status'),
                  cell: ({ status }) => <StatusTag status={status} />,
                },
                {
                  title: t('compliance.platform'),
                  cell: ({ platform, osVersion }) =>
                    platform === null ? null : `${platformName(platform)} ${osVersion ?? ''}`,
                },
                { title: t('compliance.reported'), cell: ({ reportedAt }) => <When at={reportedAt} /> },
              ]}
            />
          );
        }}
      </Gate>
    </Panel>
  );
}

/** Where a member is signed in at present. */
export function MemberSignIns({ userId }: { readonly userId: string }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({ path: api('members', userId, 'sign-ins'), answer: signInListSchema });
  return (
    <Panel title={t('members.signIns')} text={t('members.signInsText')} flush>
      <Gate loaded={loaded}>
        {({ signIns }) =>
          signIns.length === 0 ? (
            <p className={layout.inset}>{t('members.signInsNone')}</p>
          ) : (
            <Table
              label={t('members.signIns')}
              rows={signIns}
              rowKey={({ id }) => id}
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
                  cell: ({ createdAt }) => <When at={createdAt} />,
                },
                {
                  title: t('members.signInUsed'),
                  cell: ({ lastUsedAt }) => (lastUsedAt === null ? null : <When at={lastUsedAt} />),
                },
                { title: t('members.signInEnds'), cell: ({ expiresAt }) => <When at={expiresAt} /> },
              ]}
            />
          )
        }
      </Gate>
    </Panel>
  );
}

/** The last changes of a member, and the way to all of them. */
export function MemberChanges({ userId }: { readonly userId: string }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const query = { targetId: userId, limit: CHANGES };
  const loaded = useRead({ path: api('audit'), query, answer: auditListSchema });
  return (
    <Panel
      title={t('members.history')}
      actions={<To page={`${page('audit')}?target=${userId}`}>{t('members.audit')}</To>}
      flush
    >
      <Gate loaded={loaded}>
        {({ events }) =>
          events.length === 0 ? (
            <p className={layout.inset}>{t('members.historyNone')}</p>
          ) : (
            <Table
              label={t('members.history')}
              rows={events}
              rowKey={({ id }) => String(id)}
              columns={[
                { title: t('audit.action'), cell: ({ action }) => <code>{action}</code> },
                { title: t('audit.actor'), cell: ({ actor }) => actor.label },
                { title: t('audit.when'), cell: ({ at }) => <When at={at} /> },
              ]}
            />
          )
        }
      </Gate>
    </Panel>
  );
}
