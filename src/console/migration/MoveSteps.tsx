import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import { useState } from 'react';
import { type Migration, migrationSchema } from '../../shared/contracts/hub-provisioning.ts';
import type { Connection } from '../../shared/contracts/hub-sso.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { Steps } from '../parts/Steps.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import type { Move } from './move.ts';
import { OwnershipStep } from './OwnershipStep.tsx';
import { RemoveStep } from './RemoveStep.tsx';

/** The steps of a move. Each may be taken again; the hub refuses what its present step does not allow. */
export function MoveSteps(move: Move) {
  const { t } = useConsoleText();
  const { connection, migration } = move;
  const { counts, checks } = migration;
  const ready = checks.every(({ passed, required }) => passed || !required);
  return (
    <Panel title={t('sso.part.migration')}>
      <Steps
        steps={[
          {
            title: t('migration.step.check'),
            state: (
              <Tag tone={ready ? 'good' : 'warn'}>{t(ready ? 'migration.passed' : 'migration.failed')}</Tag>
            ),
            content: <Checks connection={connection} checks={checks} />,
          },
          { title: t('migration.step.export'), content: <Export /> },
          { title: t('migration.step.own'), content: <OwnershipStep {...move} /> },
          {
            title: t('migration.step.remove'),
            state:
              counts.waiting === 0 ? (
                <Tag>{t('migration.nobody')}</Tag>
              ) : (
                <Tag tone="accent">{t('migration.state.waiting')}</Tag>
              ),
            content: <RemoveStep {...move} ready={ready} />,
          },
          { title: t('migration.step.verify'), content: <Verify migration={migration} /> },
        ]}
      />
    </Panel>
  );
}

const CHECKS = ['scim', 'domain', 'owner', 'client', 'adoption'] as const;

function Checks({
  connection,
  checks,
}: {
  readonly connection: Connection;
  readonly checks: Migration['checks'];
}) {
  const { t } = useConsoleText();
  const { page } = useHere();
  return (
    <>
      <ul className={`${layout.stack} ${layout.plain}`}>
        {checks.map(({ name, passed, required, detail }) => {
          const known = CHECKS.find((each) => each === name);
          return (
            <li key={name}>
              <span className={layout.row}>
                <strong>{known === undefined ? name : t(`migration.check.${known}`)}</strong>
                <Tag tone={passed ? 'good' : required ? 'bad' : 'neutral'}>
                  {t(passed ? 'migration.passed' : required ? 'migration.failed' : 'migration.advised')}
                </Tag>
              </span>
              <p className={layout.dim}>{detail}</p>
            </li>
          );
        })}
      </ul>
      <To page={page('sso', connection.id, 'scim')}>{t('migration.toScim')}</To>
    </>
  );
}

function Export() {
  const { t } = useConsoleText();
  const { api } = useHere();
  return (
    <>
      <p className={layout.dim}>{t('migration.exportText')}</p>
      <div>
        <Button
          component="a"
          href={api('members', 'export')}
          download="members.csv"
          variant="default"
          size="xs"
          leftSection={<Download size={14} aria-hidden />}
        >
          {t('migration.export')}
        </Button>
      </div>
    </>
  );
}

function Verify({ migration }: { readonly migration: Migration }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const [cancelling, setCancelling] = useState(false);
  const path = api('migrations', migration.id, 'advance');
  const take = (action: 'verify' | 'finish') =>
    change.send({ method: 'POST', path, body: { action }, answer: migrationSchema });
  const { removed, waiting } = migration.counts;
  return (
    <>
      <p className={layout.dim}>{t('migration.verifyText')}</p>
      <p role="status">
        {removed > 0 || waiting > 0 ? t('migration.missing', { count: removed }) : t('migration.allBack')}
      </p>
      <FailureNotice failure={change.failure} />
      <div className={layout.row}>
        <Button variant="default" size="xs" loading={change.busy} onClick={() => void take('verify')}>
          {t('migration.verify')}
        </Button>
        <Button size="xs" disabled={change.busy || waiting > 0} onClick={() => void take('finish')}>
          {t('migration.finish')}
        </Button>
        <Button variant="default" size="xs" disabled={change.busy} onClick={() => setCancelling(true)}>
          {t('migration.cancel')}
        </Button>
      </div>
      {cancelling ? <Cancel path={path} onClose={() => setCancelling(false)} /> : null}
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
