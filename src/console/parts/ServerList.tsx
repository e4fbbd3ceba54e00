import { type ReactNode, use, useEffect, useState } from 'react';
import type { z } from 'zod';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { SearchField } from '../../shared-ui/SearchField.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import type { HubRequest } from '../hub/hub-client.ts';
import { type Loaded, type Question, useRead } from '../hub/use-read.ts';
import { Choice } from './Choice.tsx';
import { Field } from './Field.tsx';
import layout from './Layout.module.css';
import { ListName } from './list-name.ts';
import { Pages } from './Pages.tsx';
import classes from './ServerList.module.css';
import type { Sorting } from './sorting.ts';
import { type Column, type Selection, Table } from './Table.tsx';
import { UnreadableLink } from './UnreadableLink.tsx';
import { useFilters } from './use-filters.ts';
import { useSettled } from './use-settled.ts';

/** How many rows a page of a list may have; the first is the usual. */
export const PAGE_SIZES = [50, 100, 200] as const;

/** One page of a list as the hub answers it. */
export interface ListPage<Row> {
  readonly rows: readonly Row[];
  /** All that match; left out where the hub does not count. */
  readonly total?: number;
  readonly next: string | null;
}

/** What a list is made of. */
interface ServerListProps<Schema extends z.ZodType, Row> {
  readonly label: string;
  readonly path: string;
  /** What is asked for beside search, order and page. */
  readonly query?: HubRequest<Schema>['query'];
  /** What is asked, where it is too long for an address. */
  readonly question?: Question;
  readonly answer: Schema;
  readonly page: (answer: z.output<Schema>) => ListPage<Row>;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** The order that the hub uses unasked. */
  readonly usualSort?: string;
  /** Label of the search; left out, the list has none. */
  readonly search?: string;
  readonly filters?: ReactNode;
  /** "12 members". */
  readonly found?: (total: number) => string;
  readonly empty: EmptyText;
  readonly selection?: Selection<Row>;
  /** Between the filters and the rows, made from the answer. */
  readonly above?: (answer: z.output<Schema>) => ReactNode;
  /** In place of a table; the columns then say what can be sorted by. */
  readonly children?: (rows: readonly Row[]) => ReactNode;
}

/** What stands where there are no rows; a list in a panel has no picture and no title. */
interface EmptyText {
  readonly icon?: ReactNode;
  readonly title?: string;
  readonly text: ReactNode;
}

/**
 * A list that the hub searches, sorts and pages. What is shown is in the address (`search`, `sort`, `size`, `cursor`
 * and the filters of the page), so that the link can be sent to others and survives a reload. Of several lists on a page
 * all but one have a `name`, which stands before theirs.
 */
export function ServerList<Schema extends z.ZodType, Row>({
  name = '',
  ...props
}: ServerListProps<Schema, Row> & { readonly name?: string }) {
  return (
    <ListName value={name}>
      <List {...props} />
    </ListName>
  );
}

function List<Schema extends z.ZodType, Row>(props: ServerListProps<Schema, Row>) {
  const { path, answer, columns, usualSort, search, filters: fields, children } = props;
  const filters = useFilters();
  const sort = filters.get('sort');
  const loaded = useRead(
    {
      path,
      query: {
        ...props.query,
        ...(search === undefined ? {} : { search: filters.get('search') }),
        sort,
        cursor: filters.get('cursor'),
        limit: pageSize(filters.get('size')),
      },
      answer,
    },
    { keep: true, question: props.question },
  );
  // There is nothing yet to be searched or sorted.
  const nothing = loaded.state === 'ready' && !filters.some && props.page(loaded.value).rows.length === 0;
  const sorting = {
    by: sort === '' ? (usualSort ?? '') : sort,
    onSort: (by: string) => filters.set('sort', by === usualSort ? '' : by),
  };
  return (
    <>
      {nothing ? null : (
        <div className={layout.tools}>
          {search === undefined ? null : <AddressSearch label={search} />}
          {fields}
          <SortChoice {...{ columns, sorting }} usual={usualSort ?? ''} always={children !== undefined} />
        </div>
      )}
      {filters.some && isUnreadable(loaded) ? (
        <UnreadableLink onDrop={filters.drop} />
      ) : (
        <Gate loaded={loaded}>
          {(value) => (
            <div className={classes.answer} aria-busy={loaded.state === 'ready' && loaded.before}>
              <Page {...props} {...{ value, sorting, nothing }} />
            </div>
          )}
        </Gate>
      )}
    </>
  );
}

/** Whether the hub knows nothing of what it was asked for: an order, a filter, or a page. */
function isUnreadable<T>(loaded: Loaded<T>): boolean {
  return (
    loaded.state === 'failed' &&
    loaded.failure.kind === 'refused' &&
    loaded.failure.refusal.code === 'bad_request'
  );
}

function Page<Schema extends z.ZodType, Row>({
  value,
  sorting,
  nothing,
  ...props
}: ServerListProps<Schema, Row> & {
  readonly value: z.output<Schema>;
  readonly sorting: Sorting;
  readonly nothing: boolean;
}) {
  const { label, columns, rowKey, found, selection, above, children } = props;
  const { rows, total, next } = props.page(value);
  return (
    <>
      {above?.(value)}
      {found === undefined || total === undefined ? null : (
        <p className={nothing ? 'visually-hidden' : layout.dim} role="status">
          {found(total)}
        </p>
      )}
      {rows.length === 0 ? (
        <Empty {...props.empty} />
      ) : children === undefined ? (
        <Table
          label={label}
          rows={rows}
          rowKey={rowKey}
          columns={columns}
          sorting={sorting}
          selection={selection}
        />
      ) : (
        children(rows)
      )}
      <Pages next={next} sizes={PAGE_SIZES} />
    </>
  );
}

function Empty({ icon, title, text }: EmptyText) {
  const { t } = useConsoleText();
  const { get } = useFilters();
  if (title === undefined || icon === undefined) {
    const said = get('search') === '' ? text : t('list.nothingFound');
    return said === null ? null : <p className={layout.dim}>{said}</p>;
  }
  return (
    <EmptyState icon={icon} title={title}>
      {text}
    </EmptyState>
  );
}

/** The search of the address. */
function AddressSearch({ label }: { readonly label: string }) {
  const [typed, setTyped] = useAddressText('search');
  const named = use(ListName) !== '';
  // One field of a page can have the key.
  return <SearchField label={label} value={typed} onChange={setTyped} shortcut={!named} />;
}

/** Where the table has become cards, or there is none, no heads can be pressed. */
function SortChoice<Row>({
  columns,
  sorting,
  usual,
  always,
}: {
  readonly columns: readonly Column<Row>[];
  readonly sorting: Sorting;
  /** The order that the hub uses unasked. */
  readonly usual: string;
  readonly always: boolean;
}) {
  const { t } = useConsoleText();
  const options = columns.flatMap(({ title, sort }) =>
    sort === undefined
      ? []
      : [[sort, title] as const, [`-${sort}`, t('list.reversed', { column: title })] as const],
  );
  if (options.length === 0) return null;
  // An order that no column has, such as that of policies: it is what stands there, and there is a way back to it.
  const all = options.some(([by]) => by === usual)
    ? options
    : [[usual, t('list.usual')] as const, ...options];
  return (
    <div className={always ? undefined : classes.narrow}>
      <Choice label={t('list.sort')} value={sorting.by} options={all} onChange={sorting.onSort} />
    </div>
  );
}

/** A choice whose value is a filter of the address. */
export function FilterChoice({
  name,
  label,
  options,
}: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly (readonly [value: string, label: string])[];
}) {
  const { t } = useConsoleText();
  const { get, set } = useFilters();
  return (
    <Choice
      label={label}
      value={get(name)}
      options={[['', t('list.any')], ...options]}
      onChange={(value) => set(name, value)}
    />
  );
}

/** A filter of the address that is typed. */
export function FilterText({ name, label }: { readonly name: string; readonly label: string }) {
  const [typed, setTyped] = useAddressText(name);
  return <Field label={label} value={typed} onChange={setTyped} dim />;
}

/** Text that is put into the address once it stands still; what another link puts there is taken over. */
function useAddressText(name: string): readonly [text: string, onType: (text: string) => void] {
  const { get, set } = useFilters();
  const inAddress = get(name);
  const [typed, setTyped] = useState(inAddress);
  const [taken, setTaken] = useState(inAddress);
  const settled = useSettled(typed);
  // A link, or "back", changed the address: that is what stands in the field then.
  if (inAddress !== taken) {
    setTaken(inAddress);
    if (inAddress !== typed.trim()) setTyped(inAddress);
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed changes the address
  useEffect(() => {
    if (settled === typed && settled.trim() !== inAddress) set(name, settled.trim());
  }, [settled]);
  return [typed, setTyped];
}

function pageSize(typed: string): number {
  return PAGE_SIZES.find((size) => String(size) === typed) ?? PAGE_SIZES[0];
}
