import { SegmentedControl, useMantineColorScheme } from '@mantine/core';
import Monitor from 'lucide-react/icons/monitor';
import Moon from 'lucide-react/icons/moon';
import Sun from 'lucide-react/icons/sun';
import type { ReactNode } from 'react';
import { useText } from '../../shared-ui/text-context.tsx';
import classes from './Appearance.module.css';

const ICONS = { light: Sun, dark: Moon, auto: Monitor } as const;
const SCHEMES = ['light', 'dark', 'auto'] as const;

/** Light, dark, or as the system is; kept for this tab. */
export function Appearance() {
  const { t } = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const label = (scheme: (typeof SCHEMES)[number]): ReactNode => {
    const Icon = ICONS[scheme];
    return (
      <span className={classes.option} title={t(`scheme.${scheme}`)}>
        <Icon size={15} aria-hidden />
        <span className="visually-hidden">{t(`scheme.${scheme}`)}</span>
      </span>
    );
  };
  return (
    <SegmentedControl
      size="xs"
      className={classes.control}
      aria-label={t('scheme.label')}
      value={colorScheme}
      data={SCHEMES.map((scheme) => ({ value: scheme, label: label(scheme) }))}
      onChange={(value) => setColorScheme(SCHEMES.find((scheme) => scheme === value) ?? 'auto')}
    />
  );
}
