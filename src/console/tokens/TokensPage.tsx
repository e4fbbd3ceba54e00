import { Button, Checkbox } from '@mantine/core';
import KeyRound from 'lucide-react/icons/key-round';
import Plus from 'lucide-react/icons/plus';
import { useState } from 'react';
import {
  type ApiToken,
  type ApiTokenCreationAnswer,
  apiTokenCreationAnswerSchema,
  apiTokenCreationSchema,
  apiTokenListSchema,
} from '../../shared/contracts/hub-api.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { checkForm } from '../parts/check-form.ts';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';

/** API tokens that still work; a new one is shown once. */
export function TokensPage() {
  const { t } = useConsoleText();
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<ApiTokenCreationAnswer | null>(null);
  const [revoking, setRevoking] = useState<ApiToken | null>(null);
  return (
    <>
      <PageHead
        title={t('tokens.title')}
        text={t('tokens.text')}
        actions={
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            {t('tokens.create')}
          </Button>
        }
      />
      {made === null ? null : <Secret made={made} onDone={() => setMade(null)} />}
      <TokenList onRevoke={setRevoking} />
      {creating ? (
        <NewToken
          onClose={() => setCreating(false)}
          onMade={(answer) => {
            setMade(answer);
            setCreating(false);
          }}
        />
      ) : null}
      {revoking === null ? null : <Revoke token={revoking} onClose={() => setRevoking(null)} />}
    </>
  );
}

function TokenList({ onRevoke }: { readonly onRevoke: (token: ApiToken) => void }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters();
  const columns = useColumns(onRevoke);
  const filtered = get('search') + get('role') !== '';
  return (
    <ServerList
      label={t('tokens.title')}
      path={api('tokens')}
      query={{ role: get('role') }}
      answer={apiTokenListSchema}
      page={({ tokens, total, next }) => ({ rows: tokens, total, next })}
      columns={columns}
      rowKey={({ id }) => id}
      usualSort="-created"
      search={t('tokens.search')}
      filters={<FilterChoice name="role" label={t('members.role')} options={useRoles()} />}
      found={(count) => t('tokens.found', { count })}
      empty={{
        icon: <KeyRound size={26} />,
        title: t(filtered ? 'list.nothingFound' : 'tokens.noneTitle'),
        text: t(filtered ? 'list.nothingFoundText' : 'tokens.noneText'),
      }}
    />
  );
}

function useRoles() {
  const { t } = useConsoleText();
  return (['member', 'editor', 'owner'] as const).map((each) => [each, t(`account.role.${each}`)] as const);
}

function useColumns(onRevoke: (token: ApiToken) => void): readonly Column<ApiToken>[] {
  const { t } = useConsoleText();
  return [
    { title: t('tokens.name'), sort: 'name', cell: (token) => token.name },
    {
      title: t('members.role'),
      sort: 'role',
      cell: (token) => (
        <>
          <Tag>{t(`account.role.${token.role}`)}</Tag>{' '}
          {token.managesAccess ? <Tag>{t('tokens.managesAccess')}</Tag> : null}
        </>
      ),
    },
    { title: t('tokens.by'), cell: (token) => token.createdBy ?? t('tokens.byNobody') },
    { title: t('tokens.created'), sort: 'created', cell: (token) => <When at={token.createdAt} /> },
    { title: t('tokens.expires'), sort: 'expires', cell: (token) => <When at={token.expiresAt} /> },
    { title: t('tokens.used'), sort: 'used', cell: (token) => <When at={token.lastUsedAt} /> },
    {
      title: t('list.actions'),
      quiet: true,
      cell: (token) => (
        <Button
          variant="default"
          size="xs"
          aria-label={t('tokens.revokeNamed', { name: token.name })}
          onClick={() => onRevoke(token)}
        >
          {t('tokens.revoke')}
        </Button>
      ),
    },
  ];
}

function Secret({ made, onDone }: { readonly made: ApiTokenCreationAnswer; readonly onDone: () => void }) {
  const { t } = useConsoleText();
  return (
    <Notice
      tone="good"
      live
      title={t('tokens.made', { name: made.token.name })}
      actions={
        <Button variant="default" size="xs" onClick={onDone}>
          {t('tokens.kept')}
        </Button>
      }
    >
      <p>{t('tokens.once')}</p>
      <div className={layout.secret}>
        <code>{made.secret}</code>
        <CopyButton text={() => made.secret} label={t('tokens.copy')} />
      </div>
    </Notice>
  );
}

function NewToken({
  onClose,
  onMade,
}: {
  readonly onClose: () => void;
  readonly onMade: (answer: ApiTokenCreationAnswer) => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [name, setName] = useState('');
  const [role, setRole] = useState('editor');
  const [days, setDays] = useState('90');
  const [managesAccess, setManagesAccess] = useState(false);
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const submit = async () => {
    const checked = checkForm(apiTokenCreationSchema, {
      name,
      role,
      days: Number(days),
      managesAccess: managesAccess && role === 'owner',
    });
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'POST',
      path: api('tokens'),
      body: checked.value,
      answer: apiTokenCreationAnswerSchema,
    });
    if (answer.ok) onMade(answer.value);
  };
  return (
    <FormDialog
      title={t('tokens.create')}
      submit={t('tokens.create')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Field
        label={t('tokens.name')}
        hint={t('tokens.nameHint')}
        problem={problems.name}
        value={name}
        onChange={setName}
      />
      <Choice
        label={t('members.role')}
        value={role}
        options={(['member', 'editor', 'owner'] as const).map((each) => [each, t(`account.role.${each}`)])}
        onChange={setRole}
      />
      {role === 'owner' ? (
        <Checkbox
          label={t('tokens.managesAccess')}
          description={t('tokens.managesAccessHint')}
          checked={managesAccess}
          onChange={(event) => setManagesAccess(event.currentTarget.checked)}
        />
      ) : null}
      <Field
        label={t('tokens.days')}
        hint={t('tokens.daysHint')}
        problem={problems.days}
        type="number"
        value={days}
        onChange={setDays}
      />
    </FormDialog>
  );
}

function Revoke({ token, onClose }: { readonly token: ApiToken; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  return (
    <DeleteDialog
      title={t('tokens.revokeTitle', { name: token.name })}
      submit={t('tokens.revoke')}
      path={api('tokens', token.id)}
      onClose={onClose}
    >
      <p>{t('tokens.revokeText')}</p>
    </DeleteDialog>
  );
}
