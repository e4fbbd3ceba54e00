import type { AgentAccount } from '../../shared/contracts/agent-api.ts';
import type { Account } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { SignedIn } from './account-record.ts';
import { activeOrganization, eligibleOrganizations } from './active-organization.ts';

/** The part of the record that follows what the hub says about the account. */
export function fromHub(
  account: AgentAccount,
): Pick<SignedIn, 'userId' | 'email' | 'name' | 'organizations' | 'sessionExpiresAt'> {
  const { userId, email, name, organizations, sessionExpiresAt } = account;
  return { userId, email, name, organizations, sessionExpiresAt };
}

/** The active organization of an account on this device. */
export function activeOf(account: SignedIn, allowed: readonly string[] | null): string | null {
  return activeOrganization(account.organizations, allowed, account.chosenOrganization);
}

/** The account as every surface shows it. */
export function shownAccount(
  account: SignedIn,
  device: { readonly id: string; readonly name: string },
  organization: string | null,
): Account {
  const { hubUrl, userId, email, name, signedInAt, sessionExpiresAt } = account;
  return {
    ...{ hubUrl, userId, email, name },
    organizations: account.organizations.map((each) => ({
      name: each.name,
      displayName: each.displayName,
      role: each.role,
      teams: each.teams,
    })),
    organization,
    deviceId: device.id,
    deviceName: device.name,
    ...{ signedInAt, sessionExpiresAt },
  };
}

/** Why this organization cannot be the active one; `null`: it can. */
export function refusedOrganization(
  account: SignedIn,
  allowed: readonly string[] | null,
  name: string,
): Refusal | null {
  const accepted = eligibleOrganizations(account.organizations, allowed).map((each) => each.name);
  if (accepted.includes(name)) return null;
  const help =
    accepted.length === 0 ? 'There is none to choose here.' : `Choose one of: ${accepted.join(', ')}.`;
  const details = { accepted };
  return account.organizations.some((each) => each.name === name)
    ? {
        code: 'forbidden',
        message: `"${name}" is not among the organizations allowed on this device.`,
        help,
        details,
      }
    : {
        code: 'not_found',
        message: `You are not a member of an organization named "${name}".`,
        help,
        details,
      };
}
