import { Checkbox } from '@mantine/core';
import ArrowDown from 'lucide-react/icons/arrow-down';
import ArrowUp from 'lucide-react/icons/arrow-up';
import ArrowUpDown from 'lucide-react/icons/arrow-up-down';
import type { ReactNode } from 'react';
import { useConsoleText } from '../console-text.tsx';
import { type Sorting, turned } from './sorting.ts';
import classes from './Table.module.css';

/** One column. On a narrow page its title stands before each value. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Only for those who listen: a column of buttons. */
  readonly quiet?: boolean;
  /** A number, to be compared with those above and below it: its digits stand under theirs. */
  readonly number?: boolean;
  /** What the hub calls this order; left out, rows cannot be sorted by it. */
  readonly sort?: string;
}

/** Which rows are chosen, for something to be done with them. */
export interface Selection<Row> {
  readonly chosen: ReadonlySet<string>;
  readonly label: (row: Row) => string;
  readonly onChoose: (keys: readonly string[], chosen: boolean) => void;
}

interface TableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly sorting?: Sorting;
  readonly selection?: Selection<Row> | undefined;
}

/** A table that becomes a list of cards where it does not fit. The first column names the row. */
export function Table<Row>(props: TableProps<Row>) {
  const { label, columns, rows, rowKey, sorting, selection } = props;
  const { t } = useConsoleText();
  const keys = rows.map(rowKey);
  const chosen = keys.filter((key) => selection?.chosen.has(key) === true).length;
  return (
    <div className={classes.frame}>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            {selection === undefined ? null : (
              <th scope="col" className={classes.box} data-title={t('list.chooseAll')}>
                <Checkbox
                  aria-label={t('list.chooseAll')}
                  checked={chosen > 0 && chosen === keys.length}
                  indeterminate={chosen > 0 && chosen < keys.length}
                  onChange={(event) => selection.onChoose(keys, event.currentTarget.checked)}
                />
              </th>
            )}
            {columns.map((column) => (
              <Head key={column.title} column={column} sorting={sorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={rowKey(row)} row={row} {...props} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<Row>({
  column: { title, quiet, sort, number },
  sorting,
}: {
  readonly column: Column<Row>;
  readonly sorting: Sorting | undefined;
}) {
  if (quiet === true)
    return (
      <th scope="col">
        <span className="visually-hidden">{title}</span>
      </th>
    );
  if (sort === undefined || sorting === undefined)
    return (
      <th scope="col" data-number={number}>
        {title}
      </th>
    );
  const direction = sorting.by === sort ? 'ascending' : sorting.by === `-${sort}` ? 'descending' : 'none';
  const Icon = { ascending: ArrowUp, descending: ArrowDown, none: ArrowUpDown }[direction];
  return (
    <th scope="col" aria-sort={direction} data-number={number}>
      <button type="button" className={classes.sort} onClick={() => sorting.onSort(turned(sorting.by, sort))}>
        {title}
        <Icon size={13} aria-hidden />
      </button>
    </th>
  );
}

function Row<Row>({ row, columns, rowKey, selection }: TableProps<Row> & { readonly row: Row }) {
  const key = rowKey(row);
  const chosen = selection?.chosen.has(key) === true;
  return (
    <tr data-chosen={chosen || undefined}>
      {selection === undefined ? null : (
        <td className={classes.box}>
          <Checkbox
            aria-label={selection.label(row)}
            checked={chosen}
            onChange={(event) => selection.onChoose([key], event.currentTarget.checked)}
          />
        </td>
      )}
      {columns.map(({ title, cell, quiet, number }, index) =>
        index === 0 ? (
          <th key={title} scope="row">
            <div className={classes.cell}>{cell(row)}</div>
          </th>
        ) : (
          <td
            key={title}
            data-title={quiet === true ? undefined : title}
            data-number={number}
            className={quiet === true ? classes.actions : undefined}
          >
            <div className={classes.cell}>{cell(row)}</div>
          </td>
        ),
      )}
    </tr>
  );
}
