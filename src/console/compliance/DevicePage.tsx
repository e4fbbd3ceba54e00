import { Button } from '@mantine/core';
import { useState } from 'react';
import { useLocation } from 'wouter';
import {
  type DeviceDetail,
  deviceChangeSchema,
  deviceDetailSchema,
} from '../../shared/contracts/hub-devices.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { Overtaken } from '../parts/Overtaken.tsx';
import { PageGate } from '../parts/PageGate.tsx';
import { To } from '../parts/To.tsx';
import { Toggle } from '../parts/Toggle.tsx';
import { useChange } from '../parts/use-change.ts';
import { useMadeFrom } from '../parts/use-made-from.ts';
import { platformName } from '../platforms.ts';
import { DriftPanel } from './DriftPanel.tsx';
import { ReportPanels } from './ReportPanels.tsx';
import { StatusTag } from './StatusTag.tsx';

/** Seconds by which a device's clock may differ before anybody has to know. */
const CLOCK_TOLERANCE = 60;

/** One device: how it stands, what to do, who decided what on it, and what was put right. */
export function DevicePage({ id }: { readonly id: string }) {
  const { api } = useHere();
  const loaded = useRead({ path: api('devices', id), answer: deviceDetailSchema });
  return (
    <PageGate loaded={loaded} list="compliance">
      {(device, tag) => <Detail device={device} id={id} tag={tag ?? '*'} />}
    </PageGate>
  );
}

function Detail({
  device,
  id,
  tag,
}: {
  readonly device: DeviceDetail;
  readonly id: string;
  readonly tag: string;
}) {
  const { t } = useConsoleText();
  const { page, isOwner } = useHere();
  const [asking, setAsking] = useState<'name' | 'forget' | null>(null);
  const close = () => setAsking(null);
  const shown = device.name || device.deviceId || id;
  return (
    <>
      <PageHead
        title={shown}
        text={
          <span className={layout.row}>
            <StatusTag status={device.status} />
            <To page={page('members', device.user.id)}>{t('device.of', { email: device.user.email })}</To>
          </span>
        }
        actions={
          isOwner ? (
            <>
              <Button variant="default" onClick={() => setAsking('name')}>
                {t('device.rename')}
              </Button>
              <Button variant="default" onClick={() => setAsking('forget')}>
                {t('device.forget')}
              </Button>
            </>
          ) : null
        }
      />
      <Advice device={device} />
      <Standing device={device} />
      <ReportPanels report={device.report} />
      <DriftPanel id={id} />
      {asking === 'name' ? <NameDevice tag={tag} id={id} name={device.name} onClose={close} /> : null}
      {asking === 'forget' ? <ForgetDevice id={id} name={shown} onClose={close} /> : null}
    </>
  );
}

function Advice({ device }: { readonly device: DeviceDetail }) {
  const { t } = useConsoleText();
  const { status, whatToDo, frozen, refused, report } = device;
  const fine = (status === 'compliant' || status === 'exception') && frozen === null;
  return (
    <>
      <Notice
        tone={fine ? 'good' : 'warn'}
        title={t('compliance.todo')}
        actions={<WhereToDoIt device={device} />}
      >
        {whatToDo}
      </Notice>
      {frozen === 'policy_source_broken' || frozen === 'policy_stale' ? (
        <Notice tone="bad">{t(`device.frozen.${frozen}`)}</Notice>
      ) : null}
      {refused === null ? null : <Notice tone="bad">{t('device.refused', { reason: refused })}</Notice>}
      {report.contended ? <Notice tone="warn">{t('device.contended')}</Notice> : null}
    </>
  );
}

/** The page on which an administrator does what is to be done; nothing where it is done on the device. */
function WhereToDoIt({ device: { status, user, expected } }: { readonly device: DeviceDetail }) {
  const { t } = useConsoleText();
  const { page, isOwner } = useHere();
  if (status === 'exception' && expected !== null)
    return <To page={page('policies', expected.id, 'exceptions')}>{t('device.toOverrides')}</To>;
  if (status === 'no_policy') return <To page={page('members', user.id)}>{t('device.toMember')}</To>;
  if (status === 'uncontrolled_domain' && isOwner) return <To page={page('domains')}>{t('nav.domains')}</To>;
  return null;
}

/** What is in force there; the policy itself where it is not the one that should be. */
function Applied({ device: { applied, expected } }: { readonly device: DeviceDetail }) {
  const { t } = useConsoleText();
  const { page } = useHere();
  if (applied === null || applied.policyId === null || applied.revision === null) return t('device.noPolicy');
  const { policyId, revision } = applied;
  if (policyId === expected?.id) return t('device.revision', { policy: expected.name, revision });
  return (
    <To page={page('policies', policyId)}>
      {t('device.revision', { policy: t('device.otherPolicy'), revision })}
    </To>
  );
}

function Standing({ device }: { readonly device: DeviceDetail }) {
  const { t } = useConsoleText();
  const { page } = useHere();
  const { expected, platform, osVersion, agentVersion } = device;
  const { fetchedAt, appliedAt, reportedAt, firstSeenAt } = device;
  return (
    <div className={layout.pair}>
      <Panel title={t('device.facts')}>
        <Facts
          facts={[
            [
              t('device.expected'),
              expected === null ? (
                t('device.noPolicy')
              ) : (
                <To key="expected" page={page('policies', expected.id)}>
                  {t('device.revision', { policy: expected.name, revision: expected.revision })}
                </To>
              ),
            ],
            [t('device.applied'), <Applied key="applied" device={device} />],
            [t('compliance.settings'), t(`compliance.settings.${device.settings}`)],
            [t('compliance.domain'), t(`compliance.domain.${device.domain}`)],
            [t('compliance.fetched'), <When key="fetched" at={fetchedAt} />],
            [t('device.appliedAt'), <When key="applied" at={appliedAt} />],
          ]}
        />
      </Panel>
      <Panel title={t('compliance.device')}>
        <Facts
          facts={[
            [
              t('compliance.platform'),
              platform === null ? '' : `${platformName(platform)} ${osVersion ?? ''}`,
            ],
            [t('compliance.agent'), agentVersion ?? ''],
            [t('compliance.reported'), <When key="reported" at={reportedAt} />],
            [t('device.firstSeen'), <When key="first" at={firstSeenAt} />],
            [t('device.clock'), <Clock key="clock" behind={device.clockBehindSeconds ?? 0} />],
          ]}
        />
      </Panel>
    </div>
  );
}

function Clock({ behind }: { readonly behind: number }) {
  const { t } = useConsoleText();
  if (Math.abs(behind) < CLOCK_TOLERANCE) return t('device.clockGood');
  return behind > 0 ? t('device.clockBehind', { count: behind }) : t('device.clockAhead', { count: -behind });
}

interface DialogProps {
  readonly id: string;
  readonly name: string;
  readonly onClose: () => void;
}

function NameDevice({ id, name, tag, onClose }: DialogProps & { readonly tag: string }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const made = useMadeFrom(name, tag, change, true);
  const [typed, setTyped] = useState(name);
  const [problem, setProblem] = useState<string>();
  const submit = async () => {
    const checked = checkForm(deviceChangeSchema, { name: typed.trim() === '' ? null : typed });
    setProblem(checked.ok ? undefined : checked.problems.name);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'PATCH',
      path: api('devices', id),
      body: checked.value,
      ifMatch: made.tag,
      answer: deviceDetailSchema,
    });
    if (answer.ok) onClose();
  };
  return (
    <FormDialog
      title={t('device.renameTitle')}
      submit={t('action.save')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Overtaken
        overtaken={made.overtaken}
        fields={[[t('device.name'), (each) => each]]}
        onTheirs={() => {
          setTyped(name);
          change.forget();
          made.end();
        }}
      />
      <Field
        label={t('device.name')}
        hint={t('device.nameHint')}
        problem={problem}
        value={typed}
        onChange={setTyped}
      />
    </FormDialog>
  );
}

function ForgetDevice({ id, name, onClose }: DialogProps) {
  const { t } = useConsoleText();
  const [signOut, setSignOut] = useState(false);
  const { api, page } = useHere();
  const [, go] = useLocation();
  return (
    <DeleteDialog
      title={t('device.forgetTitle', { device: name })}
      submit={t('device.forget')}
      path={api('devices', id)}
      query={{ signOut: String(signOut) }}
      onClose={onClose}
      onDone={() => go(page('compliance'))}
    >
      <p>{t('device.forgetText')}</p>
      <Toggle
        label={t('device.forgetSignOut')}
        hint={t('device.forgetSignOutHint')}
        checked={signOut}
        onChange={setSignOut}
      />
    </DeleteDialog>
  );
}
