import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import type { Migration } from '../../shared/contracts/hub-provisioning.ts';
import type { Connection } from '../../shared/contracts/hub-sso.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { Steps } from '../parts/Steps.tsx';
import { To } from '../parts/To.tsx';
import type { Move } from './move.ts';
import { OwnershipStep } from './OwnershipStep.tsx';
import { RemoveStep } from './RemoveStep.tsx';
import { VerifyStep } from './VerifyStep.tsx';

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
          { title: t('migration.step.verify'), content: <VerifyStep {...move} /> },
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
