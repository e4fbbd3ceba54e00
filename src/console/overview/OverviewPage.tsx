import { auditListSchema } from '../../shared/contracts/hub-api.ts';
import { type Overview, overviewSchema } from '../../shared/contracts/hub-overview.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { ActionName } from '../audit/ActionName.tsx';
import { ComplianceBar } from '../compliance/ComplianceBar.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { To } from '../parts/To.tsx';
import { AttentionPanel } from './AttentionPanel.tsx';
import { Checklist } from './Checklist.tsx';
import classes from './OverviewPage.module.css';

const RECENT = 8;

/** How the organization stands: numbers, what needs attention, what to do first, and what changed lately. */
export function OverviewPage() {
  const { t } = useConsoleText();
  const { organization, api, page, isOwner } = useHere();
  const loaded = useRead({ path: api('overview'), answer: overviewSchema });
  return (
    <>
      <PageHead title={organization.displayName} text={t('overview.text')} />
      <Gate loaded={loaded}>
        {(overview) => (
          <>
            <Counts overview={overview} />
            <AttentionPanel />
            <Panel
              title={t('overview.compliance')}
              actions={<To page={page('compliance')}>{t('overview.complianceMore')}</To>}
            >
              <ComplianceBar counts={overview.statuses} />
            </Panel>
            <div className={layout.pair}>
              <Checklist checklist={overview.checklist} />
              {isOwner ? <Recent /> : null}
            </div>
          </>
        )}
      </Gate>
    </>
  );
}

function Counts({ overview }: { readonly overview: Overview }) {
  const { t, number } = useConsoleText();
  const { page, isOwner } = useHere();
  const counts = [
    [t('nav.members'), 'members', overview.members],
    [t('overview.devices'), 'compliance', overview.devices],
    [t('nav.policies'), 'policies', overview.policies],
    [t('nav.teams'), 'teams', overview.teams],
    ...(isOwner ? ([[t('nav.invitations'), 'invitations', overview.invitations]] as const) : []),
  ] as const;
  return (
    <ul className={classes.counts}>
      {counts.map(([label, place, count]) => (
        <li key={place} className={classes.count}>
          <span className={classes.number}>{number(count)}</span>
          <To page={page(place)}>{label}</To>
        </li>
      ))}
    </ul>
  );
}

function Recent() {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const loaded = useRead({ path: api('audit'), query: { limit: RECENT }, answer: auditListSchema });
  return (
    <Panel title={t('overview.recent')} actions={<To page={page('audit')}>{t('overview.allChanges')}</To>}>
      <Gate loaded={loaded}>
        {({ events }) =>
          events.length === 0 ? (
            <p className={layout.dim}>{t('overview.recentNone')}</p>
          ) : (
            <ul className={classes.recent}>
              {events.map((event) => (
                <li key={event.id}>
                  <ActionName action={event.action} />: <bdi>{event.target.label}</bdi>
                  <div className={layout.dim}>
                    {event.actor.label} · <When within at={event.at} />
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Gate>
    </Panel>
  );
}
