import { Button } from '@mantine/core';
import { useState } from 'react';
import {
  type Migration,
  migrationListSchema,
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
import { FilterChoice, ServerList } from '../parts/ServerList.tsx';
import { useChange } from '../parts/use-change.ts';
import { useFilters } from '../parts/use-filters.ts';
import { MoveSteps } from './MoveSteps.tsx';
import { Report } from './Report.tsx';

const isOpen = ({ step }: Migration): boolean => step !== 'finished' && step !== 'cancelled';

/** The move of one connection from sign-in provisioning to SCIM; where it stands is kept by the hub. */
export function MigrationPart({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  // Another one begins only after the one before has ended: whatever is under way is the last.
  const loaded = useRead({
    path: api('migrations'),
    query: { connection: connection.id, limit: 1 },
    answer: migrationListSchema,
  });
  return (
    <Gate loaded={loaded}>
      {({ migrations, total }) => {
        const open = migrations.find(isOpen);
        return (
          <>
            <Panel title={t('migration.title')} text={t('migration.text')}>
              {open === undefined ? <Begin connection={connection} /> : <Standing migration={open} />}
            </Panel>
            {open === undefined ? null : (
              <>
                <MoveSteps connection={connection} migration={open} />
                <Report migration={open} />
              </>
            )}
            {total > (open === undefined ? 0 : 1) ? <Past connection={connection} /> : null}
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

/** How a move can have ended. */
const ENDS = ['finished', 'cancelled'] as const;

function Past({ connection }: { readonly connection: Connection }) {
  const { t, number, dateTime } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters('past');
  const [shown, setShown] = useState<Migration | null>(null);
  return (
    <>
      <Panel title={t('migration.past')}>
        <div className={layout.stack}>
          <ServerList
            name="past"
            label={t('migration.past')}
            path={api('migrations')}
            query={{ connection: connection.id, step: get('step') }}
            answer={migrationListSchema}
            page={({ migrations, total, next }) => ({
              rows: migrations.filter((each) => !isOpen(each)),
              ...{ total, next },
            })}
            rowKey={({ id }) => id}
            usualSort="-created"
            filters={
              <FilterChoice
                name="step"
                label={t('migration.state')}
                options={ENDS.map((step) => [step, t(`migration.stepName.${step}`)] as const)}
              />
            }
            empty={{ text: get('step') === '' ? null : t('list.nothingFound') }}
            columns={[
              {
                title: t('migration.begun'),
                sort: 'created',
                cell: ({ createdAt }) => <When at={createdAt} />,
              },
              { title: t('migration.state'), cell: ({ step }) => t(`migration.stepName.${step}`) },
              {
                title: t('migration.state.returned'),
                number: true,
                cell: ({ counts }) => number(counts.returned + counts.adopted),
              },
              {
                title: t('migration.state.waiting'),
                number: true,
                cell: ({ counts }) => number(counts.waiting),
              },
              {
                title: t('migration.state.removed'),
                number: true,
                cell: ({ counts }) => number(counts.removed),
              },
              {
                title: t('migration.state.refused'),
                number: true,
                cell: ({ counts }) => number(counts.refused),
              },
              {
                title: t('list.actions'),
                quiet: true,
                cell: (move) => (
                  <Button
                    variant="default"
                    size="xs"
                    aria-label={t('migration.showNamed', { when: dateTime(move.createdAt) })}
                    aria-pressed={shown?.id === move.id}
                    onClick={() => setShown(shown?.id === move.id ? null : move)}
                  >
                    {t('audit.show')}
                  </Button>
                ),
              },
            ]}
          />
        </div>
      </Panel>
      {shown === null ? null : (
        <Report key={shown.id} migration={shown} name={`move-${shown.id.slice(0, 8)}`} />
      )}
    </>
  );
}
