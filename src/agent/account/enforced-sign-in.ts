import type { SignInRequirement } from '../../shared/contracts/local-api.ts';
import type { Problem } from '../../shared/policy/model.ts';
import { readAllowedOrganizations } from './allowed-organizations.ts';

/** What one method of enforced sign-in says now, strongest method first (docs/policy.md section 7). */
export type SignInMethod = {
  /** As a person knows it: `configuration profile`, `registry key`, `desktop.plist`, `registry.json`. */
  readonly method: string;
  /** Path or registry key. */
  readonly location: string;
} & (
  | { readonly state: 'not_configured' }
  | {
      readonly state: 'configured';
      readonly allowedOrgs: unknown;
      readonly warnings: readonly Problem[];
    }
  /** There, but it cannot be read: the wall stands, because what it demands is unknown. */
  | { readonly state: 'unreadable'; readonly problem: Problem }
  /** Ignored because others than administrators could have written it. */
  | { readonly state: 'untrusted'; readonly problem: Problem }
);

/** The requirement, before it is known who is signed in. */
export interface EnforcedSignIn {
  readonly enforced: boolean;
  readonly method: string | null;
  readonly location: string | null;
  readonly organizations: readonly string[];
  /** Why the wall cannot come down as it is, and how to mend it. */
  readonly problem: string | null;
  readonly problems: readonly Problem[];
  /** Locations that are ignored because others than administrators could have written them. */
  readonly untrusted: readonly string[];
}

/** The first configured method wins; the others are not consulted. */
export function enforcedSignIn(methods: readonly SignInMethod[]): EnforcedSignIn {
  const distrusted = methods.flatMap((each) => (each.state === 'untrusted' ? [each.problem] : []));
  const untrusted = methods.flatMap(({ state, location }) => (state === 'untrusted' ? [location] : []));
  const first = methods.find((each) => each.state === 'configured' || each.state === 'unreadable');
  if (first === undefined) {
    const nobody = { enforced: false, method: null, location: null, organizations: [], problem: null };
    return { ...nobody, problems: distrusted, untrusted };
  }
  const { method, location } = first;
  if (first.state !== 'configured') {
    const problem = first.state === 'unreadable' ? first.problem : null;
    return {
      ...{ enforced: true, method, location, organizations: [] },
      problem: problem?.message ?? null,
      problems: [...distrusted, ...(problem === null ? [] : [problem])],
      untrusted,
    };
  }
  const { names, problem } = readAllowedOrganizations(first.allowedOrgs);
  const told = problem === null ? null : `${location}: ${problem}`;
  const found = told === null ? [] : [listProblem(told, names.length === 0 ? 'error' : 'warning')];
  return {
    ...{ enforced: true, method, location, organizations: names },
    problem: names.length === 0 ? told : null,
    problems: [...distrusted, ...first.warnings, ...found],
    untrusted,
  };
}

/** Who the agent knows to be signed in; `organizations`: the names of those the person is a member of. */
export interface SignedInMember {
  readonly signedIn: boolean;
  readonly organizations: readonly string[];
}

/** The requirement as surfaces show it: satisfied when nothing is enforced, or a member is signed in. */
export function signInRequirement(enforced: EnforcedSignIn, person: SignedInMember): SignInRequirement {
  const { method, location, organizations, problem } = enforced;
  const isMember = person.organizations.some((name) => organizations.includes(name));
  return {
    enforced: enforced.enforced,
    satisfied: !enforced.enforced || (problem === null && person.signedIn && isMember),
    method,
    location,
    organizations: [...organizations],
    problem,
  };
}

function listProblem(message: string, severity: Problem['severity']): Problem {
  return { severity, source: 'sign-in', path: 'allowedOrgs', code: 'invalid_value', message };
}
