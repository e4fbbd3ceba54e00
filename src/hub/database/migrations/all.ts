import type { Migration } from 'kysely/migration';
import * as foundation from './0001-foundation.ts';
import * as identity from './0010-identity.ts';
import * as signingKeys from './0011-signing-keys.ts';
import * as connectionsScim from './0020-connections-scim.ts';
import * as domains from './0021-domains.ts';
import * as teamPolicies from './0030-team-policies.ts';
import * as overrides from './0031-overrides.ts';
import * as devices from './0032-devices.ts';
import * as sso from './0040-sso.ts';
import * as provisionedMembers from './0050-provisioned-members.ts';
import * as provisioningMigrations from './0051-provisioning-migrations.ts';
import * as changes from './0060-changes.ts';
import * as memberLists from './0061-member-lists.ts';
import * as complianceDays from './0062-compliance-days.ts';
import * as memberJobs from './0063-member-jobs.ts';
import * as checklist from './0064-checklist.ts';
import * as signInProofs from './0065-sign-in-proofs.ts';
import * as accessPolicies from './0070-access-policies.ts';
import * as scimRefusals from './0071-scim-refusals.ts';
import * as domainWarnings from './0072-domain-warnings.ts';
import * as driftFiles from './0073-drift-files.ts';
import * as sessionEnds from './0074-session-ends.ts';
import * as deletedPolicies from './0075-deleted-policies.ts';
import * as signInEpochs from './0076-sign-in-epochs.ts';
import * as listIndexes from './0077-list-indexes.ts';
import * as everybodyLeaves from './0078-everybody-leaves.ts';
import * as browserSessionEnds from './0079-browser-session-ends.ts';
import * as samlKeys from './0080-saml-keys.ts';
import * as sessionsEndedByOwners from './0081-sessions-ended-by-owners.ts';
import * as stampedInPlace from './0082-stamped-in-place.ts';
import * as textSearch from './0083-text-search.ts';
import * as firstPages from './0084-first-pages.ts';
import * as deviceStandings from './0085-device-standings.ts';
import * as forgottenMarks from './0087-forgotten-marks.ts';
import * as deletions from './0088-deletions.ts';
import * as carriedRemovals from './0090-carried-removals.ts';
import * as deletionRows from './0091-deletion-rows.ts';

/**
 * Every migration by name, in the order of their names. Forward only. A capability adds its own file here with
 * the next free number; the file may live in this folder whatever capability it serves.
 */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-foundation': foundation,
  '0010-identity': identity,
  '0011-signing-keys': signingKeys,
  '0020-connections-scim': connectionsScim,
  '0030-team-policies': teamPolicies,
  '0031-overrides': overrides,
  '0032-devices': devices,
  '0021-domains': domains,
  '0040-sso': sso,
  '0050-provisioned-members': provisionedMembers,
  '0051-provisioning-migrations': provisioningMigrations,
  '0060-changes': changes,
  '0061-member-lists': memberLists,
  '0062-compliance-days': complianceDays,
  '0063-member-jobs': memberJobs,
  '0064-checklist': checklist,
  '0065-sign-in-proofs': signInProofs,
  '0070-access-policies': accessPolicies,
  '0071-scim-refusals': scimRefusals,
  '0072-domain-warnings': domainWarnings,
  '0073-drift-files': driftFiles,
  '0074-session-ends': sessionEnds,
  '0075-deleted-policies': deletedPolicies,
  '0076-sign-in-epochs': signInEpochs,
  '0077-list-indexes': listIndexes,
  '0078-everybody-leaves': everybodyLeaves,
  '0079-browser-session-ends': browserSessionEnds,
  '0080-saml-keys': samlKeys,
  '0081-sessions-ended-by-owners': sessionsEndedByOwners,
  '0082-stamped-in-place': stampedInPlace,
  '0083-text-search': textSearch,
  '0084-first-pages': firstPages,
  '0085-device-standings': deviceStandings,
  '0087-forgotten-marks': forgottenMarks,
  '0088-deletions': deletions,
  '0090-carried-removals': carriedRemovals,
  '0091-deletion-rows': deletionRows,
};
