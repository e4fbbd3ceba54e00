import { Button } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import { type Kept, restorationSchema } from '../../shared/contracts/hub-deletions.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { type Loaded, useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { type ListPage, ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';
import { useJustDeleted } from './just-deleted.ts';

/** A kind of things that can be deleted, and how they come back. */
export interface KeptSource<List extends z.ZodType, Thing extends Kept, Answer extends z.ZodType> {
  /** Of the API below the organization: "deletions". */
  readonly path: string;
  readonly query?: { readonly [name: string]: string };
  readonly list: List;
  readonly page: (answer: z.output<List>) => ListPage<Thing> & { readonly total: number };
  readonly answer: Answer;
  /** "Deleted" or "Removed": what the page calls it. */
  readonly word: 'deleted' | 'removed';
  /** What the list is, below its title. */
  readonly text: string;
  readonly columns?: readonly Column<Thing>[];
  /** What comes back, for the question before. */
  readonly about: (thing: Thing) => ReactNode;
  /** Whether another name can be given. */
  readonly renames: boolean;
  /** What came back. */
  readonly restored: (answer: z.output<Answer>) => ReactNode;
}

/** The list of what was deleted and can come back; not there when nothing was. */
export function KeptList<List extends z.ZodType, Thing extends Kept, Answer extends z.ZodType>({
  source,
}: {
  readonly source: KeptSource<List, Thing, Answer>;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters('deleted');
  const { deleted, forget } = useJustDeleted();
  const [asking, setAsking] = useState<Thing | null>(null);
  const [restored, setRestored] = useState<z.output<Answer> | null>(null);
  const columns = useColumns(source.columns ?? [], setAsking);
  const any: Loaded<z.output<List>> = useRead({
    path: api(source.path),
    query: { ...source.query, limit: 1 },
    answer: source.list,
  });
  const nothing = any.state !== 'ready' || source.page(any.value).total === 0;
  const back = (answer: z.output<Answer>) => {
    setRestored(answer);
    // What came back from the list is nothing to undo any more.
    if (deleted?.id === asking?.id) forget();
  };
  return (
    <div className={layout.stack}>
      {restored === null ? null : (
        <Notice tone="good" live>
          {source.restored(restored)}
        </Notice>
      )}
      {nothing && get('search') === '' ? null : (
        <Panel title={t(`deleted.title.${source.word}`)} text={source.text}>
          <div className={layout.stack}>
            <ServerList
              name="deleted"
              label={t(`deleted.title.${source.word}`)}
              path={api(source.path)}
              {...(source.query === undefined ? {} : { query: source.query })}
              answer={source.list}
              page={source.page}
              columns={columns}
              rowKey={({ id }) => id}
              usualSort="-deleted"
              search={t('deleted.search')}
              empty={{ text: t('list.nothingFoundText') }}
            />
          </div>
        </Panel>
      )}
      {asking === null ? null : (
        <RestoreDialog thing={asking} source={source} onClose={() => setAsking(null)} onRestored={back} />
      )}
    </div>
  );
}

function useColumns<Thing extends Kept>(
  own: readonly Column<Thing>[],
  onAsk: (thing: Thing) => void,
): readonly Column<Thing>[] {
  const { t } = useConsoleText();
  return [
    { title: t('policies.name'), sort: 'name', cell: ({ name }) => name },
    ...own,
    { title: t('deleted.by'), sort: 'by', cell: ({ deletedBy }) => deletedBy },
    { title: t('deleted.at'), sort: 'deleted', cell: ({ deletedAt }) => <When at={deletedAt} /> },
    { title: t('deleted.keptUntil'), cell: ({ keptUntil }) => <When at={keptUntil} /> },
    {
      title: t('list.actions'),
      quiet: true,
      cell: (thing) => (
        <Button
          size="xs"
          variant="default"
          aria-label={t('deleted.restoreNamed', { name: thing.name })}
          onClick={() => onAsk(thing)}
        >
          {t('deleted.restore')}
        </Button>
      ),
    },
  ];
}

/** At the top of a page: says what was deleted just now, and takes it back at once. */
export function UndoNotice<List extends z.ZodType, Thing extends Kept, Answer extends z.ZodType>({
  source,
}: {
  readonly source: KeptSource<List, Thing, Answer>;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const { deleted, forget } = useJustDeleted();
  const [restored, setRestored] = useState<z.output<Answer> | null>(null);
  if (deleted === null)
    return restored === null ? null : (
      <Notice tone="good" live>
        {source.restored(restored)}
      </Notice>
    );
  const undo = async () => {
    const path = api(source.path, deleted.id, 'restore');
    const answer = await change.send({ method: 'POST', path, body: {}, answer: source.answer });
    if (!answer.ok) return;
    setRestored(answer.value);
    forget();
  };
  return (
    <div className={layout.stack}>
      <Notice
        live
        actions={
          <Button size="xs" variant="default" loading={change.busy} onClick={() => void undo()}>
            {t('deleted.undo')}
          </Button>
        }
      >
        {t(`deleted.justNow.${source.word}`, { name: deleted.name })}
      </Notice>
      <FailureNotice failure={change.failure} />
    </div>
  );
}

/** Asks under which name: something else may have taken the old one. */
function RestoreDialog<List extends z.ZodType, Thing extends Kept, Answer extends z.ZodType>({
  thing,
  source,
  onClose,
  onRestored,
}: {
  readonly thing: Thing;
  readonly source: KeptSource<List, Thing, Answer>;
  readonly onClose: () => void;
  readonly onRestored: (answer: z.output<Answer>) => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [name, setName] = useState(thing.name);
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    const checked = checkForm(restorationSchema, source.renames ? { name } : {});
    setProblem(checked.ok ? undefined : checked.problems.name);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'POST',
      path: api(source.path, thing.id, 'restore'),
      body: checked.value,
      answer: source.answer,
    });
    if (!answer.ok) return;
    onRestored(answer.value);
    onClose();
  };
  return (
    <FormDialog
      title={t('deleted.restoreTitle', { name: thing.name })}
      submit={t('deleted.restore')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      {source.about(thing)}
      {source.renames ? (
        <Field label={t('policies.name')} problem={problem} value={name} onChange={setName} />
      ) : null}
    </FormDialog>
  );
}
