import { Button } from '@mantine/core';
import ScrollText from 'lucide-react/icons/scroll-text';
import { useState } from 'react';
import { type AuditEvent, auditListSchema } from '../../shared/contracts/hub-api.ts';
import { DocumentView } from '../../shared-ui/DocumentView.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { Facts } from '../../shared-ui/Panel.tsx';
import { SidePanel } from '../../shared-ui/SidePanel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Field } from '../parts/Field.tsx';
import layout from '../parts/Layout.module.css';
import { Pages } from '../parts/Pages.tsx';
import { Table } from '../parts/Table.tsx';
import { useFilters } from '../parts/use-filters.ts';

const KINDS = [
  'policy.',
  'member.',
  'team.',
  'domain.',
  'token.',
  'organization.',
  'connection.',
  'scim.',
  'device.',
  'signing_key.',
] as const;
const PAGE = 50;

/** Every change of the organization, newest first, with what was there before and after. */
export function AuditPage() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const filters = useFilters();
  const [shown, setShown] = useState<AuditEvent | null>(null);
  const loaded = useRead(
    {
      path: api('audit'),
      query: {
        action: filters.get('kind'),
        since: startOf(filters.get('since')),
        until: endOf(filters.get('until')),
        targetId: filters.get('target'),
        actorId: filters.get('actor'),
        cursor: filters.get('cursor'),
        limit: PAGE,
      },
      answer: auditListSchema,
    },
    { keep: true },
  );
  return (
    <>
      <PageHead title={t('audit.title')} text={t('audit.text')} />
      <div className={layout.tools}>
        <Choice
          label={t('audit.kind')}
          value={filters.get('kind')}
          options={[['', t('list.any')], ...KINDS.map((kind) => [kind, t(`audit.kind.${kind}`)] as const)]}
          onChange={(kind) => filters.set('kind', kind)}
        />
        <Field
          label={t('audit.since')}
          type="date"
          value={filters.get('since')}
          onChange={(day) => filters.set('since', day)}
        />
        <Field
          label={t('audit.until')}
          type="date"
          value={filters.get('until')}
          onChange={(day) => filters.set('until', day)}
        />
        {filters.get('target') === '' && filters.get('actor') === '' ? null : (
          <Button
            variant="default"
            onClick={() => {
              filters.set('target', '');
              filters.set('actor', '');
            }}
          >
            {t('audit.everyone')}
          </Button>
        )}
      </div>
      <Gate loaded={loaded}>
        {({ events, next }) =>
          events.length === 0 ? (
            <EmptyState icon={<ScrollText size={26} />} title={t('audit.noneTitle')}>
              {t('audit.noneText')}
            </EmptyState>
          ) : (
            <>
              <Events events={events} onShow={setShown} />
              <Pages next={next} />
            </>
          )
        }
      </Gate>
      <SidePanel opened={shown !== null} title={t('audit.event')} onClose={() => setShown(null)}>
        {shown === null ? null : <EventDetail event={shown} onFilter={filters.set} />}
      </SidePanel>
    </>
  );
}

function Events({
  events,
  onShow,
}: {
  readonly events: readonly AuditEvent[];
  readonly onShow: (event: AuditEvent) => void;
}) {
  const { t } = useConsoleText();
  return (
    <Table
      label={t('audit.title')}
      rows={events}
      rowKey={(event) => String(event.id)}
      columns={[
        { title: t('audit.action'), cell: (event) => <code>{event.action}</code> },
        { title: t('audit.target'), cell: (event) => event.target.label },
        { title: t('audit.actor'), cell: (event) => event.actor.label },
        { title: t('audit.when'), cell: (event) => <When at={event.at} /> },
        {
          title: t('list.actions'),
          quiet: true,
          cell: (event) => (
            <Button
              variant="default"
              size="xs"
              aria-label={t('audit.showNamed', { action: event.action, target: event.target.label })}
              onClick={() => onShow(event)}
            >
              {t('audit.show')}
            </Button>
          ),
        },
      ]}
    />
  );
}

function EventDetail({
  event,
  onFilter,
}: {
  readonly event: AuditEvent;
  readonly onFilter: (name: string, value: string) => void;
}) {
  const { t, dateTime } = useConsoleText();
  const { actor, target } = event;
  return (
    <div className={layout.stack}>
      <Facts
        facts={[
          [t('audit.action'), <code key="action">{event.action}</code>],
          [t('audit.target'), `${target.label} (${target.kind})`],
          [t('audit.actor'), `${actor.label} (${t(`audit.actor.${actor.kind}`)})`],
          [t('audit.when'), dateTime(event.at)],
          [t('audit.from'), event.sourceAddress ?? t('audit.fromHub')],
        ]}
      />
      <div className={layout.row}>
        {target.id === null ? null : (
          <Button size="xs" variant="default" onClick={() => onFilter('target', target.id ?? '')}>
            {t('audit.sameTarget')}
          </Button>
        )}
        {actor.id === null ? null : (
          <Button size="xs" variant="default" onClick={() => onFilter('actor', actor.id ?? '')}>
            {t('audit.sameActor')}
          </Button>
        )}
      </div>
      <h3>{t('audit.before')}</h3>
      {event.before === null ? (
        <p className={layout.dim}>{t('audit.nothing')}</p>
      ) : (
        <DocumentView document={event.before} label={t('audit.before')} />
      )}
      <h3>{t('audit.after')}</h3>
      {event.after === null ? (
        <p className={layout.dim}>{t('audit.nothing')}</p>
      ) : (
        <DocumentView document={event.after} label={t('audit.after')} />
      )}
    </div>
  );
}

/** The first moment of a local day, and the first of the day after; nothing where no day is given. */
function startOf(day: string): string | undefined {
  const date = new Date(`${day}T00:00:00`);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
function endOf(day: string): string | undefined {
  const date = new Date(`${day}T00:00:00`);
  if (Number.isNaN(date.getTime())) return undefined;
  date.setDate(date.getDate() + 1);
  return date.toISOString();
}
