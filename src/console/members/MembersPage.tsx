import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import Plus from 'lucide-react/icons/plus';
import UserRound from 'lucide-react/icons/user-round';
import { useState } from 'react';
import { Link } from 'wouter';
import {
  type Member,
  type MemberAdditionAnswer,
  type MemberList,
  memberAdditionAnswerSchema,
  memberAdditionSchema,
  memberListSchema,
} from '../../shared/contracts/hub-api.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Deletions, UndoDeletion } from '../deletions/Deletions.tsx';
import { fileAddress } from '../hub/hub-client.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { FilterChoice, FilterText, ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';
import { WhoName } from '../parts/WhoName.tsx';
import { BulkBar } from './BulkBar.tsx';
import { JobPanel } from './JobPanel.tsx';
import { ORIGINS, ROLES, STATUSES } from './roles.ts';
import { useChosen } from './use-chosen.ts';

/** Members: searched, filtered, sorted and paged by the hub; the address holds what is shown. */
export function MembersPage() {
  const { t } = useConsoleText();
  const { api, page, isOwner } = useHere();
  const { get, set } = useFilters();
  const columns = useColumns();
  const filter = useMemberFilter();
  const choosing = useChosen(filter);
  const job = get('job');
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState<MemberAdditionAnswer | null>(null);
  return (
    <>
      <PageHead
        title={t('members.title')}
        text={t('members.text')}
        actions={
          isOwner ? (
            <>
              <Button component={Link} href={page('member-jobs')} variant="default">
                {t('jobs.title')}
              </Button>
              <Button
                component="a"
                variant="default"
                href={fileAddress(api('members', 'export'), filter)}
                download
                leftSection={<Download size={16} aria-hidden />}
              >
                {t('members.export')}
              </Button>
              <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
                {t('members.add')}
              </Button>
            </>
          ) : null
        }
      />
      <UndoDeletion kind="member" />
      {added === null ? null : <Added added={added} onDone={() => setAdded(null)} />}
      {job === '' || !isOwner ? null : <JobPanel id={job} onClose={() => set('job', '')} />}
      <ServerList
        label={t('members.title')}
        path={api('members')}
        query={filter}
        answer={memberListSchema}
        page={({ members, total, next }) => ({ rows: members, total, next })}
        columns={columns}
        rowKey={(member) => member.userId}
        usualSort="email"
        search={t('members.search')}
        filters={<MemberFilters />}
        found={(count) => t('members.found', { count })}
        {...(isOwner
          ? {
              selection: {
                chosen: choosing.has,
                label: (member: Member) => t('members.choose', { email: member.email }),
                onChoose: choosing.choose,
              },
              above: ({ total }: MemberList) => (
                <BulkBar
                  chosen={choosing.chosen}
                  total={total}
                  onMatching={() => choosing.matching(total)}
                  onNone={choosing.none}
                  onBegun={(id) => {
                    choosing.none();
                    set('job', id);
                  }}
                />
              ),
            }
          : {})}
        empty={{
          icon: <UserRound size={26} />,
          title: t('members.noneTitle'),
          text: t('members.noneText'),
        }}
      />
      <Deletions kind="member" />
      {adding ? (
        <AddMember
          onClose={() => setAdding(false)}
          onAdded={(answer) => {
            setAdded(answer);
            setAdding(false);
          }}
        />
      ) : null}
    </>
  );
}

/** What the address asks for, as the hub takes it. */
function useMemberFilter() {
  const { get } = useFilters();
  return {
    search: get('search'),
    role: get('role'),
    origin: get('origin'),
    domain: get('domain'),
    status: get('status'),
  };
}

function MemberFilters() {
  const { t } = useConsoleText();
  return (
    <>
      <FilterChoice
        name="role"
        label={t('members.role')}
        options={ROLES.map((role) => [role, t(`account.role.${role}`)])}
      />
      <FilterChoice
        name="origin"
        label={t('members.origin')}
        options={ORIGINS.map((origin) => [origin, t(`members.origin.${origin}`)])}
      />
      <FilterChoice
        name="status"
        label={t('members.status')}
        options={STATUSES.map((status) => [status, t(`members.status.${status}`)])}
      />
      <FilterText name="domain" label={t('members.domain')} />
    </>
  );
}

function useColumns(): readonly Column<Member>[] {
  const { t, list } = useConsoleText();
  const { page } = useHere();
  return [
    {
      title: t('members.name'),
      sort: 'name',
      cell: (member) => (
        <To page={page('members', member.userId)}>{member.name === '' ? member.email : member.name}</To>
      ),
    },
    { title: t('members.email'), sort: 'email', cell: (member) => <WhoName name={member.email} /> },
    {
      title: t('members.role'),
      sort: 'role',
      cell: (member) => (
        <span className={layout.row}>
          <Tag tone={member.role === 'owner' ? 'accent' : 'neutral'}>{t(`account.role.${member.role}`)}</Tag>
          {member.disabled ? <Tag tone="warn">{t('members.disabled')}</Tag> : null}
        </span>
      ),
    },
    { title: t('members.policy'), cell: (member) => member.policy?.name ?? t('members.policyDefault') },
    {
      title: t('members.teams'),
      cell: (member) =>
        member.teams.length === 0 ? t('members.teamsNone') : list(member.teams.map((team) => team.name)),
    },
    {
      title: t('members.origin'),
      sort: 'origin',
      cell: (member) => t(`members.origin.${member.origin}`),
    },
    { title: t('members.joined'), sort: 'joined', cell: (member) => <When at={member.joinedAt} /> },
  ];
}

function Added({ added, onDone }: { readonly added: MemberAdditionAnswer; readonly onDone: () => void }) {
  const { t } = useConsoleText();
  const { member, passwordLink } = added;
  return (
    <Notice
      tone="good"
      live
      title={t('members.added', { email: member.email })}
      actions={
        <Button variant="default" size="xs" onClick={onDone}>
          {t('action.close')}
        </Button>
      }
    >
      {passwordLink === null ? (
        t('members.addedExisting')
      ) : (
        <>
          <p>
            {t('members.addedLink')} <When within at={passwordLink.expiresAt} />.
          </p>
          <div className={layout.secret}>
            <code>{passwordLink.url}</code>
            <CopyButton text={() => passwordLink.url} label={t('members.copyLink')} />
          </div>
        </>
      )}
    </Notice>
  );
}

function AddMember({
  onClose,
  onAdded,
}: {
  readonly onClose: () => void;
  readonly onAdded: (answer: MemberAdditionAnswer) => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState('member');
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const submit = async () => {
    const checked = checkForm(memberAdditionSchema, { email, name, role });
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'POST',
      path: api('members'),
      body: checked.value,
      answer: memberAdditionAnswerSchema,
    });
    if (answer.ok) onAdded(answer.value);
  };
  return (
    <FormDialog
      title={t('members.add')}
      submit={t('members.add')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Field
        label={t('members.email')}
        type="email"
        problem={problems.email}
        value={email}
        onChange={setEmail}
      />
      <Field label={t('members.name')} problem={problems.name} value={name} onChange={setName} />
      <Choice
        label={t('members.role')}
        value={role}
        options={ROLES.map((each) => [each, t(`account.role.${each}`)])}
        onChange={setRole}
      />
      <p className={layout.dim}>{t('members.addText')}</p>
    </FormDialog>
  );
}
