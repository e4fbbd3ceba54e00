import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import ScrollText from 'lucide-react/icons/scroll-text';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { z } from 'zod';
import { type AuditEvent, auditListSchema } from '../../shared/contracts/hub-api.ts';
import { DocumentView } from '../../shared-ui/DocumentView.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Facts } from '../../shared-ui/Panel.tsx';
import { SidePanel } from '../../shared-ui/SidePanel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { fileAddress } from '../hub/hub-client.ts';
import { useHere } from '../organization-context.tsx';
import { Field } from '../parts/Field.tsx';
import layout from '../parts/Layout.module.css';
import { LineDiff } from '../parts/LineDiff.tsx';
import { FilterChoice, FilterText, ServerList } from '../parts/ServerList.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { ActionName } from './ActionName.tsx';
import { useEventColumns } from './event-columns.tsx';

const KINDS = [
  'policy.',
  'rollout.',
  'override.',
  'access.',
  'member.',
  'team.',
  'domain.',
  'token.',
  'organization.',
  'connection.',
  'scim.',
  'migration.',
  'account.',
  'device.',
  'invitation.',
  'signing_key.',
] as const;

/** Every change of the organization, with what was there before and after; filtered, and exported as it is filtered. */
export function AuditPage() {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const { get } = useFilters();
  const [, go] = useLocation();
  const [shown, setShown] = useState<AuditEvent | null>(null);
  // Everything: whatever else was filtered by is dropped.
  const only = (name: 'target' | 'actor', id: string) => {
    setShown(null);
    go(`${page('audit')}?${new URLSearchParams({ [name]: id })}`);
  };
  const columns = useEventColumns(t('audit.target'), setShown);
  const filter = {
    search: get('search'),
    action: get('kind'),
    actor: get('by'),
    target: get('of'),
    since: startOf(get('since')),
    until: endOf(get('until')),
    targetId: get('target'),
    actorId: get('actor'),
  };
  return (
    <>
      <PageHead title={t('audit.title')} text={t('audit.text')} actions={<Exports filter={filter} />} />
      <ServerList
        label={t('audit.title')}
        path={api('audit')}
        query={filter}
        answer={auditListSchema}
        page={({ events, next }) => ({ rows: events, next })}
        columns={columns}
        rowKey={({ id }) => String(id)}
        usualSort="-at"
        search={t('audit.search')}
        filters={<Filters />}
        empty={{
          icon: <ScrollText size={26} />,
          title: t('audit.noneTitle'),
          text: t('audit.noneText'),
        }}
      />
      <SidePanel opened={shown !== null} title={t('audit.event')} wide onClose={() => setShown(null)}>
        {shown === null ? null : <EventDetail event={shown} onOnly={only} />}
      </SidePanel>
    </>
  );
}

/** The same events as files. */
function Exports({ filter }: { readonly filter: Readonly<Record<string, string | undefined>> }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const files = [
    ['csv', t('list.csv')],
    ['jsonl', t('list.json')],
  ] as const;
  return files.map(([format, label]) => (
    <Button
      key={format}
      component="a"
      variant="default"
      href={fileAddress(api('audit', 'export'), { ...filter, format })}
      download
      leftSection={<Download size={16} aria-hidden />}
    >
      {label}
    </Button>
  ));
}

function Filters() {
  const { t } = useConsoleText();
  const { get, set } = useFilters();
  return (
    <>
      <FilterText name="by" label={t('audit.actor')} />
      <FilterText name="of" label={t('audit.target')} />
      <FilterChoice
        name="kind"
        label={t('audit.kind')}
        options={KINDS.map((kind) => [kind, t(`audit.kind.${kind}`)])}
      />
      <Field
        dim
        label={t('audit.since')}
        type="date"
        problem={isDay(get('since')) ? undefined : t('audit.noDay', { day: get('since') })}
        value={get('since')}
        onChange={(day) => set('since', day)}
      />
      <Field
        dim
        label={t('audit.until')}
        type="date"
        problem={isDay(get('until')) ? undefined : t('audit.noDay', { day: get('until') })}
        value={get('until')}
        onChange={(day) => set('until', day)}
      />
      {get('target') === '' && get('actor') === '' ? null : (
        <Button
          variant="default"
          onClick={() => {
            set('target', '');
            set('actor', '');
          }}
        >
          {t('audit.everyone')}
        </Button>
      )}
    </>
  );
}

function EventDetail({
  event,
  onOnly,
}: {
  readonly event: AuditEvent;
  readonly onOnly: (name: 'target' | 'actor', id: string) => void;
}) {
  const { t } = useConsoleText();
  const { actor, target } = event;
  return (
    <div className={layout.stack}>
      <Facts
        facts={[
          [t('audit.action'), <ActionName key="action" action={event.action} withCode />],
          [t('audit.target'), `${target.label} (${target.kind})`],
          [t('audit.actor'), `${actor.label} (${t(`audit.actor.${actor.kind}`)})`],
          [t('audit.when'), <When key="when" at={event.at} exact />],
          [t('audit.from'), event.sourceAddress ?? t('audit.fromHub')],
        ]}
      />
      <div className={layout.row}>
        {target.id === null ? null : (
          <Button size="xs" variant="default" onClick={() => onOnly('target', target.id ?? '')}>
            {t('audit.sameTarget')}
          </Button>
        )}
        {actor.id === null ? null : (
          <Button size="xs" variant="default" onClick={() => onOnly('actor', actor.id ?? '')}>
            {t('audit.sameActor')}
          </Button>
        )}
      </div>
      <BeforeAndAfter before={event.before} after={event.after} />
    </div>
  );
}

/** Line by line, what differs marked; what was made or deleted has one side. */
function BeforeAndAfter({ before, after }: Pick<AuditEvent, 'before' | 'after'>) {
  const { t } = useConsoleText();
  if (before !== null && after !== null) {
    return (
      <LineDiff
        label={t('audit.beforeAfter')}
        before={JSON.stringify(before, null, 2)}
        after={JSON.stringify(after, null, 2)}
        beforeTitle={t('audit.before')}
        afterTitle={t('audit.after')}
      />
    );
  }
  return (
    <div className={layout.pair}>
      <Side title={t('audit.before')} document={before} />
      <Side title={t('audit.after')} document={after} />
    </div>
  );
}

function Side({ title, document }: { readonly title: string; readonly document: AuditEvent['before'] }) {
  const { t } = useConsoleText();
  return (
    <div>
      <h3>{title}</h3>
      {document === null ? (
        <p className={layout.dim}>{t('audit.nothing')}</p>
      ) : (
        <DocumentView document={document} label={title} />
      )}
    </div>
  );
}

/**
 * The first moment of a local day, and the first of the day after; nothing where no day is given. What is no day goes to
 * the hub as it stands, which refuses it: a list without that filter would look like the answer.
 */
function startOf(day: string): string {
  if (day === '' || !isDay(day)) return day;
  return new Date(`${day}T00:00:00`).toISOString();
}
function endOf(day: string): string {
  if (day === '' || !isDay(day)) return day;
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + 1);
  return date.toISOString();
}

/** A day of the calendar, or none at all: a link may carry any text. */
function isDay(text: string): boolean {
  return text === '' || z.iso.date().safeParse(text).success;
}
