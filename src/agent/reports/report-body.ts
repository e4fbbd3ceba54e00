import { createHash, randomUUID } from 'node:crypto';
import {
  type AgentReportBody,
  REPORT_DRIFT_LIMIT,
  type ReportedDrift,
  type ReportedSetting,
} from '../../shared/contracts/device-report.ts';
import type { Drift, PolicyAnswer } from '../../shared/contracts/local-api.ts';
import { managedHash, managedInForce } from '../../shared/policy/managed-hash.ts';
import type { Resolution, ResolvedSetting } from '../../shared/policy/model.ts';
import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import type { DeliveryState } from '../delivery/policy-delivery.ts';
import type { Enforcement, EnforcementInputs } from '../enforcement/model.ts';

/** What a report is made from; read at the moment it is made. */
export interface ReportView {
  readonly device: { readonly id: string; readonly name: string };
  readonly agentVersion: string;
  readonly osVersion: string;
  readonly delivery: DeliveryState;
  readonly inputs: EnforcementInputs;
  readonly enforcement: Pick<
    Enforcement,
    'resolution' | 'choices' | 'managedBy' | 'appliedAt' | 'storeState'
  >;
  /** As surfaces show them. */
  readonly problems: PolicyAnswer['problems'];
}

/** What is in force, without what makes each report another one: two equal states are the same occasion. */
export type ReportedState = Omit<
  AgentReportBody,
  'reportId' | 'reason' | 'at' | 'drift' | 'driftDropped' | 'refused'
>;

/** The most that the hub takes of each list. */
const MOST_PROBLEMS = 200;
const MOST_SETTINGS = 1000;
const MOST_TEXT = 2000;
/** The hub refuses a report that is too large, and with it all that it tells: these two lists can grow. */
const MOST_DRIFT_BYTES = 80 * 1024;
const MOST_PROBLEM_BYTES = 64 * 1024;

/** What is in force on this device (docs/delivery.md section 5): ids, never values, of what the user chose. */
export function reportedState(view: ReportView): ReportedState {
  const { delivery, enforcement, inputs } = view;
  const resolution = enforcement.resolution();
  // The policy of the account before is not this account's to report about.
  const bundle = delivery.bundle?.ofPreviousAccount === false ? delivery.bundle : null;
  const failed = enforcement.storeState().state === 'failed';
  const appliedAt = failed ? null : enforcement.appliedAt();
  const hub = inputs.layers.find(
    ({ layer: { source } }) => source === 'user-policy' || source === 'organization-policy',
  );
  const managed =
    bundle === null || hub === undefined
      ? { pairs: [], overridden: [] }
      : managedInForce(resolution, hub.layer);
  const policy = bundle?.payload.policy ?? null;
  const settings = [...resolution.settings.values()];
  return {
    deviceId: view.device.id,
    deviceName: textOf(view.device.name, 200),
    ...{ agentVersion: view.agentVersion, catalogVersion: view.agentVersion },
    platform: resolution.platform,
    osVersion: textOf(view.osVersion, 200),
    policy: {
      id: policy?.id ?? null,
      revision: policy?.revision ?? null,
      seq: appliedAt === null ? null : (bundle?.payload.seq ?? null),
      fetchedAt: bundle?.fetchedAt ?? null,
      appliedAt,
    },
    fetchedSeq: bundle?.payload.seq ?? null,
    managedHash:
      bundle === null
        ? null
        : managedHash(managed.pairs, (text) => createHash('sha256').update(text).digest('hex')),
    profileOverrides: [...managed.overridden],
    overrides: bundle === null ? [] : (hub?.overridden?.by ?? []).map(({ id }) => id),
    frozen: settings.find(({ frozen }) => frozen !== undefined)?.frozen ?? null,
    problems: withinBytes(
      view.problems.slice(0, MOST_PROBLEMS).map(reportedProblem),
      MOST_PROBLEM_BYTES,
      ({ source, severity, code }) => ({ source, severity, code, path: '', message: '' }),
    ),
    contended: enforcement.storeState().state === 'contended',
    settings: settings
      .filter(isMentioned)
      .slice(0, MOST_SETTINGS)
      .map((setting) => reportedSetting(setting, enforcement, failed)),
    choices: [...enforcement.choices().keys()].toSorted().slice(0, MOST_SETTINGS),
    local: settings.flatMap(locallyMentioned).slice(0, MOST_SETTINGS),
  };
}

/** A repair as the hub may see it: values only of a setting that is locked, for others hold what the user chose. */
export function reportedDrift(
  { at, kind, setting, file, wrong, right }: Drift,
  resolution: Resolution,
): ReportedDrift {
  const locked = setting !== null && resolution.settings.get(setting)?.locked === true;
  return {
    ...{ at, kind, setting },
    ...(file === undefined ? {} : { file }),
    ...(locked && wrong !== undefined ? { wrong } : {}),
    ...(locked && right !== undefined ? { right } : {}),
  };
}

/** A report of a state, with what happened since the last one. */
export function reportBody(
  state: ReportedState,
  since: {
    readonly reason: AgentReportBody['reason'];
    readonly at: string;
    readonly drift: readonly ReportedDrift[];
    readonly driftDropped: number;
    readonly refused: DeliveryState['refused'];
  },
): AgentReportBody {
  const { reason, at, refused } = since;
  const drift = withinBytes(
    since.drift.slice(-REPORT_DRIFT_LIMIT).toReversed(),
    MOST_DRIFT_BYTES,
    withoutValues,
  ).toReversed();
  return {
    ...{ reportId: randomUUID(), reason, at },
    ...state,
    drift,
    driftDropped: since.driftDropped + since.drift.length - drift.length,
    refused: refused === null ? null : { ...refused, message: textOf(refused.message, MOST_TEXT) },
  };
}

/** The list, whole as far as the bytes go; of the rest what `lessen` leaves. */
function withinBytes<T>(list: readonly T[], most: number, lessen: (each: T) => T): T[] {
  let left = most;
  return list.map((each) => {
    left -= Buffer.byteLength(JSON.stringify(each));
    return left < 0 ? lessen(each) : each;
  });
}

function withoutValues({ wrong: _wrong, right: _right, ...rest }: ReportedDrift): ReportedDrift {
  return rest;
}

function isMentioned({ contributions }: ResolvedSetting): boolean {
  return contributions.some(({ source }) => source !== 'user' && source !== 'default');
}

/** What would decide if the hub's policy no longer did: a simulation has to know. */
function locallyMentioned({ id, contributions }: ResolvedSetting): { id: string; locked: boolean }[] {
  const local = contributions.find(
    ({ source, outcome }) => source === 'admin-settings' && outcome !== 'ignored',
  );
  return local === undefined ? [] : [{ id, locked: local.locked }];
}

function reportedSetting(
  { id, source, locked, frozen }: ResolvedSetting,
  enforcement: ReportView['enforcement'],
  failed: boolean,
): ReportedSetting {
  return { id, source, locked, outcome: outcome() };
  function outcome(): ReportedSetting['outcome'] {
    if (frozen !== undefined) return 'frozen';
    if (failed) return 'failed';
    if (enforcement.managedBy(id)?.override !== undefined) return 'overridden';
    if (locked) return 'enforced';
    return source === 'user' ? 'chosen' : 'suggested';
  }
}

/** Words about the user's own file may quote what the user chose: only where and what kind is told. */
function reportedProblem(
  problem: ReportView['problems'][number],
): NonNullable<AgentReportBody['problems']>[number] {
  const { source, code, severity, path } = problem;
  const message =
    source === 'choices'
      ? 'Something in the user’s own settings file is not right.'
      : maskUserInfo(problem.message);
  return { source, code, severity, path: textOf(path, 400), message: textOf(message, MOST_TEXT) };
}

function textOf(text: string, most: number): string {
  return text.replaceAll('\0', '').slice(0, most).toWellFormed();
}
