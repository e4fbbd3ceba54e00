import type { LoginAnswer, OverridesAnswer, StatusAnswer } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { Problem } from '../../shared/policy/model.ts';
import type { Catalog } from '../../shared/settings/define-catalog.ts';
import { nearest } from '../../shared/text/nearest.ts';
import type { AgentCore, AgentParts } from '../agent-core.ts';
import type { DiagnosticsSources } from '../diagnostics/collect-diagnostics.ts';
import { createOverrideDesk, type OverrideDesk } from '../overrides/override-desk.ts';
import type { AgentPaths, Layout } from '../paths.ts';
import type { Handled } from './http-answer.ts';
import type { LoopbackDoor } from './loopback-door.ts';
import { allProblems, hubPolicy, type PolicyView, policyAnswer } from './policy-answer.ts';
import type { LocalHandlers } from './router.ts';
import { catalogAnswer, type SettingsView, settingState, settingsAnswer } from './settings-answer.ts';

/** What the handlers answer from. */
export interface HandlerOptions {
  readonly version: string;
  readonly paths: AgentPaths;
  readonly parts: AgentParts;
  readonly core: AgentCore;
  /** `null` where no browser can be served: a command that runs the agent for itself ends too soon. */
  readonly door: () => LoopbackDoor | null;
  readonly doctor: LocalHandlers['doctor'];
  /** Collects the file for whoever shall find out what is wrong here. */
  readonly collect: (handlers: DiagnosticsSources['handlers']) => ReturnType<LocalHandlers['diagnostics']>;
  readonly requestStop: () => void;
}

/** Every route of the local API, answered from the parts of the agent. */
export function createLocalHandlers(options: HandlerOptions): LocalHandlers {
  const { parts, core, paths } = options;
  const { account, enforcement, catalog } = parts;
  const filled = withAccount(options);
  const desk = createOverrideDesk(parts);
  const overridden = async (refusal: Refusal | null): Promise<Handled<OverridesAnswer>> => {
    await core.follow();
    return refusal === null ? { ok: true, body: desk.current() } : { ok: false, refusal };
  };
  const handlers: LocalHandlers = {
    status: async () => statusAnswer(options, desk),
    catalog: () => catalogAnswer(catalog, paths.platform),
    settings: () => settingsAnswer(settingsView(options)),
    setting: (id) => {
      const setting = enforcement.resolution().settings.get(id);
      if (setting === undefined) return { ok: false, refusal: noSetting(id, catalog, paths) };
      return { ok: true, body: settingState(settingsView(options), setting) };
    },
    change: (request) => enforcement.change(request),
    policy: () => policyAnswer(policyView(options)),
    sync: () => sync(options),
    importPolicy: async (bundle) => {
      // The profile decides whether it counts, and it may just have been put there.
      await core.refresh();
      const outcome = await parts.delivery.importBundle(bundle);
      await core.follow();
      if (!outcome.ok) return outcome;
      const policy = hubPolicy(parts.delivery.state(), enforcement.appliedAt());
      return { ok: true, body: { outcome: 'updated', message: outcome.message, policy } };
    },
    overrides: desk.current,
    requestOverride: async (request) => overridden(await desk.request(request)),
    endOverride: async (setting) => overridden(await desk.end(setting)),
    account: () => core.accountAnswer(),
    login: async (request) => filled(await account.login(request)),
    loginProgress: async (id, waitMs) => filled(await account.loginProgress(id, waitMs)),
    logout: async () => {
      await account.logout();
      await core.follow();
      return { ok: true, body: core.accountAnswer() };
    },
    useOrganization: async (name) => {
      const refusal = await account.useOrganization(name);
      if (refusal !== null) return { ok: false, refusal };
      await parts.delivery.sync();
      await core.follow();
      return { ok: true, body: core.accountAnswer() };
    },
    doctor: options.doctor,
    diagnostics: () => options.collect(handlers),
    dashboard: async () => (await options.door()?.open()) ?? { ok: false, refusal: NO_DOOR },
    session: (token) => options.door()?.exchange(token) ?? { ok: false, refusal: NO_DOOR },
    subscribe: core.onChange,
    stop: options.requestStop,
  };
  return handlers;
}

const NO_DOOR: Refusal = {
  code: 'conflict',
  message: 'The dashboard needs an agent that stays, and none runs here.',
  help: 'Start one with "mooring agent run --headless --dashboard".',
};

/** A sign-in that has ended answers with the account, and with the policy of that account already in force. */
function withAccount({ core, parts }: HandlerOptions) {
  return async (answer: LoginAnswer | Refusal): Promise<Handled<LoginAnswer>> => {
    if ('code' in answer) return { ok: false, refusal: answer };
    if (answer.state !== 'done') return { ok: true, body: answer };
    await parts.delivery.sync();
    await core.follow();
    return { ok: true, body: { ...answer, account: core.accountAnswer() } };
  };
}

async function sync({ parts, core }: HandlerOptions): ReturnType<LocalHandlers['sync']> {
  await core.refresh();
  const outcome = await parts.delivery.sync();
  await core.follow();
  const policy = hubPolicy(parts.delivery.state(), parts.enforcement.appliedAt());
  return { ...outcome, policy };
}

function settingsView({ parts }: HandlerOptions): SettingsView {
  const { enforcement } = parts;
  return {
    resolution: enforcement.resolution(),
    choices: enforcement.choices(),
    managedBy: (id) => enforcement.managedBy(id),
  };
}

/** Everything that speaks about policy, as the answers and the reports are made from it. */
export function policyView({
  parts,
  core,
  paths,
}: Pick<HandlerOptions, 'parts' | 'core' | 'paths'>): PolicyView {
  const { sources, delivery, enforcement, account } = parts;
  const { profile, adminSettings, signIn, keys } = sources.current();
  const ignored = [profile, adminSettings].filter(({ layer }) => layer === null);
  return {
    ...{ profile, adminSettings, enforcement },
    delivery: delivery.state(),
    hubUrl: keys?.hubUrl ?? account.owner()?.hubUrl ?? account.state().account?.hubUrl ?? null,
    inputs: core.inputs(),
    otherProblems: [
      ...ignored.flatMap(({ problems }) => problems),
      ...signIn.problems,
      ...layoutProblem(paths.layout, keys?.layout ?? paths.layout, profile.location),
    ],
  };
}

/** The layout decides every path, so it is read once, when the agent starts. */
function layoutProblem(now: Layout, wanted: Layout, location: string): readonly Problem[] {
  if (now === wanted) return [];
  const message = `${location} sets the layout "${wanted}", and the agent runs with "${now}". Restart the agent.`;
  return [
    { severity: 'warning', source: 'configuration-profile', path: 'layout', code: 'invalid_value', message },
  ];
}

function statusAnswer(options: HandlerOptions, desk: OverrideDesk): StatusAnswer {
  const { paths, parts, core } = options;
  const { enforcement, delivery } = parts;
  const settings = [...enforcement.resolution().settings.values()];
  const layers = settings.filter(({ source }) => source !== 'user' && source !== 'default');
  return {
    version: options.version,
    pid: process.pid,
    platform: paths.platform,
    layout: paths.layout,
    testPaths: paths.testPaths,
    paths: {
      store: paths.store,
      choices: paths.choices,
      state: paths.state,
      adminSettings: paths.adminSettings,
    },
    account: core.accountAnswer(),
    policy: hubPolicy(delivery.state(), enforcement.appliedAt()),
    sync: { ...delivery.state().sync },
    frozen: settings.find(({ frozen }) => frozen !== undefined)?.frozen ?? null,
    managed: {
      locked: layers.filter(({ locked }) => locked).length,
      suggested: layers.filter(({ locked }) => !locked).length,
    },
    overrides: desk.current().overrides,
    store: enforcement.storeState(),
    problems: allProblems(policyView(options)),
  };
}

function noSetting(id: string, catalog: Catalog, { platform }: AgentPaths): Refusal {
  const shown = id.slice(0, 100);
  const known = catalog.byId.get(id);
  if (known !== undefined) {
    return {
      code: 'not_applicable',
      message: `${known.label} (${id}) does not apply on ${platform}.`,
      setting: id,
      details: { platforms: known.platforms },
    };
  }
  const close = nearest(shown, catalog.byId.keys());
  return {
    code: 'unknown_setting',
    message: `There is no setting "${shown}".`,
    setting: shown,
    help: close === null ? 'List them with "mooring settings list".' : `Did you mean ${close}?`,
    ...(close === null ? {} : { details: { nearest: close } }),
  };
}
