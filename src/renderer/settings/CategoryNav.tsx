import Lock from 'lucide-react/icons/lock';
import { useEffect, useRef } from 'react';
import { keepInRow } from '../../shared-ui/keep-in-row.ts';
import { useText } from '../../shared-ui/text-context.tsx';
import { addressOf } from '../routing.ts';
import classes from './CategoryNav.module.css';
import type { ShownSetting } from './find-settings.ts';
import { useCategoryName } from './use-catalog.ts';

/** The catalog's categories, each with the number of settings that are locked in it. */
export function CategoryNav({
  settings,
  current,
}: {
  readonly settings: readonly ShownSetting[];
  /** `null`: all settings. */
  readonly current: string | null;
}) {
  const { t } = useText();
  const categoryName = useCategoryName();
  const list = useRef<HTMLElement>(null);
  const categories = [...new Set(settings.map((setting) => setting.registration.category))];
  // biome-ignore lint/correctness/useExhaustiveDependencies: another category is the reason to look again
  useEffect(() => keepInRow(list.current), [current]);
  return (
    <nav className={classes.nav} aria-label={t('settings.categories')} ref={list}>
      <CategoryLink
        label={t('settings.all')}
        address={addressOf('settings')}
        current={current === null}
        locked={0}
      />
      {categories.map((category) => (
        <CategoryLink
          key={category}
          label={categoryName(category)}
          address={addressOf('settings', category)}
          current={current === category}
          locked={
            settings.filter((setting) => setting.registration.category === category && setting.state.locked)
              .length
          }
        />
      ))}
    </nav>
  );
}

function CategoryLink({
  label,
  address,
  current,
  locked,
}: {
  readonly label: string;
  readonly address: string;
  readonly current: boolean;
  readonly locked: number;
}) {
  const { t } = useText();
  return (
    <a href={address} className={classes.link} aria-current={current ? 'page' : undefined}>
      <span className={classes.label}>{label}</span>
      {locked === 0 ? null : (
        <span className={classes.count}>
          <Lock size={11} aria-hidden />
          <span aria-hidden>{locked}</span>
          <span className="visually-hidden">{t('settings.lockedInCategory', { count: locked })}</span>
        </span>
      )}
    </a>
  );
}
