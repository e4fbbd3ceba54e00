import { Button } from '@mantine/core';
import Check from 'lucide-react/icons/check';
import Circle from 'lucide-react/icons/circle';
import { type Overview, overviewSchema } from '../../shared/contracts/hub-overview.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { To } from '../parts/To.tsx';
import { useChange } from '../parts/use-change.ts';
import classes from './OverviewPage.module.css';

/** First steps, and who may take them. */
const STEPS = [
  ['domain', 'domains', 'owner'],
  ['enforcement', 'enforcement', 'owner'],
  ['policy', 'policies', 'editor'],
  ['assigned', 'policies', 'editor'],
  ['invited', 'invitations', 'owner'],
] as const;

/** What makes policies reach people: what is done of it, and what is not. */
export function Checklist({ checklist }: { readonly checklist: Overview['checklist'] }) {
  const { t } = useConsoleText();
  const { api, isOwner } = useHere();
  const change = useChange();
  const steps = STEPS.filter(([, , least]) => isOwner || least === 'editor');
  const finished = steps.every(([step]) => checklist[step]);
  const mark = (enforcement: boolean) =>
    change.send({
      method: 'PUT',
      path: api('overview', 'checklist'),
      body: { enforcement },
      answer: overviewSchema,
    });
  return (
    <Panel
      title={t('overview.checklist')}
      text={t(finished ? 'overview.checklistDone' : 'overview.checklistText')}
    >
      <ol className={classes.steps}>
        {steps.map(([step, place]) => (
          <Step
            key={step}
            step={step}
            place={place}
            done={checklist[step]}
            // The hub cannot see what device management deployed.
            {...(step === 'enforcement'
              ? { onMark: () => void mark(!checklist.enforcement), busy: change.busy }
              : {})}
          />
        ))}
      </ol>
      <FailureNotice failure={change.failure} />
    </Panel>
  );
}

function Step({
  step,
  place,
  done,
  busy = false,
  onMark,
}: {
  readonly step: (typeof STEPS)[number][0];
  readonly place: string;
  readonly done: boolean;
  readonly busy?: boolean;
  readonly onMark?: () => void;
}) {
  const { t } = useConsoleText();
  const { page } = useHere();
  const label = t(`overview.step.${step}`);
  return (
    <li className={classes.step} data-done={done || undefined}>
      {done ? <Check size={16} aria-hidden /> : <Circle size={16} aria-hidden />}
      <To page={page(place)}>{label}</To>
      <span className="visually-hidden">{t(done ? 'overview.done' : 'overview.open')}</span>
      {onMark === undefined ? null : (
        <Button
          size="compact-xs"
          variant="subtle"
          loading={busy}
          aria-label={t(done ? 'overview.unmarkNamed' : 'overview.markNamed', { step: label })}
          onClick={onMark}
        >
          {t(done ? 'overview.unmark' : 'overview.mark')}
        </Button>
      )}
    </li>
  );
}
