import { Button, Checkbox } from '@mantine/core';
import ListFilter from 'lucide-react/icons/list-filter';
import SearchX from 'lucide-react/icons/search-x';
import { memo, useCallback, useMemo, useRef, useState } from 'react';
import type { CatalogSetting, SettingState } from '../../shared/contracts/local-api.ts';
import { searchWords } from '../../shared-ui/match-text.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { SearchField } from '../../shared-ui/SearchField.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { FIRST_SETTINGS, useWhole } from '../../shared-ui/use-whole.ts';
import { ResourceGate } from '../agent/ResourceGate.tsx';
import { useResource } from '../agent/use-resource.ts';
import { usePlace } from '../routing.ts';
import { CategoryNav } from './CategoryNav.tsx';
import { findSettings, joinSettings, type ShownSetting, sectionsOf } from './find-settings.ts';
import { useMarkedWords } from './mark-words.ts';
import { PendingBar } from './PendingBar.tsx';
import { ResetAll } from './ResetAll.tsx';
import classes from './SettingsPage.module.css';
import { SettingsSection } from './SettingsSection.tsx';
import { useShowSetting } from './show-setting.ts';
import { useCatalog, useCategoryName } from './use-catalog.ts';
import { WhyPanel } from './WhyPanel.tsx';

/** All settings of this platform, generated from the catalog. */
export function SettingsPage({ category }: { readonly category: string | null }) {
  const catalog = useCatalog();
  const settings = useResource('settings');
  return (
    <ResourceGate loaded={catalog}>
      {({ settings: registrations }) => (
        <ResourceGate loaded={settings}>
          {(answer) => (
            <Settings registrations={registrations} states={answer.settings} category={category} />
          )}
        </ResourceGate>
      )}
    </ResourceGate>
  );
}

function Settings({
  registrations,
  states,
  category,
}: {
  readonly registrations: readonly CatalogSetting[];
  readonly states: readonly SettingState[];
  readonly category: string | null;
}) {
  const { t } = useText();
  const settings = useMemo(() => joinSettings(registrations, states), [registrations, states]);
  const [, go] = usePlace();
  const [query, setQuery] = useState('');
  const [managedOnly, setManagedOnly] = useState(false);
  const categoryName = useCategoryName();
  const words = useMemo(() => searchWords(query), [query]);
  const current = settings.some((setting) => setting.registration.category === category) ? category : null;
  const found = useMemo(
    () => findSettings(settings, { category: current, words, managedOnly, categoryName }),
    [settings, current, words, managedOnly, categoryName],
  );
  const showAll = useCallback(() => {
    setQuery('');
    setManagedOnly(false);
    go('settings');
  }, [go]);
  const show = useShowSetting(found, showAll);
  return (
    <>
      <PageHead
        title={t('settings.title')}
        text={<Summary settings={settings} />}
        actions={<ResetAll settings={settings} />}
      />
      <div className={classes.tools}>
        <SearchField
          label={t('settings.search')}
          hint={t('settings.searchHint')}
          value={query}
          onChange={setQuery}
          shortcut
        />
        <Checkbox
          label={t('settings.managedOnly')}
          checked={managedOnly}
          onChange={(event) => setManagedOnly(event.currentTarget.checked)}
        />
      </div>
      <div className={classes.columns}>
        <div className={classes.categories}>
          <CategoryNav settings={settings} current={words.length > 0 ? null : current} />
        </div>
        <div className={classes.list}>
          <Found count={found.size} query={query.trim()} />
          {found.size > 0 ? null : (
            <Nothing
              query={query.trim()}
              managedOnly={managedOnly}
              any={settings.length > 0}
              onShowAll={showAll}
            />
          )}
          <Sections settings={settings} found={found} words={words} />
          <PendingBar onShow={show} />
        </div>
      </div>
    </>
  );
}

function Summary({ settings }: { readonly settings: readonly ShownSetting[] }) {
  const { t } = useText();
  const locked = settings.filter((setting) => setting.state.locked).length;
  const suggested = settings.filter(
    (setting) => !setting.state.locked && setting.state.managedBy !== null,
  ).length;
  return locked + suggested === 0 ? t('settings.summaryNone') : t('settings.summary', { locked, suggested });
}

// Said aloud after each search; seen only while searching, where the number is news.
function Found({ count, query }: { readonly count: number; readonly query: string }) {
  const { t } = useText();
  return (
    <p className={query === '' ? 'visually-hidden' : classes.found} role="status">
      {query === '' ? t('settings.found', { count }) : t('settings.foundFor', { count, query })}
    </p>
  );
}

function Sections({
  settings,
  found,
  words,
}: {
  readonly settings: readonly ShownSetting[];
  readonly found: ReadonlySet<string>;
  readonly words: readonly string[];
}) {
  const [explained, setExplained] = useState<string | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const whole = useWhole();
  const first = whole ? null : found;
  const sections = useMemo(
    () => sectionsOf(first === null ? settings : firstOf(settings, first)),
    [settings, first],
  );
  useMarkedWords(list, words, found, whole);
  return (
    <>
      <div ref={list} className={classes.sections} hidden={found.size === 0}>
        {sections.map((section) => (
          <SettingsSection key={section.category} section={section} found={found} onExplain={setExplained} />
        ))}
      </div>
      <Why settings={settings} explained={explained} onExplain={setExplained} />
    </>
  );
}

/** "Why is this locked?" of one of the settings; a search passes it by. */
const Why = memo(function Why({
  settings,
  explained,
  onExplain,
}: {
  readonly settings: readonly ShownSetting[];
  readonly explained: string | null;
  readonly onExplain: (id: string | null) => void;
}) {
  const status = useResource('status');
  const close = useCallback(() => onExplain(null), [onExplain]);
  return (
    <WhyPanel
      setting={settings.find((setting) => setting.state.id === explained) ?? null}
      contact={status.state === 'ready' ? (status.value.policy?.contact ?? null) : null}
      onClose={close}
    />
  );
});

const firstOf = (settings: readonly ShownSetting[], found: ReadonlySet<string>): readonly ShownSetting[] =>
  settings.filter(({ state }) => found.has(state.id)).slice(0, FIRST_SETTINGS);

function Nothing({
  query,
  managedOnly,
  any,
  onShowAll,
}: {
  readonly query: string;
  readonly managedOnly: boolean;
  /** False: there is no setting at all. */
  readonly any: boolean;
  readonly onShowAll: () => void;
}) {
  const { t } = useText();
  if (!any) {
    return (
      <EmptyState icon={<ListFilter size={26} />} title={t('settings.emptyTitle')}>
        {t('settings.emptyText')}
      </EmptyState>
    );
  }
  const searched = query !== '';
  return (
    <EmptyState
      icon={searched ? <SearchX size={26} /> : <ListFilter size={26} />}
      title={t(searched || !managedOnly ? 'settings.noneTitle' : 'settings.noneManagedTitle')}
      actions={
        <Button variant="default" onClick={onShowAll}>
          {t('settings.showAll')}
        </Button>
      }
    >
      {searched ? t('settings.noneText', { query }) : t('settings.noneManagedText')}
    </EmptyState>
  );
}
