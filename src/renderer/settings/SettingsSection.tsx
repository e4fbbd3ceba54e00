import Link2 from 'lucide-react/icons/link-2';
import { memo, useId } from 'react';
import { useText } from '../../shared-ui/text-context.tsx';
import { useDrafts } from './DraftsContext.tsx';
import type { Section, ShownSetting } from './find-settings.ts';
import { SettingRow } from './SettingRow.tsx';
import classes from './SettingsSection.module.css';
import { useCategoryName } from './use-catalog.ts';

/** The settings of a category; those that share a lock stand together and say so. */
export const SettingsSection = memo(function SettingsSection({
  section,
  words,
  onExplain,
}: {
  readonly section: Section;
  readonly words: readonly string[];
  readonly onExplain: (id: string) => void;
}) {
  const id = useId();
  const { drafts } = useDrafts();
  const categoryName = useCategoryName();
  return (
    <section aria-labelledby={id} className={classes.section}>
      <h2 id={id} className={classes.title}>
        {categoryName(section.category)}
      </h2>
      {inGroups(section.settings).map((run) => (
        <GroupCard key={run.key} group={run.group !== null && run.settings.length > 1}>
          {run.settings.map(({ registration, state }) => (
            <SettingRow
              key={state.id}
              registration={registration}
              state={state}
              draft={drafts.get(state.id)}
              words={words}
              onExplain={onExplain}
            />
          ))}
        </GroupCard>
      ))}
    </section>
  );
});

function GroupCard({ group, children }: { readonly group: boolean; readonly children: React.ReactNode }) {
  const { t } = useText();
  return (
    <div className={classes.card}>
      {group ? (
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
