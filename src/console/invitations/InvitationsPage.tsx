import { Button } from '@mantine/core';
import MailPlus from 'lucide-react/icons/mail-plus';
import Plus from 'lucide-react/icons/plus';
import { useState } from 'react';
import type { z } from 'zod';
import {
  type Invitation,
  invitationLinkSchema,
  invitationListSchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { ROLES } from '../members/roles.ts';
import { useHere } from '../organization-context.tsx';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';
import { WhoName } from '../parts/WhoName.tsx';
import { InviteDialog } from './InviteDialog.tsx';

/** Open invitations: sent again, revoked, and new ones. */
export function InvitationsPage() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters();
  const filtered = get('search') + get('role') + get('state') !== '';
  const [inviting, setInviting] = useState(false);
  const [revoking, setRevoking] = useState<Invitation | null>(null);
  const resending = useResend();
  const columns = useColumns({ onResend: resending.resend, onRevoke: setRevoking });
  return (
    <>
      <PageHead
        title={t('invitations.title')}
        text={t('invitations.text')}
        actions={
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setInviting(true)}>
            {t('invitations.invite')}
          </Button>
        }
      />
      {resending.notice}
      <ServerList
        label={t('invitations.title')}
        path={api('invitations')}
        query={{ role: get('role'), state: get('state') }}
        answer={invitationListSchema}
        page={({ invitations, total, next }) => ({ rows: invitations, total, next })}
        columns={columns}
        rowKey={({ id }) => id}
        usualSort="-created"
        search={t('invitations.search')}
        filters={<Filters />}
        found={(count) => t('invitations.found', { count })}
        empty={{
          icon: <MailPlus size={26} />,
          title: t(filtered ? 'list.nothingFound' : 'invitations.noneTitle'),
          text: t(filtered ? 'list.nothingFoundText' : 'invitations.noneText'),
        }}
      />
      {inviting ? <InviteDialog onClose={() => setInviting(false)} /> : null}
      {revoking === null ? null : <Revoke invitation={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}

function Filters() {
  const { t } = useConsoleText();
  return (
    <>
      <FilterChoice
        name="role"
        label={t('invitations.role')}
        options={ROLES.map((role) => [role, t(`account.role.${role}`)])}
      />
      <FilterChoice
        name="state"
        label={t('invitations.state')}
        options={[
          ['pending', t('invitations.state.pending')],
          ['expired', t('invitations.state.expired')],
        ]}
      />
    </>
  );
}

function useColumns({
  onResend,
  onRevoke,
}: {
  readonly onResend: (invitation: Invitation) => void;
  readonly onRevoke: (invitation: Invitation) => void;
}): readonly Column<Invitation>[] {
  const { t } = useConsoleText();
  return [
    { title: t('invitations.email'), sort: 'email', cell: ({ email }) => <WhoName name={email} /> },
    { title: t('invitations.role'), sort: 'role', cell: ({ role }) => t(`account.role.${role}`) },
    { title: t('invitations.team'), cell: ({ team }) => team?.name ?? t('invitations.noTeam') },
    {
      title: t('invitations.by'),
      cell: ({ invitedBy }) => (invitedBy === null ? null : <WhoName name={invitedBy} />),
    },
    { title: t('invitations.sent'), sort: 'created', cell: ({ createdAt }) => <When at={createdAt} /> },
    {
      title: t('invitations.expires'),
      sort: 'expires',
      cell: ({ expiresAt, state }) => (
        <span className={layout.row}>
          <When at={expiresAt} />
          {state === 'expired' ? <Tag tone="warn">{t('invitations.state.expired')}</Tag> : null}
        </span>
      ),
    },
    {
      title: t('list.actions'),
      quiet: true,
      cell: (invitation) => (
        <span className={layout.row}>
          <Button
            size="xs"
            variant="default"
            aria-label={t('invitations.resendNamed', { email: invitation.email })}
            onClick={() => onResend(invitation)}
          >
            {t('invitations.resend')}
          </Button>
          <Button
            size="xs"
            variant="default"
            aria-label={t('invitations.revokeNamed', { email: invitation.email })}
            onClick={() => onRevoke(invitation)}
          >
            {t('invitations.revoke')}
          </Button>
        </span>
      ),
    },
  ];
}

/** Sends one again, and says how: by a letter, or with a link to hand over. */
function useResend() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [sent, setSent] = useState<z.infer<typeof invitationLinkSchema> | null>(null);
  const resend = async (invitation: Invitation) => {
    setSent(null);
    const answer = await change.send({
      method: 'POST',
      path: api('invitations', invitation.id, 'resend'),
      answer: invitationLinkSchema,
    });
    if (answer.ok) setSent(answer.value);
  };
  const notice = (
    <>
      <FailureNotice failure={change.failure} />
      {sent === null ? null : (
        <Notice
          tone="good"
          live
          title={t(sent.mailed ? 'invitations.resent' : 'invitations.resentLink', {
            email: sent.invitation.email,
          })}
          actions={
            <Button variant="default" size="xs" onClick={() => setSent(null)}>
              {t('action.close')}
            </Button>
          }
        >
          {sent.mailed ? null : (
            <div className={layout.secret}>
              <code>{sent.link}</code>
              <CopyButton text={() => sent.link} label={t('invite.copy', { email: sent.invitation.email })} />
            </div>
          )}
        </Notice>
      )}
    </>
  );
  return { resend: (invitation: Invitation) => void resend(invitation), notice };
}

function Revoke({ invitation, onClose }: { readonly invitation: Invitation; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  return (
    <DeleteDialog
      title={t('invitations.revokeTitle', { email: invitation.email })}
      submit={t('invitations.revoke')}
      path={api('invitations', invitation.id)}
      onClose={onClose}
    >
      <p>{t('invitations.revokeText')}</p>
    </DeleteDialog>
  );
}
