import { Button } from '@mantine/core';
import { useState } from 'react';
import { type MigrationPerson, migrationSchema } from '../../shared/contracts/hub-provisioning.ts';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { useChange } from '../parts/use-change.ts';
import type { Move } from './move.ts';

/** Looks who came back, and ends the move: without those who did not only when each of them was shown and agreed to. */
export function VerifyStep({ migration, people }: Move) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [asking, setAsking] = useState<'cancel' | 'finish' | null>(null);
  const path = api('migrations', migration.id, 'advance');
  const take = (action: 'verify' | 'finish') =>
    change.send({ method: 'POST', path, body: { action }, answer: migrationSchema });
  const missing = people.filter(({ state }) => MISSING.has(state));
  return (
    <>
      <p className={layout.dim}>{t('migration.verifyText')}</p>
      <p role="status">
        {missing.length > 0 ? t('migration.missing', { count: missing.length }) : t('migration.allBack')}
      </p>
      <FailureNotice failure={change.failure} />
      <div className={layout.row}>
        <Button variant="default" size="xs" loading={change.busy} onClick={() => void take('verify')}>
          {t('migration.verify')}
        </Button>
        <Button
          size="xs"
          disabled={change.busy}
          onClick={() => (missing.length > 0 ? setAsking('finish') : void take('finish'))}
        >
          {t('migration.finish')}
        </Button>
        <Button variant="default" size="xs" disabled={change.busy} onClick={() => setAsking('cancel')}>
          {t('migration.cancel')}
        </Button>
      </div>
      {asking === 'cancel' ? <Cancel path={path} onClose={() => setAsking(null)} /> : null}
      {asking === 'finish' ? (
        <FinishWithout path={path} missing={missing} onClose={() => setAsking(null)} />
      ) : null}
    </>
  );
}

/** The file of the report has all of them. */
const MOST_SHOWN = 200;
const MISSING: ReadonlySet<MigrationPerson['state']> = new Set(['waiting', 'removed', 'refused']);

function FinishWithout({
  path,
  missing,
  onClose,
}: {
  readonly path: string;
  readonly missing: readonly MigrationPerson[];
  readonly onClose: () => void;
}) {
  const { t } = useConsoleText();
  const change = useChange();
  const submit = async () => {
    const body = { action: 'finish', without: missing.map(({ userId }) => userId) };
    if ((await change.send({ method: 'POST', path, body, answer: migrationSchema })).ok) onClose();
  };
  return (
    <FormDialog
      title={t('migration.finishTitle', { count: missing.length })}
      submit={t('migration.finishWithout')}
      danger
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>{t('migration.finishText')}</p>
      <Table
        label={t('migration.missingPeople')}
        rows={missing.slice(0, MOST_SHOWN)}
        rowKey={({ userId }) => userId}
        columns={[
          { title: t('migration.person'), cell: ({ email }) => email },
          { title: t('migration.state'), cell: ({ state }) => t(`migration.state.${state}`) },
        ]}
      />
      {missing.length > MOST_SHOWN ? (
        <p className={layout.dim}>{t('migration.moreShown', { count: missing.length - MOST_SHOWN })}</p>
      ) : null}
    </FormDialog>
  );
}

function Cancel({ path, onClose }: { readonly path: string; readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const change = useChange();
  const submit = async () => {
    const body = { action: 'cancel' };
    if ((await change.send({ method: 'POST', path, body, answer: migrationSchema })).ok) onClose();
  };
  return (
    <FormDialog
      title={t('migration.cancelTitle')}
      submit={t('migration.cancel')}
      danger
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <p>{t('migration.cancelText')}</p>
    </FormDialog>
  );
}
