import { Button } from '@mantine/core';
import Plus from 'lucide-react/icons/plus';
import Users from 'lucide-react/icons/users';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { teamCreationSchema, teamListSchema, teamSchema } from '../../shared/contracts/hub-api.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { SearchField } from '../../shared-ui/SearchField.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';

/** Teams of the organization. */
export function TeamsPage() {
  const { t, number } = useConsoleText();
  const { api, page, isOwner } = useHere();
  const filters = useFilters();
  const loaded = useRead({ path: api('teams'), answer: teamListSchema });
  const [creating, setCreating] = useState(false);
  const search = filters.get('search');
  return (
    <>
      <PageHead
        title={t('teams.title')}
        text={t('teams.text')}
        actions={
          isOwner ? (
            <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
              {t('teams.create')}
            </Button>
          ) : null
        }
      />
      <div className={layout.tools}>
        <SearchField
          label={t('teams.search')}
          value={search}
          onChange={(text) => filters.set('search', text)}
          shortcut
        />
      </div>
      <Gate loaded={loaded}>
        {({ teams }) => {
          const found = teams.filter((team) => team.name.toLowerCase().includes(search.trim().toLowerCase()));
          return found.length === 0 ? (
            <EmptyState
              icon={<Users size={26} />}
              title={t(teams.length === 0 ? 'teams.noneTitle' : 'teams.notFound')}
            >
              {t(teams.length === 0 ? 'teams.noneText' : 'teams.notFoundText')}
            </EmptyState>
          ) : (
            <Table
              label={t('teams.title')}
              rows={found}
              rowKey={(team) => team.id}
              columns={[
                {
                  title: t('teams.name'),
                  cell: (team) => <To page={page('teams', team.id)}>{team.name}</To>,
                },
                { title: t('policies.description'), cell: (team) => team.description },
                { title: t('nav.members'), cell: (team) => number(team.members) },
                { title: t('organization.created'), cell: (team) => <When at={team.createdAt} /> },
              ]}
            />
          );
        }}
      </Gate>
      {creating ? <NewTeam onClose={() => setCreating(false)} /> : null}
    </>
  );
}

function NewTeam({ onClose }: { readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const [, go] = useLocation();
  const change = useChange();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const submit = async () => {
    const checked = checkForm(teamCreationSchema, { name, description });
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'POST',
      path: api('teams'),
      body: checked.value,
      answer: teamSchema,
    });
    if (answer.ok) go(page('teams', answer.value.id));
  };
  return (
    <FormDialog
      title={t('teams.create')}
      submit={t('teams.create')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Field label={t('teams.name')} problem={problems.name} value={name} onChange={setName} />
      <Field
        label={t('policies.description')}
        rows={2}
        problem={problems.description}
        value={description}
        onChange={setDescription}
      />
    </FormDialog>
  );
}
