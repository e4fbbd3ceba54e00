import { Button } from '@mantine/core';
import { useConsoleText } from '../console-text.tsx';
import { Choice } from './Choice.tsx';
import classes from './Layout.module.css';
import { useFilters } from './use-filters.ts';

/** Turns the pages of a list that the hub pages: forward, and back to the start. */
export function Pages({
  next,
  sizes = [],
}: {
  readonly next: string | null;
  /** How many rows a page may have, the usual first; kept in the address as `size`. */
  readonly sizes?: readonly number[];
}) {
  const { t, number } = useConsoleText();
  const filters = useFilters();
  const first = filters.get('cursor') === '';
  if (first && next === null && filters.get('size') === '') return null;
  return (
    <nav className={classes.between} aria-label={t('list.pages')}>
      <div className={classes.row}>
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
      </div>
      {sizes.length === 0 ? null : (
        <Choice
          label={t('list.size')}
          value={filters.get('size') === '' ? String(sizes[0]) : filters.get('size')}
          options={sizes.map((size) => [String(size), number(size)])}
          onChange={(size) => filters.set('size', size === String(sizes[0]) ? '' : size)}
        />
      )}
    </nav>
  );
}
