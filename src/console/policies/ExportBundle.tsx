import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Member } from '../../shared/contracts/hub-api.ts';
import { offlineBundleRequestSchema } from '../../shared/contracts/hub-rollouts.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { askHubForFile, type Failure } from '../hub/hub-client.ts';
import { useHub } from '../hub/hub-context.tsx';
import { MemberPicker } from '../members/MemberPicker.tsx';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { checkForm } from '../parts/check-form.ts';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import { Field } from '../parts/Field.tsx';
import layout from '../parts/Layout.module.css';
import { saveFile } from '../parts/save-file.ts';

/** A signed bundle for devices without a network, for everybody or for one member. */
export function ExportBundle() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { note } = useHub();
  const [audience, setAudience] = useState('everyone');
  const [days, setDays] = useState('30');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [made, setMade] = useState<number | null>(null);
  const make = async (member: Member | null): Promise<boolean> => {
    setMade(null);
    const wanted = { userId: member?.userId ?? null, days: days.trim() === '' ? Number.NaN : Number(days) };
    const checked = checkForm(offlineBundleRequestSchema, wanted);
    setProblem(checked.ok ? undefined : checked.problems.days);
    if (!checked.ok) return false;
    setBusy(true);
    const answer = await askHubForFile({
      method: 'POST',
      path: api('offline-bundles'),
      body: checked.value,
    });
    setBusy(false);
    const failed = answer.ok ? null : answer.failure;
    note(failed);
    setFailure(failed);
    if (!answer.ok) return false;
    setMade(checked.value.days);
    saveFile('policy.jws', answer.value, 'application/jose');
    return true;
  };
  return (
    <Panel title={t('export.bundle')} text={t('export.bundleText')}>
      <div className={layout.stack}>
        <div className={layout.pair}>
          <Choice
            label={t('export.for')}
            value={audience}
            options={[
              ['everyone', t('export.everyone')],
              ['member', t('export.oneMember')],
            ]}
            onChange={setAudience}
          />
          <Field
            label={t('export.days')}
            hint={t('export.daysHint')}
            type="number"
            problem={problem}
            value={days}
            onChange={setDays}
          />
        </div>
        {audience === 'member' ? (
          <MemberPicker verb={t('export.make')} onPick={make} />
        ) : (
          <div>
            <Button variant="default" loading={busy} onClick={() => void make(null)}>
              {t('export.make')}
            </Button>
          </div>
        )}
        <FailureNotice failure={failure} />
        {made === null ? null : (
          <Notice tone="good" live>
            {t('export.made', { days: made })}
          </Notice>
        )}
      </div>
    </Panel>
  );
}
