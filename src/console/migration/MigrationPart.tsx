import { Button } from '@mantine/core';
import { useState } from 'react';
import {
  type Migration,
  migrationListSchema,
  migrationReportSchema,
  migrationSchema,
} from '../../shared/contracts/hub-provisioning.ts';
import type { Connection } from '../../shared/contracts/hub-sso.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { useChange } from '../parts/use-change.ts';
import { MoveSteps } from './MoveSteps.tsx';
import { Report } from './Report.tsx';

const isOpen = ({ step }: Migration): boolean => step !== 'finished' && step !== 'cancelled';

/** The move of one connection from sign-in provisioning to SCIM; where it stands is kept by the hub. */
export function MigrationPart({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({ path: api('migrations'), answer: migrationListSchema });
  return (
    <Gate loaded={loaded}>
      {({ migrations }) => {
        const own = migrations.filter((each) => each.connection.id === connection.id);
        const open = own.find(isOpen);
        return (
          <>
            <Panel title={t('migration.title')} text={t('migration.text')}>
              {open === undefined ? <Begin connection={connection} /> : <Standing migration={open} />}
            </Panel>
            {open === undefined ? null : <Open connection={connection} migration={open} />}
            <Past migrations={own.filter((each) => !isOpen(each))} />
          </>
        );
      }}
    </Gate>
  );
}

function Begin({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const begin = () =>
    change.send({
      method: 'POST',
      path: api('migrations'),
      body: { connectionId: connection.id },
      answer: migrationSchema,
    });
  return (
    <div className={layout.stack}>
      <p className={layout.dim}>{t('migration.beginText')}</p>
      <FailureNotice failure={change.failure} />
      <div>
        <Button loading={change.busy} onClick={() => void begin()}>
          {t('migration.begin')}
        </Button>
      </div>
    </div>
  );
}

function Standing({ migration }: { readonly migration: Migration }) {
  const { t } = useConsoleText();
  return (
    <p className={layout.row}>
      <Tag tone="accent">{t(`migration.stepName.${migration.step}`)}</Tag>
      <span>{migration.next}</span>
    </p>
  );
}

function Open({ connection, migration }: { readonly connection: Connection; readonly migration: Migration }) {
  const { api } = useHere();
  const loaded = useRead({ path: api('migrations', migration.id), answer: migrationReportSchema });
  return (
    <Gate loaded={loaded}>
      {(report) => (
        <>
          <MoveSteps connection={connection} migration={report.migration} people={report.people} />
          <Report migration={report.migration} people={report.people} />
        </>
      )}
    </Gate>
  );
}

function Past({ migrations }: { readonly migrations: readonly Migration[] }) {
  const { t, number, dateTime } = useConsoleText();
  const [shown, setShown] = useState<string | null>(null);
  if (migrations.length === 0) return null;
  return (
    <>
      <Panel title={t('migration.past')} flush>
        <Table
          label={t('migration.past')}
          rows={migrations}
          rowKey={({ id }) => id}
          columns={[
            { title: t('migration.begun'), cell: ({ createdAt }) => <When at={createdAt} /> },
            { title: t('migration.state'), cell: ({ step }) => t(`migration.stepName.${step}`) },
            {
              title: t('migration.state.returned'),
              cell: ({ counts }) => number(counts.returned + counts.adopted),
            },
            { title: t('migration.state.removed'), cell: ({ counts }) => number(counts.removed) },
            { title: t('migration.state.refused'), cell: ({ counts }) => number(counts.refused) },
            {
              title: t('list.actions'),
              quiet: true,
              cell: ({ id, createdAt }) => (
                <Button
                  variant="default"
                  size="xs"
                  aria-label={t('migration.showNamed', { when: dateTime(createdAt) })}
                  aria-pressed={shown === id}
                  onClick={() => setShown(shown === id ? null : id)}
                >
                  {t('audit.show')}
                </Button>
              ),
            },
          ]}
        />
      </Panel>
      {shown === null ? null : <PastReport id={shown} />}
    </>
  );
}

function PastReport({ id }: { readonly id: string }) {
  const { api } = useHere();
  const loaded = useRead({ path: api('migrations', id), answer: migrationReportSchema });
  return (
    <Gate loaded={loaded}>{({ migration, people }) => <Report migration={migration} people={people} />}</Gate>
  );
}
