import type { CatalogSetting } from '../shared/contracts/local-api.ts';
import { useLabels } from './labels-context.ts';
import { useText } from './text-context.tsx';

/**
 * Short facts about a setting that help before it is changed: its range, what it needs, who usually sets it. `idle`:
 * what it needs is not so at present.
 */
export function useHints(registration: CatalogSetting, idle = false): readonly string[] {
  const { t, list } = useText();
  const labelOf = useLabels();
  const hints: string[] = [];
  const { range, unit, requires = [], editableIn } = registration;
  if (range !== undefined) {
    const text =
      range.max === undefined
        ? t('settings.rangeFrom', { min: range.min })
        : t('settings.rangeBetween', { min: range.min, max: range.max });
    hints.push(unit === undefined ? text : `${text} ${unit}`);
  }
  if (requires.length > 0) {
    const needs = requires.map((need) => {
      const [id = '', value] = need.split('=');
      const setting = labelOf(id);
      return value === undefined
        ? t('settings.requiresOn', { setting })
        : t('settings.requiresValue', { setting, value });
    });
    hints.push(t(idle ? 'settings.requiresUnmet' : 'settings.requires', { settings: list(needs) }));
  }
  if (!editableIn.includes('gui')) hints.push(t('settings.adminOnly'));
  return hints;
}
