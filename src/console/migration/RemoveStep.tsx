import { Button, Loader } from '@mantine/core';
import { useState } from 'react';
import { migrationAdvanceSchema, migrationSchema } from '../../shared/contracts/hub-provisioning.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { useChange } from '../parts/use-change.ts';
import { everybodyIn, type Move } from './move.ts';

const BATCH = '50';

/** The next batch by this page, or everybody by the hub. */
type Removal = 'remove' | 'remove-all';

/**
 * Removes the next batch, or lets the hub remove everybody: that goes on when this page is closed, and the hub keeps who
 * is done.
 */
export function RemoveStep({ connection, migration, ready }: Move & { readonly ready: boolean }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [batch, setBatch] = useState(BATCH);
  const [problem, setProblem] = useState<string>();
  const [asking, setAsking] = useState<Removal | null>(null);
  const { waiting } = migration.counts;
  const { removal } = migration;
  const carried = removal?.running === true;
  const running = carried || change.busy;
  const path = api('migrations', migration.id, 'advance');
  const send = (body: object) => change.send({ method: 'POST', path, body, answer: migrationSchema });
  const run = async (action: Removal) => {
    const wanted = action === 'remove' ? { action, batch: Number(batch) } : { action };
    const checked = checkForm(migrationAdvanceSchema, wanted);
    setProblem(checked.ok ? undefined : checked.problems.batch);
    setAsking(null);
    if (checked.ok) await send(checked.value);
  };
  const all = everybodyIn(migration);
  const done = all - waiting;
  return (
    <>
      <p className={layout.dim}>{t('migration.removeText')}</p>
      <p className={layout.dim}>{t(connection.jit ? 'migration.jitOn' : 'migration.jitOff')}</p>
      {all === 0 ? (
        <p>{t('migration.nobodyHere')}</p>
      ) : (
        <div className={layout.row}>
          <progress
            className={layout.progress}
            value={done}
            max={all}
            aria-label={t('migration.step.remove')}
          />
          <span role="status">{t('migration.progress', { done, all })}</span>
          {running ? (
            <span className={layout.row}>
              <Loader size="xs" aria-hidden />
              {carried ? t('migration.carried', { actor: removal.by }) : t('migration.running')}
            </span>
          ) : null}
        </div>
      )}
      {waiting === 0 ? null : (
        <Field
          label={t('migration.batch')}
          hint={t('migration.batchHint')}
          type="number"
          problem={problem}
          value={batch}
          onChange={setBatch}
        />
      )}
      {removal === null || removal.problem === null || running ? null : (
        <Notice tone="warn">{t('migration.stopped', { why: removal.problem })}</Notice>
      )}
      <FailureNotice failure={change.failure} />
      {waiting === 0 ? null : (
        <div className={layout.row}>
          <Button size="xs" disabled={!ready || running} onClick={() => setAsking('remove')}>
            {t('migration.removeBatch')}
          </Button>
          <Button
            variant="default"
            size="xs"
            disabled={!ready || running}
            onClick={() => setAsking('remove-all')}
          >
            {t('migration.removeAll')}
          </Button>
          {carried ? (
            <Button
              variant="default"
              size="xs"
              disabled={change.busy}
              onClick={() => void send({ action: 'pause' })}
            >
              {t('migration.pause')}
            </Button>
          ) : null}
        </div>
      )}
      {asking === null ? null : (
        <FormDialog
          title={t('migration.removeTitle', {
            count: asking === 'remove-all' ? waiting : Math.min(Number(batch), waiting),
          })}
          submit={t(asking === 'remove-all' ? 'migration.removeAll' : 'migration.removeBatch')}
          danger
          change={change}
          onClose={() => setAsking(null)}
          onSubmit={() => void run(asking)}
        >
          <p>{t('migration.removeConfirm')}</p>
          {asking === 'remove-all' ? <p>{t('migration.carriedConfirm')}</p> : null}
        </FormDialog>
      )}
    </>
  );
}
