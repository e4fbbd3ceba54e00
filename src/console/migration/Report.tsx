import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import type { Migration, MigrationPerson } from '../../shared/contracts/hub-provisioning.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Choice } from '../parts/Choice.tsx';
import { csvOf } from '../parts/csv-of.ts';
import layout from '../parts/Layout.module.css';
import { saveFile } from '../parts/save-file.ts';
import { Table } from '../parts/Table.tsx';
import { useFilters } from '../parts/use-filters.ts';

const STATES = ['waiting', 'removed', 'returned', 'adopted', 'refused'] as const;
const TONES = {
  waiting: 'neutral',
  removed: 'warn',
  returned: 'good',
  adopted: 'good',
  refused: 'bad',
} as const;
const MOST_SHOWN = 200;

/** Everybody in a move and what became of them; all of it as a file. */
export function Report({
  migration,
  people,
}: {
  readonly migration: Migration;
  readonly people: readonly MigrationPerson[];
}) {
  const { t } = useConsoleText();
  const filters = useFilters();
  const wanted = filters.get('state');
  const shown = people.filter(({ state }) => wanted === '' || state === wanted);
  const save = () => {
    const rows = people.map(({ email, state, detail }) => [email, state, detail]);
    const text = csvOf([['Email', 'State', 'Detail'], ...rows]);
    saveFile(`migration-${migration.createdAt.slice(0, 10)}.csv`, text, 'text/csv;charset=utf-8');
  };
  return (
    <Panel
      title={t('migration.report')}
      actions={
        <Button variant="default" size="xs" leftSection={<Download size={14} aria-hidden />} onClick={save}>
          {t('migration.reportSave')}
        </Button>
      }
    >
      <div className={layout.stack}>
        <Choice
          label={t('migration.state')}
          value={wanted}
          options={[
            ['', `${t('list.any')} (${people.length})`],
            ...STATES.map(
              (state) => [state, `${t(`migration.state.${state}`)} (${migration.counts[state]})`] as const,
            ),
          ]}
          onChange={(state) => filters.set('state', state)}
        />
        {shown.length === 0 ? null : (
          <Table
            label={t('migration.report')}
            rows={shown.slice(0, MOST_SHOWN)}
            rowKey={({ userId }) => userId}
            columns={[
              { title: t('migration.person'), cell: ({ email }) => email },
              {
                title: t('migration.state'),
                cell: ({ state }) => <Tag tone={TONES[state]}>{t(`migration.state.${state}`)}</Tag>,
              },
              { title: t('migration.detail'), cell: ({ detail }) => detail },
            ]}
          />
        )}
        {shown.length > MOST_SHOWN ? (
          <p className={layout.dim}>{t('migration.moreShown', { count: shown.length - MOST_SHOWN })}</p>
        ) : null}
      </div>
    </Panel>
  );
}
