import { Button } from '@mantine/core';
import Plus from 'lucide-react/icons/plus';
import UserRound from 'lucide-react/icons/user-round';
import { useEffect, useState } from 'react';
import {
  type Member,
  type MemberAdditionAnswer,
  memberAdditionAnswerSchema,
  memberAdditionSchema,
  memberListSchema,
} from '../../shared/contracts/hub-api.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { SearchField } from '../../shared-ui/SearchField.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { Pages } from '../parts/Pages.tsx';
import { Table } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';
import { useSettled } from '../parts/use-settled.ts';
import { ORIGINS, ROLES } from './roles.ts';

const PAGE = 50;

/** Members: searched, filtered and paged by the hub; the address holds what is shown. */
export function MembersPage() {
  const { t } = useConsoleText();
  const { api, isOwner } = useHere();
  const filters = useFilters();
  const [typed, setTyped] = useState(filters.get('search'));
  const search = useSettled(typed);
  const [adding, setAdding] = useState(false);
  const [added, setAdded] = useState<MemberAdditionAnswer | null>(null);
  const { set } = filters;
  const inAddress = filters.get('search');
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed changes the address
  useEffect(() => {
    if (search !== inAddress) set('search', search);
  }, [search]);
  const loaded = useRead(
    {
      path: api('members'),
      query: {
        search: inAddress,
        role: filters.get('role'),
        origin: filters.get('origin'),
        cursor: filters.get('cursor'),
        limit: PAGE,
      },
      answer: memberListSchema,
    },
    { keep: true },
  );
  return (
    <>
      <PageHead
        title={t('members.title')}
        text={t('members.text')}
        actions={
          isOwner ? (
            <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setAdding(true)}>
              {t('members.add')}
            </Button>
          ) : null
        }
      />
      {added === null ? null : <Added added={added} onDone={() => setAdded(null)} />}
      <div className={layout.tools}>
        <SearchField label={t('members.search')} value={typed} onChange={setTyped} shortcut />
        <Choice
          label={t('members.role')}
          value={filters.get('role')}
          options={[['', t('list.any')], ...ROLES.map((role) => [role, t(`account.role.${role}`)] as const)]}
          onChange={(role) => set('role', role)}
        />
        <Choice
          label={t('members.origin')}
          value={filters.get('origin')}
          options={[
            ['', t('list.any')],
            ...ORIGINS.map((origin) => [origin, t(`members.origin.${origin}`)] as const),
          ]}
          onChange={(origin) => set('origin', origin)}
        />
      </div>
      <Gate loaded={loaded}>
        {({ members, total, next }) => (
          <>
            <p className={layout.dim} role="status">
              {t('members.found', { count: total })}
            </p>
            {members.length === 0 ? (
              <EmptyState icon={<UserRound size={26} />} title={t('members.noneTitle')}>
                {t('members.noneText')}
              </EmptyState>
            ) : (
              <MemberTable members={members} />
            )}
            <Pages next={next} />
          </>
        )}
      </Gate>
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

function MemberTable({ members }: { readonly members: readonly Member[] }) {
  const { t, list } = useConsoleText();
  const { page } = useHere();
  return (
    <Table
      label={t('members.title')}
      rows={members}
      rowKey={(member) => member.userId}
      columns={[
        {
          title: t('members.name'),
          cell: (member) => (
            <>
              <To page={page('members', member.userId)}>{member.name === '' ? member.email : member.name}</To>
              {member.name === '' ? null : <div className={layout.dim}>{member.email}</div>}
            </>
          ),
        },
        {
          title: t('members.role'),
          cell: (member) => (
            <span className={layout.row}>
              <Tag tone={member.role === 'owner' ? 'accent' : 'neutral'}>
                {t(`account.role.${member.role}`)}
              </Tag>
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
        { title: t('members.origin'), cell: (member) => t(`members.origin.${member.origin}`) },
        { title: t('members.joined'), cell: (member) => <When at={member.joinedAt} /> },
      ]}
    />
  );
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
            {t('members.addedLink')} <When at={passwordLink.expiresAt} />
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
