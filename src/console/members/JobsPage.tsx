import ListChecks from 'lucide-react/icons/list-checks';
import { type MemberJob, memberJobListSchema } from '../../shared/contracts/hub-member-jobs.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { WhoName } from '../parts/WhoName.tsx';
import { useJobTitle } from './job-title.ts';

/** What was done, or is being done, with many members at once. */
export function JobsPage() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters();
  const filtered = get('search') + get('state') !== '';
  return (
    <>
      <PageHead title={t('jobs.title')} text={t('jobs.text')} />
      <ServerList
        label={t('jobs.title')}
        path={api('member-jobs')}
        query={{ state: get('state') }}
        answer={memberJobListSchema}
        page={({ jobs, total, next }) => ({ rows: jobs, total, next })}
        columns={useColumns()}
        rowKey={({ id }) => id}
        usualSort="-created"
        search={t('jobs.search')}
        filters={
          <FilterChoice
            name="state"
            label={t('jobs.state')}
            options={(['running', 'finished'] as const).map((state) => [state, t(`jobs.state.${state}`)])}
          />
        }
        empty={{
          icon: <ListChecks size={26} />,
          title: t(filtered ? 'list.nothingFound' : 'jobs.noneTitle'),
          text: t(filtered ? 'list.nothingFoundText' : 'jobs.noneText'),
        }}
      />
    </>
  );
}

function useColumns(): readonly Column<MemberJob>[] {
  const { t, number } = useConsoleText();
  const { page } = useHere();
  const titleOf = useJobTitle();
  return [
    {
      title: t('jobs.what'),
      cell: ({ id, action }) => <To page={`${page('members')}?job=${id}`}>{titleOf(action)}</To>,
    },
    { title: t('jobs.by'), cell: ({ by }) => <WhoName name={by} /> },
    { title: t('jobs.begun'), sort: 'created', cell: ({ createdAt }) => <When at={createdAt} /> },
    {
      title: t('jobs.state'),
      cell: ({ finishedAt }) => t(finishedAt === null ? 'jobs.state.running' : 'jobs.state.finished'),
    },
    { title: t('jobs.done'), number: true, cell: ({ counts }) => number(counts.done) },
    { title: t('jobs.refused'), number: true, cell: ({ counts }) => number(counts.refused) },
    { title: t('jobs.left'), number: true, cell: ({ counts }) => number(counts.waiting) },
  ];
}
