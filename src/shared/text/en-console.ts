import { enAccess } from './console/access.en.ts';
import { enAudit } from './console/audit.en.ts';
import { enAuditActions } from './console/audit-actions.en.ts';
import { enCompliance } from './console/compliance.en.ts';
import { enDeletions } from './console/deletions.en.ts';
import { enDomains } from './console/domains.en.ts';
import { enEffective } from './console/effective.en.ts';
import { enforcement } from './console/enforcement.en.ts';
import { enForms } from './console/forms.en.ts';
import { enConsoleLists } from './console/lists.en.ts';
import { enMembers } from './console/member-list.en.ts';
import { enMemberWork } from './console/members.en.ts';
import { enOrganization } from './console/organization.en.ts';
import { enOverview } from './console/overview.en.ts';
import { enPolicies } from './console/policies.en.ts';
import { enPolicyWork } from './console/policy-work.en.ts';
import { scim } from './console/scim.en.ts';
import { sso } from './console/sso.en.ts';
import { enTeams } from './console/teams.en.ts';
import { enTokens } from './console/tokens.en.ts';

/** Texts of the Admin Console. */
export const enConsole = {
  ...enPolicies,
  ...enMembers,
  ...enEffective,
  ...enTeams,
  ...enDeletions,
  ...enDomains,
  ...enTokens,
  ...enOrganization,
  ...enAudit,
  ...enAuditActions,
  ...enConsoleLists,
  ...enForms,
  ...enMemberWork,
  ...enOverview,
  ...enAccess,
  ...enPolicyWork,
  ...enCompliance,
  ...sso,
  ...scim,
  ...enforcement,
  'action.save': 'Save',
  'nav.overview': 'Overview',
  'nav.policies': 'Policies',
  'nav.members': 'Members',
  'nav.teams': 'Teams',
  'nav.domains': 'Domains',
  'nav.tokens': 'API tokens',
  'nav.audit': 'Audit log',
  'nav.organization': 'Organization',
  'nav.me': 'My settings',
  'nav.switch': 'Organization',
  'nav.signOut': 'Sign out',
  'organizations.noneTitle': 'You belong to no organization',
  'organizations.noneText':
    'You are signed in as {email}. Ask an owner of your organization to add this account.',
  'missing.title': 'There is nothing here',
  'missing.text': 'This page does not exist, was deleted, or your role does not show it.',
  'missing.home': 'To the start',
  'reach.offlineTitle': 'The hub is not answering',
  'reach.offline':
    'The hub cannot be reached. What you typed stays here; try again when the connection is back.',
  'reach.notRead': 'Not read yet.',
  'reach.oldTitle': 'What is shown could not be read again and may have changed',
  'reach.failedTitle': 'This could not be read',
  'reach.signedOut':
    'Your session has ended. What you typed stays here: sign in again in another tab, then go on.',
  'reach.signIn': 'Sign in in a new tab',
  'reach.signedInAgain': 'I have signed in',
  'reach.unreadable':
    'The hub gave an answer that this page does not understand. It may have been updated: load the page again.',
} as const;
