import { useEffect, useState } from 'react';
import {
  type Migration,
  migrationReportSchema,
  migrationSchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { useConsoleText } from '../console-text.tsx';
import { askHub, type Failure } from '../hub/hub-client.ts';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { ServerList } from '../parts/ServerList.tsx';
import { useChange } from '../parts/use-change.ts';
import { missingIn } from './move.ts';

/** As many are read at a time to be named; the hub answers no more. */
const AT_A_TIME = 500;

/**
 * Ends a move without whoever is missing, each of them named to the hub. They are read when this opens: whoever is
 * missing only since then was not shown, is not named, and makes the hub refuse.
 */
export function FinishWithout({
  migration,
  onClose,
}: {
  readonly migration: Migration;
  readonly onClose: () => void;
}) {
  const { t, number } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const path = api('migrations', migration.id);
  const { named, whole, failure } = useMissing(path);
  const submit = async () => {
    const body = { action: 'finish', without: named };
    const request = { method: 'POST', path: `${path}/advance`, body, answer: migrationSchema } as const;
    if ((await change.send(request)).ok) onClose();
  };
  return (
    <FormDialog
      title={t('migration.finishTitle', { count: missingIn(migration) })}
      submit={t('migration.finishWithout')}
      danger
      disabled={!whole}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>{t('migration.finishText')}</p>
      <FailureNotice failure={failure} />
      {whole || failure !== null ? null : (
        <p className={layout.dim} role="status">
          {t('migration.naming', { done: number(named.length), all: number(missingIn(migration)) })}
        </p>
      )}
      <div className={layout.stack}>
        <ServerList
          name="missing"
          label={t('migration.missingPeople')}
          path={path}
          query={{ state: 'missing' }}
          answer={migrationReportSchema}
          page={({ people, total, next }) => ({ rows: people, total, next })}
          rowKey={({ userId }) => userId}
          usualSort="email"
          search={t('migration.search')}
          empty={{ text: t('migration.allBack') }}
          columns={[
            { title: t('migration.person'), sort: 'email', cell: ({ email }) => email },
            { title: t('migration.state'), cell: ({ state }) => t(`migration.state.${state}`) },
          ]}
        />
      </div>
    </FormDialog>
  );
}

/** The accounts of all who are missing, a page after the other. */
function useMissing(path: string) {
  const [named, setNamed] = useState<readonly string[]>([]);
  const [whole, setWhole] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  useEffect(() => {
    const closing = new AbortController();
    const read = async () => {
      const found: string[] = [];
      for (let cursor: string | undefined; ; ) {
        const query = { state: 'missing', limit: AT_A_TIME, cursor };
        const answer = await askHub({ path, query, answer: migrationReportSchema, signal: closing.signal });
        if (closing.signal.aborted) return;
        if (!answer.ok) return setFailure(answer.failure);
        found.push(...answer.value.people.map(({ userId }) => userId));
        setNamed([...found]);
        if (answer.value.next === null) return setWhole(true);
        cursor = answer.value.next;
      }
    };
    void read();
    return () => closing.abort();
  }, [path]);
  return { named, whole, failure };
}
