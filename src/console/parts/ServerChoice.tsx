import { useState } from 'react';
import type { z } from 'zod';
import { SearchField } from '../../shared-ui/SearchField.tsx';
import { useConsoleText } from '../console-text.tsx';
import type { HubRequest } from '../hub/hub-client.ts';
import { useRead } from '../hub/use-read.ts';
import { Choice } from './Choice.tsx';
import layout from './Layout.module.css';
import { useSettled } from './use-settled.ts';

/** How many can be chosen from without a search. */
const MOST = 50;

type Option = readonly [value: string, label: string];

/** What is chosen from: a list of the API. */
export interface Source<Schema extends z.ZodType> {
  readonly path: string;
  /** What is asked for beside the search. */
  readonly query?: HubRequest<Schema>['query'];
  readonly answer: Schema;
  readonly options: (answer: z.output<Schema>) => readonly Option[];
  /** How many there are, on whatever page. */
  readonly total: (answer: z.output<Schema>) => number;
  readonly enabled?: boolean;
}

/** Some of what can be chosen, and how to look for the rest. */
export interface Choices {
  readonly options: readonly Option[];
  readonly ready: boolean;
  /** `null` where all of it is there anyway. */
  readonly search: { readonly typed: string; readonly total: number; type(text: string): void } | null;
}

/** Reads the first of what can be chosen; where there are more, they are searched for by the hub. */
export function useChoices<Schema extends z.ZodType>({
  path,
  query,
  answer,
  options,
  total,
  enabled = true,
}: Source<Schema>): Choices {
  const [typed, type] = useState('');
  const search = useSettled(typed.trim());
  const loaded = useRead({ path, query: { ...query, search, limit: MOST }, answer }, { keep: true, enabled });
  if (loaded.state !== 'ready') return { options: [], ready: false, search: null };
  const count = total(loaded.value);
  return {
    options: options(loaded.value),
    ready: true,
    search: typed === '' && count <= MOST ? null : { typed, total: count, type },
  };
}

/** A choice among what the hub lists. What is chosen stays there, also where the search does not find it. */
export function ServerChoice({
  label,
  searchLabel,
  value,
  choices,
  first = [],
  nameOf,
  onChange,
}: {
  readonly label: string;
  readonly searchLabel: string;
  readonly value: string;
  readonly choices: Choices;
  /** What stands before all of it: "Any". */
  readonly first?: readonly Option[];
  /** Name of what was chosen elsewhere and is not among what was found; left out: its value. */
  readonly nameOf?: (value: string) => string;
  readonly onChange: (value: string) => void;
}) {
  const known = [...first, ...choices.options];
  const chosen = known.find(([each]) => each === value);
  const [last, setLast] = useState<Option | undefined>(chosen);
  // Its name is known from when it was chosen.
  if (chosen !== undefined && chosen[1] !== last?.[1]) setLast(chosen);
  const kept = last?.[0] === value ? last : ([value, nameOf?.(value) ?? value] as const);
  return (
    <div className={layout.choose}>
      <ChoiceSearch label={searchLabel} choices={choices} />
      <Choice
        label={label}
        value={value}
        options={chosen !== undefined || value === '' ? known : [kept, ...known]}
        onChange={onChange}
      />
    </div>
  );
}

/** The search over what can be chosen, where there is more of it than is shown. */
export function ChoiceSearch({ label, choices }: { readonly label: string; readonly choices: Choices }) {
  const { t, number } = useConsoleText();
  const { search, options } = choices;
  if (search === null) return null;
  return (
    <>
      <SearchField label={label} value={search.typed} onChange={search.type} />
      <p className={layout.dim} role="status">
        {search.total > options.length
          ? t('list.choicesSome', { shown: number(options.length), total: number(search.total) })
          : t('list.choices', { count: search.total })}
      </p>
    </>
  );
}
