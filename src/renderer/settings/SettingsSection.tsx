import Link2 from 'lucide-react/icons/link-2';
import { memo, useId, useMemo } from 'react';
import { useText } from '../../shared-ui/text-context.tsx';
import { useDrafts } from './DraftsContext.tsx';
import { isHeld } from './drafts.ts';
import type { Section, ShownSetting } from './find-settings.ts';
import { SEARCHED } from './mark-words.ts';
import { isIdle } from './requirements.ts';
import { SettingRow } from './SettingRow.tsx';
import classes from './SettingsSection.module.css';
import { useCategoryName } from './use-catalog.ts';

/**
 * The settings of a category; those that share a lock stand together and say so. What a search does not find is hidden
 * and stays drawn: to draw a hundred rows again takes longer than the frame in which a letter has to be answered.
 */
export const SettingsSection = memo(function SettingsSection({
  section,
  found = null,
  onExplain,
}: {
  readonly section: Section;
  /** Ids of the settings to show; `null`: all of them. */
  readonly found?: ReadonlySet<string> | null;
  readonly onExplain: (id: string) => void;
}) {
  const id = useId();
  const { drafts } = useDrafts();
  const categoryName = useCategoryName();
  const runs = useMemo(() => inGroups(section.settings), [section]);
  const inForce = (wanted: string) => {
    const state = section.settings.find((each) => each.state.id === wanted)?.state;
    if (state === undefined || isHeld(state)) return state?.value;
    return drafts.get(wanted)?.value ?? state.value;
  };
  const shows = ({ state }: ShownSetting) => found === null || found.has(state.id);
  return (
    <section aria-labelledby={id} className={classes.section} hidden={!section.settings.some(shows)}>
      <h2 id={id} className={classes.title} {...SEARCHED}>
        {categoryName(section.category)}
      </h2>
      {runs.map((run) => (
        <GroupCard key={run.key} shared={run.group !== null} shown={run.settings.filter(shows).length}>
          {run.settings.map((setting) => (
            <div key={setting.state.id} className={classes.place} hidden={!shows(setting)}>
              <SettingRow
                registration={setting.registration}
                state={setting.state}
                draft={drafts.get(setting.state.id)}
                idle={isIdle(setting.registration.requires ?? [], inForce)}
                onExplain={onExplain}
              />
            </div>
          ))}
        </GroupCard>
      ))}
    </section>
  );
});

function GroupCard({
  shared,
  shown,
  children,
}: {
  /** Whether its settings share a lock. */
  readonly shared: boolean;
  /** How many of its settings are shown. */
  readonly shown: number;
  readonly children: React.ReactNode;
}) {
  const { t } = useText();
  return (
    <div className={classes.card} hidden={shown === 0}>
      {shared && shown > 1 ? (
        <p className={classes.group} title={t('settings.groupWhy')}>
          <Link2 size={14} aria-hidden />
          <span>{t('settings.groupWhy')}</span>
        </p>
      ) : null}
      {children}
    </div>
  );
}

interface Run {
  readonly key: string;
  readonly group: string | null;
  readonly settings: ShownSetting[];
}

/** Cuts a category into runs of settings that share a lock, keeping the catalog's order. */
function inGroups(settings: readonly ShownSetting[]): readonly Run[] {
  const runs: Run[] = [];
  for (const setting of settings) {
    const { group } = setting.registration;
    const last = runs.at(-1);
    if (last !== undefined && last.group === group) last.settings.push(setting);
    else runs.push({ key: setting.registration.id, group, settings: [setting] });
  }
  return runs;
}
