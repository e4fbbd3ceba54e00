import type { BundleOverride } from '../shared/contracts/bundle.ts';
import type { Problem } from '../shared/policy/model.ts';
import { withOverrides } from '../shared/policy/overrides.ts';
import { brokenLayer, readDocument } from '../shared/policy/read-document.ts';
import type { Catalog } from '../shared/settings/define-catalog.ts';
import type { PolicyOwner } from './account/account-service.ts';
import type { AcceptedBundle, DeliveryState } from './delivery/policy-delivery.ts';
import type { EnforcementInputs, LayerInput, SignInWall } from './enforcement/model.ts';
import type { SourceReading } from './sources/source-reading.ts';

/** Everything that decides the settings, as the agent's parts know it now. */
export interface PolicyParts {
  readonly profile: SourceReading;
  readonly adminSettings: SourceReading;
  readonly delivery: Pick<DeliveryState, 'bundle' | 'cache'>;
  /** Whose policy this device asks for. */
  readonly owner: PolicyOwner | null;
  /**
   * The hub that the profile binds this device to: set where it gives `hubUrl`, `hubKeys` and `allowedOrgs`. Such a
   * device is frozen, and not unmanaged, until a bundle is accepted (docs/delivery.md section 3).
   */
  readonly boundTo: string | null;
  readonly wall: SignInWall | null;
  /** Locations of sign-in files that others could have written. */
  readonly untrustedSignIn: readonly string[];
  /** Those of the bundle's overrides that are in force now. */
  readonly overrides: readonly BundleOverride[];
}

/** As long as the drift log and reports let a file's name be. */
const LONGEST_NAME = 200;
/** Policy of the machine's own files is nobody's in particular. */
const MACHINE_SCOPE = 'machine';

/** Brings the sources into the form that enforcement follows. Pure but for the memory of the last bundle's reading. */
export function createPolicyInputs(catalog: Catalog): (parts: PolicyParts) => EnforcementInputs {
  const hubLayer = createHubLayer(catalog);
  return (parts) => {
    const layers = [
      machineLayer(parts.profile, 'configuration profile'),
      hubLayer(parts),
      machineLayer(parts.adminSettings, 'admin-settings.json'),
    ].filter((layer) => layer !== null);
    const untrusted = [
      ...[parts.profile, parts.adminSettings].flatMap(({ state, location }) =>
        state === 'untrusted' ? [location] : [],
      ),
      ...parts.untrustedSignIn,
    ].map((location) => location.slice(0, LONGEST_NAME));
    return { layers, stale: parts.delivery.bundle?.stale ?? false, wall: parts.wall, untrusted };
  };
}

function machineLayer(reading: SourceReading, label: string): LayerInput | null {
  if (reading.layer === null) return null;
  return { scope: MACHINE_SCOPE, origin: { label, location: reading.location }, layer: reading.layer };
}

/** A bundle's document is read once, however often the inputs are made anew. */
function createHubLayer(catalog: Catalog): (parts: PolicyParts) => LayerInput | null {
  let last: { readonly payload: AcceptedBundle['payload']; readonly input: LayerInput | null } | null = null;
  let overridden: { readonly key: string; readonly of: LayerInput; readonly input: LayerInput } | null = null;
  const withGranted = (input: LayerInput, overrides: readonly BundleOverride[]): LayerInput => {
    const key = JSON.stringify(overrides);
    if (overridden?.key !== key || overridden.of !== input)
      overridden = { key, of: input, input: overrideLayer(input, overrides, catalog) };
    return overridden.input;
  };
  return (parts) => {
    const { bundle } = parts.delivery;
    if (bundle === null) return withoutBundle(parts);
    if (last?.payload !== bundle.payload)
      last = { payload: bundle.payload, input: bundleLayer(bundle, catalog) };
    if (last.input === null) return null;
    const input = withGranted(last.input, parts.overrides);
    // In force until the new person's first bundle, but not theirs to read about (docs/delivery.md section 4).
    return bundle.ofPreviousAccount
      ? { ...input, origin: { label: 'the policy of the account before' } }
      : input;
  };
}

/** The layer with the overrides that are in force (docs/delivery.md section 6). */
function overrideLayer(
  input: LayerInput,
  overrides: readonly BundleOverride[],
  catalog: Catalog,
): LayerInput {
  const layer = withOverrides(input.layer, overrides, catalog);
  const by = overrides.filter(
    ({ setting }) => layer.mentions.get(setting) !== input.layer.mentions.get(setting),
  );
  return by.length === 0 ? input : { ...input, layer, overridden: { beneath: input.layer, by } };
}

/** The layer that selection gives the bundle: the user's own policy, or the organization's default. */
function bundleLayer({ payload }: AcceptedBundle, catalog: Catalog): LayerInput | null {
  const { policy, org, iss, sub } = payload;
  if (policy === null) return null;
  const source = policy.scope === 'user' ? 'user-policy' : 'organization-policy';
  return {
    scope: scopeOf(iss, org, sub),
    origin: {
      label: `${policy.name} (${org})`,
      organization: org,
      policy: policy.name,
      revision: policy.revision,
      location: iss,
    },
    layer: readDocument(payload.document, source, catalog),
  };
}

function withoutBundle({ delivery, owner, boundTo }: PolicyParts): LayerInput | null {
  const scope = owner === null ? 'hub' : scopeOf(owner.issuer, owner.organization ?? '', owner.userId);
  if (delivery.cache === 'broken') return frozenLayer(scope, owner?.hubUrl ?? null, BROKEN_CACHE);
  if (boundTo === null) return null;
  const message = `This device follows ${boundTo}, and has not received its policy yet. Settings stay as they are until it arrives: sign in, or run "mooring sync".`;
  return frozenLayer(scope, boundTo, message);
}

const BROKEN_CACHE =
  'The policy kept on this device cannot be used any more. Settings stay as they are until it has been fetched again: run "mooring sync".';

/** The strongest source the hub could have spoken through: only what the profile decides keeps following it. */
function frozenLayer(scope: string, location: string | null, message: string): LayerInput {
  const source = 'user-policy';
  const problem: Problem = { severity: 'error', source, path: '', code: 'unreadable', message };
  return {
    scope,
    origin: { label: 'the organization’s policy', ...(location === null ? {} : { location }) },
    layer: brokenLayer(source, [problem]),
  };
}

function scopeOf(issuer: string, organization: string, user: string): string {
  return JSON.stringify([issuer, organization, user]);
}
