import { Button, Loader } from '@mantine/core';
import { useRef, useState } from 'react';
import { migrationAdvanceSchema, migrationSchema } from '../../shared/contracts/hub-provisioning.ts';
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

/** Removes in batches, one or all. The hub keeps who is done: whoever leaves this page goes on where it stopped. */
export function RemoveStep({ connection, migration, ready }: Move & { readonly ready: boolean }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [batch, setBatch] = useState(BATCH);
  const [problem, setProblem] = useState<string>();
  const [asking, setAsking] = useState<'one' | 'all' | null>(null);
  const [running, setRunning] = useState(false);
  const paused = useRef(false);
  const { waiting } = migration.counts;
  const path = api('migrations', migration.id, 'advance');
  const wanted = () => {
    const checked = checkForm(migrationAdvanceSchema, { action: 'remove', batch: Number(batch) });
    setProblem(checked.ok ? undefined : checked.problems.batch);
    return checked.ok ? checked.value : null;
  };
  const run = async (all: boolean) => {
    const body = wanted();
    setAsking(null);
    if (body === null) return;
    paused.current = false;
    setRunning(true);
    for (let more = true; more; ) {
      const answer = await change.send({ method: 'POST', path, body, answer: migrationSchema });
      more = all && !paused.current && answer.ok && answer.value.counts.waiting > 0;
    }
    setRunning(false);
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
              <Loader size="xs" aria-hidden /> {t('migration.running')}
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
      <FailureNotice failure={change.failure} />
      {waiting === 0 ? null : (
        <div className={layout.row}>
          <Button size="xs" disabled={!ready || running} onClick={() => setAsking('one')}>
            {t('migration.removeBatch')}
          </Button>
          <Button variant="default" size="xs" disabled={!ready || running} onClick={() => setAsking('all')}>
            {t('migration.removeAll')}
          </Button>
          {running ? (
            <Button
              variant="default"
              size="xs"
              onClick={() => {
                paused.current = true;
              }}
            >
              {t('migration.pause')}
            </Button>
          ) : null}
        </div>
      )}
      {asking === null ? null : (
        <FormDialog
          title={t('migration.removeTitle', {
            count: asking === 'all' ? waiting : Math.min(Number(batch), waiting),
          })}
          submit={t(asking === 'all' ? 'migration.removeAll' : 'migration.removeBatch')}
          danger
          change={change}
          onClose={() => setAsking(null)}
          onSubmit={() => void run(asking === 'all')}
        >
          <p>{t('migration.removeConfirm')}</p>
        </FormDialog>
      )}
    </>
  );
}
