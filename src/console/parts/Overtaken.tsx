import { Button } from '@mantine/core';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useConsoleText } from '../console-text.tsx';
import layout from './Layout.module.css';

/** One field that a person can change: what it is called, and what it holds as they would say it. */
export type Told<Thing> = readonly [label: string, say: (thing: Thing) => string];

/** Somebody else was faster: what they changed, while everything typed here stays until its author decides. */
export function Overtaken<Thing>({
  overtaken,
  fields,
  onTheirs,
}: {
  readonly overtaken: { readonly from: Thing; readonly now: Thing } | null;
  readonly fields: readonly Told<Thing>[];
  /** Drops what was typed. */
  readonly onTheirs: () => void;
}) {
  const { t } = useConsoleText();
  if (overtaken === null) return null;
  const { from, now } = overtaken;
  return (
    <Notice
      tone="warn"
      live
      title={t('overtaken.title')}
      actions={
        <Button variant="default" size="xs" onClick={onTheirs}>
          {t('overtaken.theirs')}
        </Button>
      }
    >
      <p>{t('overtaken.text')}</p>
      <ul className={layout.plain}>
        {fields
          .filter(([, say]) => say(from) !== say(now))
          .map(([label, say]) => (
            <li key={label}>
              {t('overtaken.change', {
                field: label,
                from: say(from) === '' ? t('overtaken.nothing') : say(from),
                now: say(now) === '' ? t('overtaken.nothing') : say(now),
              })}
            </li>
          ))}
      </ul>
    </Notice>
  );
}
