import { useMantineColorScheme } from '@mantine/core';
import Monitor from 'lucide-react/icons/monitor';
import Moon from 'lucide-react/icons/moon';
import Sun from 'lucide-react/icons/sun';
import { useId } from 'react';
import classes from './Appearance.module.css';
import { WITHOUT_STYLES } from './Identity.tsx';
import { useText } from './text-context.tsx';

const SCHEMES = [
  ['light', Sun],
  ['dark', Moon],
  ['auto', Monitor],
] as const;

/** Light, dark, or as the system is; kept for this tab. */
export function Appearance() {
  const { t } = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme(WITHOUT_STYLES);
  const name = useId();
  return (
    <fieldset className={classes.control}>
      <legend className="visually-hidden">{t('scheme.label')}</legend>
      {SCHEMES.map(([scheme, Icon]) => (
        <label key={scheme} className={classes.option} title={t(`scheme.${scheme}`)}>
          <input
            type="radio"
            className="visually-hidden"
            name={name}
            checked={colorScheme === scheme}
            onChange={() => setColorScheme(scheme)}
          />
          <Icon size={15} aria-hidden />
          <span className="visually-hidden">{t(`scheme.${scheme}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}
