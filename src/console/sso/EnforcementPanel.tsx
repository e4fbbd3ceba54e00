import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Connection } from '../../shared/contracts/hub-sso.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { useConnectionEdit } from './use-connection-edit.ts';

/** Whether passwords of the hub are still accepted in the connection's domains. */
export function EnforcementPanel({ connection }: { readonly connection: Connection }) {
  const { t, list } = useConsoleText();
  const { enforced, ready } = connection;
  const [asking, setAsking] = useState(false);
  const domains = connection.domains.length === 0 ? t('sso.everyDomain') : list(connection.domains);
  return (
    <Panel
      title={t('sso.enforcement')}
      text={t('sso.enforcementText')}
      actions={
        <Button variant="default" size="xs" disabled={!ready && !enforced} onClick={() => setAsking(true)}>
          {t(enforced ? 'sso.enforceEnd' : 'sso.enforce')}
        </Button>
      }
    >
      <p className={layout.dim}>{t(enforced ? 'sso.enforcedNow' : 'sso.notEnforcedNow', { domains })}</p>
      {ready || enforced ? null : <p className={layout.dim}>{t('sso.enforceNotReady')}</p>}
      {asking ? <Ask connection={connection} domains={domains} onClose={() => setAsking(false)} /> : null}
    </Panel>
  );
}

function Ask({
  connection,
  domains,
  onClose,
}: {
  readonly connection: Connection;
  readonly domains: string;
  readonly onClose: () => void;
}) {
  const { t } = useConsoleText();
  const { change, save } = useConnectionEdit(connection, true);
  // What was asked stays what is asked: the page behind follows others, and what this very answer changes.
  const [enforced] = useState(connection.enforced);
  const submit = async () => {
    if ((await save({ enforced: !enforced })).ok) onClose();
  };
  return (
    <FormDialog
      title={t(enforced ? 'sso.enforceEndTitle' : 'sso.enforceTitle')}
      submit={t(enforced ? 'sso.enforceEnd' : 'sso.enforce')}
      change={change}
      danger={!enforced}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      {enforced ? (
        <p>{t('sso.enforceEndText', { domains })}</p>
      ) : (
        <>
          <p>{t('sso.enforceText', { domains })}</p>
          <p>{t('sso.enforceRisk')}</p>
        </>
      )}
    </FormDialog>
  );
}
