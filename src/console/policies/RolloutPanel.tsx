import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Policy } from '../../shared/contracts/hub-api.ts';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import layout from '../parts/Layout.module.css';
import { PolicyStepDialog } from './PolicyStepDialog.tsx';
import { StartRollout } from './StartRollout.tsx';
import type { DraftState } from './use-policy-draft.ts';
import { type RolloutUnderWay, WidenRollout } from './WidenRollout.tsx';

/** Revisions that go to some members first: start, widen, pause, promote, take back. */
export function RolloutPanel({
  policy,
  draft,
  tag,
}: {
  readonly policy: Policy;
  readonly draft: DraftState;
  readonly tag: string;
}) {
  const { t } = useConsoleText();
  const [back, setBack] = useState(false);
  if (policy.rollout !== null) return <UnderWay policy={policy} rollout={policy.rollout} tag={tag} />;
  return (
    <div className={layout.stack}>
      <StartRollout policy={policy} draft={draft} tag={tag} />
      {policy.revision === 1 ? null : (
        <Panel
          title={t('rollout.backDirect')}
          text={t('rollout.backDirectText', { revision: policy.revision })}
        >
          <Button variant="default" onClick={() => setBack(true)}>
            {t('rollout.back')}
          </Button>
        </Panel>
      )}
      {back ? (
        <PolicyStepDialog
          title={t('rollout.backTitle', { revision: policy.revision })}
          submit={t('rollout.back')}
          step="rollback"
          policy={policy}
          tag={tag}
          text={t('rollout.backDirectText', { revision: policy.revision })}
          onClose={() => setBack(false)}
        />
      ) : null}
    </div>
  );
}

function UnderWay({ policy, rollout, tag }: RolloutUnderWay) {
  const { t } = useConsoleText();
  const [asking, setAsking] = useState<'promote' | 'back' | null>(null);
  const { revision, receiving, members, startedAt, pausedAt } = rollout;
  return (
    <div className={layout.stack}>
      <Panel
        title={t('rollout.title', { revision })}
        text={t('rollout.text', { revision: policy.revision })}
        actions={
          <>
            <Button size="xs" variant="default" onClick={() => setAsking('back')}>
              {t('rollout.back')}
            </Button>
            <Button size="xs" onClick={() => setAsking('promote')}>
              {t('rollout.promote')}
            </Button>
          </>
        }
      >
        <Facts
          facts={[
            [t('rollout.receiving'), t('rollout.receivingOf', { receiving, members })],
            [t('rollout.started'), <When key="started" at={startedAt} />],
            ...(pausedAt === null
              ? []
              : ([
                  [
                    t('rollout.paused'),
                    <span key="paused">
                      <When at={pausedAt} />. {t('rollout.pausedText')}
                    </span>,
                  ],
                ] as const)),
          ]}
        />
      </Panel>
      <WidenRollout {...{ policy, rollout, tag }} />
      {asking === 'promote' ? (
        <PolicyStepDialog
          title={t('rollout.promoteTitle', { revision })}
          submit={t('rollout.promote')}
          step="promote"
          policy={policy}
          tag={tag}
          text={t('rollout.promoteText', { count: members })}
          onClose={() => setAsking(null)}
        />
      ) : null}
      {asking === 'back' ? (
        <PolicyStepDialog
          title={t('rollout.backTitle', { revision })}
          submit={t('rollout.back')}
          step="rollback"
          policy={policy}
          tag={tag}
          text={t('rollout.backText', { revision: policy.revision })}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </div>
  );
}
