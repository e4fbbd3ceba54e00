import { Button } from '@mantine/core';
import { useConsoleText } from '../console-text.tsx';
import classes from './Layout.module.css';
import { useFilters } from './use-filters.ts';

/** Turns the pages of a list that the hub pages: forward, and back to the start. */
export function Pages({ next }: { readonly next: string | null }) {
  const { t } = useConsoleText();
  const filters = useFilters();
  const first = filters.get('cursor') === '';
  if (first && next === null) return null;
  return (
    <nav className={classes.row} aria-label={t('list.pages')}>
      <Button variant="default" size="xs" disabled={first} onClick={() => filters.set('cursor', '')}>
        {t('list.first')}
      </Button>
      <Button
        variant="default"
        size="xs"
        disabled={next === null}
        onClick={() => filters.set('cursor', next ?? '')}
      >
        {t('list.next')}
      </Button>
    </nav>
  );
}
