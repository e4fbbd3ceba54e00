import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useConsoleText } from '../console-text.tsx';
import layout from './Layout.module.css';

const FIRST = 200;

/**
 * The first of many rows that are here already, and what says so and brings the next ones: a browser that lays out
 * thousands of them at once answers to nothing else meanwhile.
 */
export function useFirstRows<Row>(
  rows: readonly Row[],
  first = FIRST,
): readonly [shown: readonly Row[], more: ReactNode] {
  const { t, number } = useConsoleText();
  const [most, setMost] = useState(first);
  if (rows.length <= most) return [rows, null];
  const more = (
    <div className={layout.row}>
      <p className={layout.dim} role="status">
        {t('list.firstRows', { shown: number(most), total: number(rows.length) })}
      </p>
      <Button size="xs" variant="default" onClick={() => setMost(most + first)}>
        {t('list.moreRows', { count: Math.min(first, rows.length - most) })}
      </Button>
    </div>
  );
  return [rows.slice(0, most), more];
}
