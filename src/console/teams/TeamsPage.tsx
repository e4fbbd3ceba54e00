import { Button } from '@mantine/core';
import Plus from 'lucide-react/icons/plus';
import Users from 'lucide-react/icons/users';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { type Team, teamCreationSchema, teamListSchema, teamSchema } from '../../shared/contracts/hub-api.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Deletions, UndoDeletion } from '../deletions/Deletions.tsx';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { FormDialog } from '../parts/FormDialog.tsx';
import { type Named, NamedFields } from '../parts/NamedFields.tsx';
import { ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';

/** Teams of the organization, searched, sorted and paged by the hub. */
export function TeamsPage() {
  const { t } = useConsoleText();
  const { api, isOwner } = useHere();
  const { get } = useFilters();
  const columns = useColumns();
  const [creating, setCreating] = useState(false);
  const searched = get('search') !== '';
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
      <UndoDeletion kind="team" />
      <ServerList
        label={t('teams.title')}
        path={api('teams')}
        answer={teamListSchema}
        page={({ teams, total, next }) => ({ rows: teams, total, next })}
        columns={columns}
        rowKey={({ id }) => id}
        usualSort="name"
        search={t('teams.search')}
        found={(count) => t('teams.found', { count })}
        empty={{
          icon: <Users size={26} />,
          title: t(searched ? 'teams.notFound' : 'teams.noneTitle'),
          text: t(searched ? 'teams.notFoundText' : 'teams.noneText'),
        }}
      />
      <Deletions kind="team" />
      {creating ? <NewTeam onClose={() => setCreating(false)} /> : null}
    </>
  );
}

function useColumns(): readonly Column<Team>[] {
  const { t, number } = useConsoleText();
  const { page } = useHere();
  return [
    {
      title: t('teams.name'),
      sort: 'name',
      cell: (team) => <To page={page('teams', team.id)}>{team.name}</To>,
    },
    { title: t('policies.description'), cell: (team) => team.description },
    { title: t('nav.members'), sort: 'members', number: true, cell: (team) => number(team.members) },
    {
      title: t('organization.created'),
      sort: 'created',
      cell: (team) => <When at={team.createdAt} />,
    },
  ];
}

function NewTeam({ onClose }: { readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const [, go] = useLocation();
  const change = useChange();
  const [named, setNamed] = useState<Named>({ name: '', description: '' });
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const submit = async () => {
    const checked = checkForm(teamCreationSchema, named);
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
      <NamedFields named={named} problems={problems} onChange={setNamed} />
    </FormDialog>
  );
}
