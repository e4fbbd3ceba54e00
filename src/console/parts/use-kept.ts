import { useCallback, useState } from 'react';
import type { z } from 'zod';
import { useHere } from '../organization-context.tsx';
import { keepInTab, nameInTab, readFromTab } from './kept-in-tab.ts';

/** What was typed into a form and not saved; it is there again after a reload. `what` names the form on this hub. */
export function useKept<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
): readonly [kept: z.output<Schema> | null, keep: (value: z.output<Schema> | null) => void] {
  const { caller, organization } = useHere();
  const name = nameInTab(caller.id, `${organization.id} ${what}`);
  const [kept, setKept] = useState<z.output<Schema> | null>(() => readFromTab(name, schema));
  const keep = useCallback(
    (value: z.output<Schema> | null) => {
      keepInTab(name, value);
      setKept(value);
    },
    [name],
  );
  return [kept, keep];
}
