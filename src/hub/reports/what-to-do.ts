import type { DeviceStatus } from '../../shared/contracts/hub-devices.ts';
import { assertNever } from '../../shared/contracts/refusal.ts';

/** What is known of a device when somebody asks what to do about it. */
export interface DeviceState {
  readonly status: DeviceStatus;
  readonly hasDevice: boolean;
  readonly hasApplied: boolean;
  readonly frozen: string | null;
  readonly refused: string | null;
  readonly errors: number;
}

/** The next step for an administrator, in a sentence. */
export function whatToDo(state: DeviceState): string {
  switch (state.status) {
    case 'compliant':
      return state.frozen === null ? 'Nothing.' : afterFreeze(state.frozen);
    case 'exception':
      return state.frozen === null
        ? 'Nothing: a granted override is in force and ends by itself; an owner can revoke it.'
        : afterFreeze(state.frozen);
    case 'no_policy':
      return 'Assign a policy to this member or one of their teams, or make one the default.';
    case 'uncontrolled_domain':
      return "Verify the domain of this member's e-mail address, or remove them.";
    case 'unknown':
      return state.hasDevice
        ? 'The device has not reported for days: ask the member to start Mooring, or forget the device.'
        : 'Ask the member to install Mooring and sign in.';
    case 'outdated':
      return state.refused === null
        ? 'The device fetches by itself within the hour while it is on and reaches the hub; "Sync now" on the device does it at once.'
        : `The device refuses the new policy (${state.refused}). ${afterRefusal(state.refused)}`;
    case 'non_compliant':
      return nonCompliant(state);
    default:
      return assertNever(state.status);
  }
}

function afterRefusal(reason: string): string {
  switch (reason) {
    case 'bad_signature':
    case 'malformed':
      return 'Something between the device and the hub changes what it sends: look at proxies on the way.';
    case 'unknown_key':
      return 'It trusts another key: name the present one in its profile (hubKeys), or have the member sign in again and compare both fingerprints.';
    case 'wrong_issuer':
      return 'The member signed in at another address than the public URL of this hub: mend that, or have them sign in again.';
    case 'expired':
      return 'Its clock is wrong, or its policy came by file and has ended: look at the clock, or export a new file.';
    case 'rolled_back':
      return 'It has seen a newer one: was the database put back without "mooring-hub restore"? A change to the policy gives it a new number.';
    default:
      return 'Look at its report.';
  }
}

function nonCompliant(state: DeviceState): string {
  if (state.frozen !== null) return afterFreeze(state.frozen);
  if (!state.hasApplied)
    return 'No policy was applied yet: ask the member to choose "Sync now" and look at the report.';
  if (state.errors > 0) return 'The device could not apply all of the policy: its report lists the errors.';
  return 'Values on the device differ from the policy: look at the drift of the device.';
}

/** What lets a frozen device move again; a device that complies may be frozen too. */
function afterFreeze(frozen: string): string {
  return frozen === 'policy_stale'
    ? 'Settings on the device are frozen until it fetches its policy again: see that it reaches the hub, then "Sync now" on the device.'
    : 'Settings on the device are frozen: mend the policy source that its report names.';
}
