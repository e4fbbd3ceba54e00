import type { HubPolicy, PolicyAnswer, SourceState } from '../../shared/contracts/local-api.ts';
import type { LayerSource, Problem } from '../../shared/policy/model.ts';
import { PRECEDENCE } from '../../shared/policy/precedence.ts';
import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import { instant } from '../clock.ts';
import type { DeliveryState } from '../delivery/policy-delivery.ts';
import type { Enforcement, EnforcementInputs } from '../enforcement/model.ts';
import type { ReadSource } from '../sources/source-reading.ts';
import { maskedJson } from './json-of.ts';

/** What the policy page is made from. */
export interface PolicyView {
  readonly profile: ReadSource;
  readonly adminSettings: ReadSource;
  readonly delivery: DeliveryState;
  /** Address of the hub of this device; `null` while it knows none. */
  readonly hubUrl: string | null;
  readonly inputs: EnforcementInputs;
  readonly enforcement: Pick<Enforcement, 'resolution' | 'choices' | 'usingLastGood' | 'appliedAt' | 'drift'>;
  /** Problems that belong to no layer: of sign-in, and of files that are ignored. */
  readonly otherProblems: readonly Problem[];
}

type ContractProblem = PolicyAnswer['problems'][number];

/** `GET /v1/policy` */
export function policyAnswer(view: PolicyView): PolicyAnswer {
  return {
    precedence: precedence(view),
    sources: [
      machineSource('configuration-profile', view.profile, view),
      hubSource(view),
      machineSource('admin-settings', view.adminSettings, view),
    ],
    policy: hubPolicy(view.delivery, view.enforcement.appliedAt()),
    problems: allProblems(view),
    drift: [...view.enforcement.drift()],
  };
}

/** Every problem that surfaces show, strongest source first, then what belongs to no layer. */
export function allProblems(
  view: Pick<PolicyView, 'enforcement' | 'delivery' | 'otherProblems'>,
): ContractProblem[] {
  const ofLayers = view.enforcement.resolution().problems;
  return [...ofLayers, ...view.otherProblems, ...hubProblems(view.delivery)].map((problem) => ({
    ...problem,
    message: maskUserInfo(problem.message),
  }));
}

/** The bundle in force. One of the account before is not this person's to read (docs/delivery.md section 4). */
export function hubPolicy({ bundle }: DeliveryState, appliedAt: string | null): HubPolicy | null {
  if (bundle === null || bundle.ofPreviousAccount) return null;
  const { policy, org, seq, contact, registries, images } = bundle.payload;
  return {
    organization: org,
    id: policy?.id ?? null,
    name: policy?.name ?? null,
    scope: policy?.scope ?? null,
    revision: policy?.revision ?? null,
    seq,
    updatedAt: policy?.updatedAt ?? null,
    fetchedAt: bundle.fetchedAt,
    appliedAt,
    contact,
    stale: bundle.stale,
    ...(bundle.offline && bundle.payload.exp !== undefined
      ? { offlineUntil: instant(bundle.payload.exp * 1000) }
      : {}),
    access: { registries, images, enforced: false },
  };
}

function precedence({ inputs, enforcement }: PolicyView): PolicyAnswer['precedence'] {
  const origins = new Map(inputs.layers.map(({ layer, origin }) => [layer.source, origin.label]));
  return PRECEDENCE.map(({ source, title }) => {
    if (source === 'user') return { source, present: enforcement.choices().size > 0, label: title };
    if (source === 'default') return { source, present: true, label: title };
    return { source, present: origins.has(source), label: origins.get(source) ?? title };
  });
}

function machineSource(
  source: 'configuration-profile' | 'admin-settings',
  reading: ReadSource,
  view: PolicyView,
): SourceState {
  const first = reading.problems.find(({ severity }) => severity === 'error');
  return {
    source,
    state: reading.state === 'ok' ? stateOf(reading.problems) : reading.state,
    location: reading.location,
    usingLastGood: view.enforcement.usingLastGood().has(source),
    lastAttempt: reading.lastAttempt,
    lastSuccess: reading.lastSuccess,
    ...(first === undefined ? {} : { message: maskUserInfo(first.message) }),
    problems: reading.problems.map((problem) => ({ ...problem, message: maskUserInfo(problem.message) })),
    ...(reading.document === undefined ? {} : { document: maskedJson(reading.document) }),
  };
}

function hubSource(view: PolicyView): SourceState {
  const { delivery, inputs, enforcement } = view;
  const hubLayers: readonly LayerSource[] = ['user-policy', 'organization-policy'];
  const layer = inputs.layers.map((each) => each.layer).find(({ source }) => hubLayers.includes(source));
  const { bundle, sync } = delivery;
  const problems = [...(layer?.problems ?? []), ...hubProblems(delivery)];
  const message = delivery.refused?.message ?? sync.error?.message ?? layer?.problems[0]?.message;
  const readable = bundle !== null && !bundle.ofPreviousAccount && bundle.payload.policy !== null;
  return {
    source: 'hub',
    state: layer?.state === 'broken' ? 'broken' : bundle === null ? 'absent' : stateOf(problems),
    location: maskUserInfo(view.hubUrl ?? ''),
    usingLastGood: hubLayers.some((source) => enforcement.usingLastGood().has(source)),
    lastAttempt: sync.lastAttempt,
    lastSuccess: sync.lastSuccess,
    ...(message === undefined ? {} : { message: maskUserInfo(message) }),
    problems: problems.map((problem) => ({ ...problem, message: maskUserInfo(problem.message) })),
    ...(readable ? { document: maskedJson(bundle.payload.document) } : {}),
  };
}

function stateOf(problems: readonly Pick<Problem, 'severity'>[]): 'ok' | 'warnings' | 'errors' {
  if (problems.some(({ severity }) => severity === 'error')) return 'errors';
  return problems.length > 0 ? 'warnings' : 'ok';
}

/** A refused bundle changes nothing, but is shown with its reason until one is accepted (docs/delivery.md section 3). */
function hubProblems({ refused, proxyProblem }: DeliveryState): ContractProblem[] {
  const of = (severity: 'error' | 'warning', code: string, message: string): ContractProblem => ({
    ...{ severity, code, message, source: 'organization-policy', path: '' },
  });
  return [
    ...(refused === null ? [] : [of('error', refused.reason, refused.message)]),
    ...(proxyProblem === null ? [] : [of('warning', proxyProblem.code, proxyProblem.message)]),
  ];
}
