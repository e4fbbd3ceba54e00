import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import { type Migration, migrationReportSchema } from '../../shared/contracts/hub-provisioning.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { everybodyIn } from './move.ts';

const STATES = ['waiting', 'removed', 'returned', 'adopted', 'refused'] as const;
const TONES = {
  waiting: 'neutral',
  removed: 'warn',
  returned: 'good',
  adopted: 'good',
  refused: 'bad',
} as const;

/** Everybody in a move and what became of them, a page at a time; all of it as a file. */
export function Report({
  migration,
  name = '',
}: {
  readonly migration: Migration;
  /** Before its filters in the address. */
  readonly name?: string;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters(name);
  if (everybodyIn(migration) === 0) return null;
  const path = api('migrations', migration.id);
  return (
    <Panel
      title={t('migration.report')}
      actions={
        <Button
          component="a"
          href={`${path}/export`}
          download={`migration-${migration.createdAt.slice(0, 10)}.csv`}
          variant="default"
          size="xs"
          leftSection={<Download size={14} aria-hidden />}
        >
          {t('migration.reportSave')}
        </Button>
      }
    >
      <div className={layout.stack}>
        <ServerList
          name={name}
          label={t('migration.report')}
          path={path}
          query={{ state: get('state') }}
          answer={migrationReportSchema}
          page={({ people, total, next }) => ({ rows: people, total, next })}
          rowKey={({ userId }) => userId}
          usualSort="email"
          search={t('migration.search')}
          filters={<StateChoice migration={migration} />}
          found={(count) => t('migration.found', { count })}
          empty={{ text: t('list.nothingFound') }}
          columns={[
            { title: t('migration.person'), sort: 'email', cell: ({ email }) => email },
            {
              title: t('migration.state'),
              sort: 'state',
              cell: ({ state }) => <Tag tone={TONES[state]}>{t(`migration.state.${state}`)}</Tag>,
            },
            { title: t('migration.detail'), cell: ({ detail }) => detail },
          ]}
        />
      </div>
    </Panel>
  );
}

function StateChoice({ migration: { counts } }: { readonly migration: Migration }) {
  const { t, number } = useConsoleText();
  return (
    <FilterChoice
      name="state"
      label={t('migration.state')}
      options={STATES.map((state) => [state, `${t(`migration.state.${state}`)} (${number(counts[state])})`])}
    />
  );
}
