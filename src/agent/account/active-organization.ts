import type { AgentOrganization } from '../../shared/contracts/agent-api.ts';

/**
 * The organizations a device may follow, the one it follows by default first (docs/policy.md section 8): of those
 * the user belongs to, restricted to `allowed` where set and then in that list's order; else the one that verified
 * the user's domain, else the earliest joined. Names are compared exactly; equal ranks are ordered by name, so that
 * two devices of one user agree.
 */
export function eligibleOrganizations(
  memberships: readonly AgentOrganization[],
  allowed: readonly string[] | null,
): AgentOrganization[] {
  const byDefault = [...memberships].sort(
    (a, b) =>
      Number(b.verifiedDomain) - Number(a.verifiedDomain) ||
      Date.parse(a.joinedAt) - Date.parse(b.joinedAt) ||
      (a.name < b.name ? -1 : Number(a.name > b.name)),
  );
  if (allowed === null) return byDefault;
  return [...new Set(allowed)].flatMap((name) => byDefault.find((each) => each.name === name) ?? []);
}

/** The active one: what the person chose while it is eligible, else the default; `null` when none is. */
export function activeOrganization(
  memberships: readonly AgentOrganization[],
  allowed: readonly string[] | null,
  chosen: string | null,
): string | null {
  const eligible = eligibleOrganizations(memberships, allowed);
  const picked = eligible.find((each) => each.name === chosen) ?? eligible[0];
  return picked?.name ?? null;
}
