import Check from 'lucide-react/icons/check';
import Circle from 'lucide-react/icons/circle';
import type { ReactNode } from 'react';
import {
  auditListSchema,
  domainListSchema,
  memberListSchema,
  policyListSchema,
  teamListSchema,
} from '../../shared/contracts/hub-api.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { To } from '../parts/To.tsx';
import classes from './OverviewPage.module.css';

const RECENT = 8;

/** How the organization stands: numbers, what to do first, and what changed lately. */
export function OverviewPage() {
  const { t } = useConsoleText();
  const { organization, isOwner } = useHere();
  return (
    <>
      <PageHead title={organization.displayName} text={t('overview.text')} />
      <Counts />
      <div className={layout.pair}>
        <Checklist />
        {isOwner ? <Recent /> : null}
      </div>
    </>
  );
}

function Counts() {
  const { t, number } = useConsoleText();
  const { api, page } = useHere();
  const members = useRead({ path: api('members'), query: { limit: 1 }, answer: memberListSchema });
  const policies = useRead({ path: api('policies'), answer: policyListSchema });
  const teams = useRead({ path: api('teams'), answer: teamListSchema });
  return (
    <Gate loaded={members}>
      {({ total }) => (
        <ul className={classes.counts}>
          <Count label={t('nav.members')} page={page('members')} value={number(total)} />
          <Count
            label={t('nav.policies')}
            page={page('policies')}
            value={policies.state === 'ready' ? number(policies.value.policies.length) : '…'}
          />
          <Count
            label={t('nav.teams')}
            page={page('teams')}
            value={teams.state === 'ready' ? number(teams.value.teams.length) : '…'}
          />
        </ul>
      )}
    </Gate>
  );
}

function Count({
  label,
  value,
  page,
}: {
  readonly label: string;
  readonly value: string;
  readonly page: string;
}) {
  return (
    <li className={classes.count}>
      <span className={classes.number}>{value}</span>
      <To page={page}>{label}</To>
    </li>
  );
}

function Checklist() {
  const { t } = useConsoleText();
  const { api, page, isOwner } = useHere();
  const policies = useRead({ path: api('policies'), answer: policyListSchema });
  const members = useRead({ path: api('members'), query: { limit: 1 }, answer: memberListSchema });
  const domains = useRead({ path: api('domains'), answer: domainListSchema }, { enabled: isOwner });
  const known = policies.state === 'ready' ? policies.value.policies : [];
  return (
    <Panel title={t('overview.checklist')} text={t('overview.checklistText')}>
      <Gate loaded={policies}>
        {() => (
          <ol className={classes.steps}>
            {isOwner ? (
              <Step
                done={
                  domains.state === 'ready' && domains.value.domains.some((each) => each.state === 'verified')
                }
                page={page('domains')}
                label={t('overview.step.domain')}
              />
            ) : null}
            <Step done={known.length > 0} page={page('policies')} label={t('overview.step.policy')} />
            <Step
              done={known.some((each) => each.isDefault || each.assignedUsers > 0 || each.teams.length > 0)}
              page={page('policies')}
              label={t('overview.step.assign')}
            />
            {isOwner ? (
              <Step
                done={members.state === 'ready' && members.value.total > 1}
                page={page('members')}
                label={t('overview.step.members')}
              />
            ) : null}
          </ol>
        )}
      </Gate>
    </Panel>
  );
}

function Step({
  done,
  page,
  label,
}: {
  readonly done: boolean;
  readonly page: string;
  readonly label: ReactNode;
}) {
  const { t } = useConsoleText();
  return (
    <li className={classes.step} data-done={done || undefined}>
      {done ? <Check size={16} aria-hidden /> : <Circle size={16} aria-hidden />}
      <To page={page}>{label}</To>
      <span className="visually-hidden">{t(done ? 'overview.done' : 'overview.open')}</span>
    </li>
  );
}

function Recent() {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const loaded = useRead({ path: api('audit'), query: { limit: RECENT }, answer: auditListSchema });
  return (
    <Panel title={t('overview.recent')} actions={<To page={page('audit')}>{t('overview.allChanges')}</To>}>
      <Gate loaded={loaded}>
        {({ events }) => (
          <ul className={classes.recent}>
            {events.map((event) => (
              <li key={event.id}>
                <code>{event.action}</code> {event.target.label}
                <div className={layout.dim}>
                  {event.actor.label} · <When at={event.at} />
                </div>
              </li>
            ))}
          </ul>
        )}
      </Gate>
    </Panel>
  );
}
