import { Checkbox } from '@mantine/core';
import Link2 from 'lucide-react/icons/link-2';
import SearchX from 'lucide-react/icons/search-x';
import { useDeferredValue, useMemo } from 'react';
import type { Problem } from '../../shared/policy/model.ts';
import { LabelsContext } from '../../shared-ui/labels-context.ts';
import { searchWords } from '../../shared-ui/match-text.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { SearchField } from '../../shared-ui/SearchField.tsx';
import { FIRST_SETTINGS, useWhole } from '../../shared-ui/use-whole.ts';
import { useConsoleText } from '../console-text.tsx';
import { Choice } from '../parts/Choice.tsx';
import layout from '../parts/Layout.module.css';
import { useFilters } from '../parts/use-filters.ts';
import {
  documentOf,
  type EditedSetting,
  lockOwner,
  type Mode,
  modeOf,
  SETTINGS,
  withGroupMode,
} from './policy-text.ts';
import { SettingEditor } from './SettingEditor.tsx';
import classes from './SettingsPanel.module.css';

/** So that one setting can name another as people know it. */
const LABELS = new Map(SETTINGS.map(({ setting }) => [setting.id, setting.label]));

/** The settings of a policy, generated from the catalog; every choice goes into the text. */
export function SettingsPanel({
  text,
  problems,
  onText,
}: {
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly onText: (text: string) => void;
}) {
  const { t } = useConsoleText();
  const filters = useFilters();
  const query = filters.get('search');
  const words = useDeferredValue(useMemo(() => searchWords(query), [query]));
  const category = filters.get('category');
  const only = filters.get('set') !== '';
  const document = useMemo(() => documentOf(text), [text]);
  const whole = useWhole();
  if (document === null) return <Notice tone="warn">{t('policies.unreadable')}</Notice>;
  const shown = SETTINGS.filter(
    (edited) =>
      (words.length > 0 || category === '' || edited.setting.category === category) &&
      (!only || modeOf(document, edited) !== 'open') &&
      matches(edited, words),
  );
  const categories = [...new Set(SETTINGS.map(({ setting }) => setting.category))];
  return (
    <div className={layout.stack}>
      <div className={layout.tools}>
        <SearchField
          label={t('settings.search')}
          value={query}
          onChange={(next) => filters.set('search', next)}
          shortcut
        />
        <Choice
          label={t('settings.categories')}
          value={category}
          options={[['', t('settings.all')], ...categories.map((each) => [each, each] as const)]}
          onChange={(next) => filters.set('category', next)}
        />
        <Checkbox
          label={t('policies.onlySet')}
          checked={only}
          onChange={(event) => filters.set('set', event.currentTarget.checked ? '1' : '')}
        />
      </div>
      <p className={layout.dim} role="status">
        {t('settings.found', { count: shown.length })}
      </p>
      {shown.length === 0 ? (
        <EmptyState
          icon={<SearchX size={26} />}
          title={t(only ? 'policies.setsNothing' : 'settings.noneTitle')}
        >
          {t(only ? 'policies.setsNothingText' : 'policies.notFoundText')}
        </EmptyState>
      ) : (
        <LabelsContext value={LABELS}>
          <Sections
            shown={whole ? shown : shown.slice(0, FIRST_SETTINGS)}
            {...{ document, words, text, problems, onText }}
          />
        </LabelsContext>
      )}
    </div>
  );
}

function matches({ setting }: EditedSetting, words: readonly string[]): boolean {
  const { id, label, description, category, valuePath, consoleName = '' } = setting;
  const text = [id, label, description, category, valuePath, consoleName].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

interface ShownProps {
  readonly shown: readonly EditedSetting[];
  readonly document: unknown;
  readonly words: readonly string[];
  readonly text: string;
  readonly problems: readonly Problem[];
  readonly onText: (text: string) => void;
}

function Sections(props: ShownProps) {
  const { shown } = props;
  const categories = [...new Set(shown.map(({ setting }) => setting.category))];
  return categories.map((category) => (
    <section key={category} className={classes.section} aria-label={category}>
      <h2 className={classes.title}>{category}</h2>
      {inGroups(shown.filter(({ setting }) => setting.category === category)).map((run) => (
        <div key={run[0]?.setting.id} className={classes.card}>
          <Run {...props} run={run} />
        </div>
      ))}
    </section>
  ));
}

function Run({
  run,
  document,
  words,
  text,
  problems,
  onText,
}: ShownProps & { readonly run: readonly EditedSetting[] }) {
  const first = run[0];
  const owner = first === undefined ? null : lockOwner(first);
  return (
    <>
      {first === undefined || first.setting.group === null || owner === null ? null : (
        <GroupHead
          group={first.setting.group}
          mode={modeOf(document, first)}
          onMode={(mode) => onText(withGroupMode(text, owner, mode))}
        />
      )}
      {run.map((edited) => (
        <SettingEditor key={edited.setting.id} {...{ edited, document, words, text, problems, onText }} />
      ))}
    </>
  );
}

function GroupHead({
  group,
  mode,
  onMode,
}: {
  readonly group: string;
  readonly mode: Mode;
  readonly onMode: (mode: Mode) => void;
}) {
  const { t } = useConsoleText();
  return (
    <div className={classes.group}>
      <span>
        <Link2 size={14} aria-hidden />
        {t('settings.groupWhy')}
      </span>
      <Choice
        label={t('policies.groupState', { group })}
        value={mode}
        options={[
          ['open', t('state.open')],
          ['suggested', t('state.suggested')],
          ['locked', t('state.always')],
        ]}
        onChange={(next) => onMode(next === 'locked' || next === 'suggested' ? next : 'open')}
      />
    </div>
  );
}

/** Cuts settings into runs that share a lock, keeping the catalog's order. */
function inGroups(settings: readonly EditedSetting[]): readonly (readonly EditedSetting[])[] {
  const runs: EditedSetting[][] = [];
  for (const edited of settings) {
    const last = runs.at(-1);
    if (last?.[0] !== undefined && last[0].setting.group === edited.setting.group) last.push(edited);
    else runs.push([edited]);
  }
  return runs;
}
