import type { AccountAnswer, LocalEvent, SignInRequirement } from '../shared/contracts/local-api.ts';
import type { Catalog } from '../shared/settings/define-catalog.ts';
import type { AccountService, AccountState } from './account/account-service.ts';
import { signInRequirement } from './account/enforced-sign-in.ts';
import type { LogEntry } from './agent-options.ts';
import type { HubHttp } from './delivery/hub-http.ts';
import type { DeliveryState, PolicyDelivery } from './delivery/policy-delivery.ts';
import type { Enforcement, EnforcementEvent, EnforcementInputs } from './enforcement/model.ts';
import { oneAtATime } from './one-at-a-time.ts';
import type { OverrideTerms } from './overrides/override-terms.ts';
import { createPolicyInputs } from './policy-inputs.ts';
import type { MachineSources } from './sources/machine-sources.ts';

/** What an agent starts beside its first resolution. A command that works for itself starts neither. */
export interface StartOptions {
  /** Fetches policy by itself (docs/delivery.md section 1). */
  readonly schedule: boolean;
  /** Follows changes of files and of the registry. */
  readonly watch: boolean;
}

/** The parts of the agent, made and connected by the composition root. */
export interface AgentParts {
  readonly catalog: Catalog;
  readonly sources: MachineSources;
  readonly http: HubHttp;
  readonly account: AccountService;
  readonly delivery: PolicyDelivery;
  readonly enforcement: Enforcement;
  readonly overrides: OverrideTerms;
  readonly log: (entry: LogEntry) => void;
}

/** The flow of policy, one way: sources, account and bundle in, settings store and events out. */
export interface AgentCore {
  start(options: StartOptions): Promise<void>;
  stop(): Promise<void>;
  /** Reads what is on the machine again and brings settings into line with everything that is known. */
  refresh(): Promise<void>;
  /** Brings settings into line with what is already known. */
  follow(): Promise<void>;
  /** What decides the settings now. */
  inputs(): EnforcementInputs;
  accountAnswer(): AccountAnswer;
  onChange(listener: (event: LocalEvent) => void): () => void;
}

/** Connects the parts; owns no state but the last inputs and who listens. */
export function createAgentCore(parts: AgentParts): AgentCore {
  const { sources, account, delivery, enforcement } = parts;
  const makeInputs = createPolicyInputs(parts.catalog);
  const listeners = new Set<(event: LocalEvent) => void>();
  const stops: (() => void)[] = [];
  let inputs: EnforcementInputs | null = null;
  let organizations = '';

  const announce = (event: LocalEvent) => {
    for (const listener of [...listeners]) listener(event);
  };
  const requirement = () =>
    signInRequirement(
      sources.current().signIn,
      personOf(account.state(), organizationByFile(delivery.state())),
    );
  const inputsNow = (): EnforcementInputs => {
    const { profile, adminSettings, keys } = sources.current();
    const bound = keys !== null && keys.hubKeys !== null && keys.allowedOrgs !== undefined;
    return makeInputs({
      ...{ profile, adminSettings, delivery: delivery.state(), owner: account.owner() },
      boundTo: bound ? keys.hubUrl : null,
      wall: wallOf(requirement()),
      untrustedSignIn: sources.current().signIn.untrusted,
      overrides: parts.overrides.inForce(delivery.state().bundle?.payload ?? null),
    });
  };
  const follow = oneAtATime(async () => {
    // Other organizations may be allowed now: the account then chooses its active one anew.
    const allowed = JSON.stringify(sources.current().signIn.organizations);
    if (allowed !== organizations) account.reviewOrganization();
    organizations = allowed;
    const next = inputsNow();
    if (inputs !== null && sameInputs(inputs, next)) return;
    inputs = next;
    await enforcement.apply(next);
  });
  const followChange = (type: 'account' | 'status') => () => {
    announce({ type });
    follow().then(
      () => announce({ type: 'status' }),
      (error: unknown) => {
        const fault = error instanceof Error ? (error.stack ?? error.message) : String(error);
        parts.log({ level: 'error', message: 'following a change of policy failed', facts: { fault } });
      },
    );
  };

  return {
    start: async ({ schedule, watch }) => {
      organizations = JSON.stringify(sources.current().signIn.organizations);
      await parts.overrides.load();
      await delivery.start({ schedule });
      inputs = inputsNow();
      await enforcement.start(inputs, { watch });
      stops.push(
        enforcement.onChange((event) => announce(eventOf(event))),
        account.onChange(followChange('account')),
        delivery.onChange(followChange('status')),
        parts.overrides.onChange(followChange('status')),
      );
      if (watch) stops.push(sources.watch(followChange('account')));
      // Whatever changed between the first inputs and the listeners.
      await follow();
    },
    stop: async () => {
      for (const stop of stops.splice(0)) stop();
      await delivery.stop();
      await parts.overrides.stop();
      await account.stop();
      await enforcement.stop();
    },
    refresh: async () => {
      await sources.refresh();
      await follow();
      await enforcement.check();
    },
    follow,
    inputs: () => inputs ?? inputsNow(),
    accountAnswer: () => ({ ...account.state(), signIn: requirement() }),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A bundle by file meets enforced sign-in without a session (docs/delivery.md section 4). */
function organizationByFile({ bundle }: DeliveryState): string | null {
  return bundle?.offline === true && !bundle.ofPreviousAccount ? bundle.payload.org : null;
}

function personOf(
  { state, account }: AccountState,
  byFile: string | null,
): Parameters<typeof signInRequirement>[1] {
  if (byFile !== null) return { signedIn: true, organizations: [byFile] };
  const organizations = account?.organizations.map(({ name }) => name) ?? [];
  return { signedIn: state === 'signed-in', organizations };
}

function wallOf({
  enforced,
  satisfied,
  organizations,
  method,
  problem,
}: SignInRequirement): EnforcementInputs['wall'] {
  if (!enforced || satisfied) return null;
  return { organizations, method, ...(problem === null ? {} : { problem }) };
}

/** The drift itself is read anew by whoever hears of it. */
function eventOf(event: EnforcementEvent): LocalEvent {
  if (event.type === 'settings') return { type: 'settings', changed: [...event.changed] };
  return { type: event.type };
}

function sameInputs(a: EnforcementInputs, b: EnforcementInputs): boolean {
  return (
    a.stale === b.stale &&
    JSON.stringify([a.wall, a.untrusted]) === JSON.stringify([b.wall, b.untrusted]) &&
    a.layers.length === b.layers.length &&
    a.layers.every((layer, index) => {
      const other = b.layers[index];
      return (
        other !== undefined &&
        sameLayer(layer.layer, other.layer) &&
        layer.scope === other.scope &&
        JSON.stringify(layer.origin) === JSON.stringify(other.origin)
      );
    })
  );
}

/** Layers are read once and kept; only that of a missing bundle is made anew each time. */
function sameLayer(a: EnforcementInputs['layers'][number]['layer'], b: typeof a): boolean {
  if (a === b) return true;
  const broken = a.state === 'broken' && b.state === 'broken' && a.source === b.source;
  return broken && JSON.stringify(a.problems) === JSON.stringify(b.problems);
}
