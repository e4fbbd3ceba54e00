import Lock from 'lucide-react/icons/lock';
import { useCallback, useMemo, useState } from 'react';
import { Breaking } from '../../shared-ui/Breaking.tsx';
import { Highlighted } from '../../shared-ui/Highlighted.tsx';
import { searchWords } from '../../shared-ui/match-text.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { SearchField } from '../../shared-ui/SearchField.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useValueText } from '../../shared-ui/value-text.ts';
import { ResourceGate } from '../agent/ResourceGate.tsx';
import { useResource } from '../agent/use-resource.ts';
import { findSettings, isManaged, joinSettings, type ShownSetting } from '../settings/find-settings.ts';
import { useCatalog, useCategoryName } from '../settings/use-catalog.ts';
import { WhyPanel } from '../settings/WhyPanel.tsx';
import classes from './ManagedPanel.module.css';
import { managedStatus } from './managed-status.ts';

/** Every setting that a layer decides: value, source, level, what became of it and what was overridden. */
export function ManagedPanel() {
  const catalog = useCatalog();
  const settings = useResource('settings');
  return (
    <ResourceGate part loaded={catalog}>
      {({ settings: registrations }) => (
        <ResourceGate part loaded={settings}>
          {(answer) => <Managed settings={joinSettings(registrations, answer.settings).filter(isManaged)} />}
        </ResourceGate>
      )}
    </ResourceGate>
  );
}

/** What the table says of a setting. */
interface Cells {
  readonly value: string;
  readonly source: string;
  readonly level: string;
  readonly status: string;
  readonly conflicts: string;
}

/** Cells in the reader's words, as the filter looks through them and the table shows them. */
function useCells(): (setting: ShownSetting) => Cells {
  const { t } = useText();
  const valueText = useValueText();
  const status = useResource('status');
  const store = status.state === 'ready' ? status.value.store.state : 'ok';
  return useCallback(
    ({ registration, state }) => {
      const conflicts = conflictsOf(state);
      return {
        value: valueText(state.value, registration),
        source: state.managedBy === null ? '' : t(`source.${state.managedBy.source}`),
        level: t(state.locked ? 'managed.locked' : 'managed.suggested'),
        status: t(`policy.status.${managedStatus(state, store)}`),
        conflicts: conflicts === 0 ? t('policy.conflictsNone') : t('policy.conflicts', { count: conflicts }),
      };
    },
    [t, valueText, store],
  );
}

const conflictsOf = ({ contributions }: ShownSetting['state']) =>
  contributions.filter(({ outcome }) => outcome === 'overridden').length;

function Managed({ settings }: { readonly settings: readonly ShownSetting[] }) {
  const { t } = useText();
  const status = useResource('status');
  const categoryName = useCategoryName();
  const cellsOf = useCells();
  const [query, setQuery] = useState('');
  const [explained, setExplained] = useState<string | null>(null);
  const close = useCallback(() => setExplained(null), []);
  const words = useMemo(() => searchWords(query), [query]);
  const found = useMemo(() => {
    const shown = (setting: ShownSetting) => Object.values(cellsOf(setting));
    const ids = findSettings(settings, { category: null, words, managedOnly: true, categoryName, shown });
    return settings.filter(({ state }) => ids.has(state.id));
  }, [settings, words, categoryName, cellsOf]);
  return (
    <Panel
      title={t('policy.managed')}
      text={<span role="status">{t('policy.managedCount', { count: found.length })}</span>}
      actions={
        settings.length === 0 ? undefined : (
          <SearchField label={t('policy.filter')} value={query} onChange={setQuery} shortcut />
        )
      }
      flush
    >
      {found.length === 0 ? (
        <p className={classes.none}>
          {settings.length === 0
            ? t('policy.managedEmpty')
            : t('policy.managedNoMatch', { query: query.trim() })}
        </p>
      ) : (
        <ManagedTable settings={found} words={words} cellsOf={cellsOf} onExplain={setExplained} />
      )}
      <WhyPanel
        setting={settings.find((setting) => setting.state.id === explained) ?? null}
        contact={status.state === 'ready' ? (status.value.policy?.contact ?? null) : null}
        onClose={close}
      />
    </Panel>
  );
}

interface TableProps {
  readonly settings: readonly ShownSetting[];
  readonly words: readonly string[];
  readonly cellsOf: (setting: ShownSetting) => Cells;
  readonly onExplain: (id: string) => void;
}

function ManagedTable({ settings, words, cellsOf, onExplain }: TableProps) {
  const { t } = useText();
  const columns = ['setting', 'value', 'source', 'level', 'status', 'conflicts'] as const;
  return (
    <table className={classes.table}>
      <thead className={classes.columns}>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {t(`policy.column.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {settings.map((setting) => (
          <ManagedRow
            key={setting.state.id}
            setting={setting}
            words={words}
            cells={cellsOf(setting)}
            onExplain={onExplain}
          />
        ))}
      </tbody>
    </table>
  );
}

function ManagedRow({
  setting: { registration, state },
  words,
  cells,
  onExplain,
}: Pick<TableProps, 'words' | 'onExplain'> & { readonly setting: ShownSetting; readonly cells: Cells }) {
  const { t } = useText();
  return (
    <tr className={classes.row}>
      <th scope="row" className={classes.setting}>
        <button
          type="button"
          className={classes.explain}
          aria-haspopup="dialog"
          onClick={() => onExplain(state.id)}
        >
          <Highlighted text={registration.label} words={words} />
        </button>
        <code className={classes.id}>
          <Highlighted text={registration.id} words={words} />
        </code>
      </th>
      <td className={classes.value} data-column={t('policy.column.value')}>
        <span className={classes.clamp}>
          <Breaking text={cells.value} />
        </span>
      </td>
      <td data-column={t('policy.column.source')}>
        <Highlighted text={cells.source} words={words} />
      </td>
      <td data-column={t('policy.column.level')}>
        {state.locked ? (
          <Tag tone="accent" icon={<Lock size={11} aria-hidden />}>
            {cells.level}
          </Tag>
        ) : (
          <Tag>{cells.level}</Tag>
        )}
      </td>
      <td data-column={t('policy.column.status')}>
        <Highlighted text={cells.status} words={words} />
      </td>
      <td data-column={t('policy.column.conflicts')}>
        <span className={conflictsOf(state) === 0 ? classes.dim : undefined}>
          <Highlighted text={cells.conflicts} words={words} />
        </span>
      </td>
    </tr>
  );
}
