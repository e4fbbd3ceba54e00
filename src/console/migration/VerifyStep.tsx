import { Button } from '@mantine/core';
import { useState } from 'react';
import { migrationSchema } from '../../shared/contracts/hub-provisioning.ts';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { useChange } from '../parts/use-change.ts';
import { FinishWithout } from './FinishWithout.tsx';
import { type Move, missingIn } from './move.ts';

/** Looks who came back, and ends the move: without those who did not only when each of them was shown and agreed to. */
export function VerifyStep({ migration }: Move) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [asking, setAsking] = useState<'cancel' | 'finish' | null>(null);
  const path = api('migrations', migration.id, 'advance');
  const take = (action: 'verify' | 'finish') =>
    change.send({ method: 'POST', path, body: { action }, answer: migrationSchema });
  const missing = missingIn(migration);
  return (
    <>
      <p className={layout.dim}>{t('migration.verifyText')}</p>
      <p role="status">{missing > 0 ? t('migration.missing', { count: missing }) : t('migration.allBack')}</p>
      <FailureNotice failure={change.failure} />
      <div className={layout.row}>
        <Button variant="default" size="xs" loading={change.busy} onClick={() => void take('verify')}>
          {t('migration.verify')}
        </Button>
        <Button
          size="xs"
          variant={missing > 0 ? 'default' : 'filled'}
          disabled={change.busy}
          onClick={() => (missing > 0 ? setAsking('finish') : void take('finish'))}
        >
          {t('migration.finish')}
        </Button>
        <Button variant="default" size="xs" disabled={change.busy} onClick={() => setAsking('cancel')}>
          {t('migration.cancel')}
        </Button>
      </div>
      {asking === 'cancel' ? <Cancel path={path} onClose={() => setAsking(null)} /> : null}
      {asking === 'finish' ? <FinishWithout migration={migration} onClose={() => setAsking(null)} /> : null}
    </>
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
