import { accessPolicyRoutes } from './access-policies/access-policy-routes.ts';
import { attentionRoutes } from './attention/attention-routes.ts';
import { auditRoutes } from './audit/audit-routes.ts';
import { connectionRoutes } from './connections/connection-routes.ts';
import { callerRoutes } from './console/caller-routes.ts';
import { deletionRoutes } from './deletions/deletion-routes.ts';
import { signingKeyRoutes } from './delivery/signing-key-routes.ts';
import type { TxtResolver } from './domains/domain-proof.ts';
import { domainRoutes } from './domains/domain-routes.ts';
import { invitationRoutes } from './invitations/invitation-routes.ts';
import { changeRoutes } from './live/change-routes.ts';
import type { Mailer } from './mail/mailer.ts';
import { memberJobRoutes } from './member-jobs/job-routes.ts';
import { migrationRoutes } from './migration/migration-routes.ts';
import { healthRoutes } from './operations/health-routes.ts';
import { bulkMemberRoutes } from './organizations/bulk-routes.ts';
import { organizationRoutes } from './organizations/organization-routes.ts';
import { overrideRoutes } from './overrides/override-routes.ts';
import { overviewRoutes } from './overview/overview-routes.ts';
import { effectivePolicyRoutes } from './policies/effective-policy-routes.ts';
import { policyRoutes } from './policies/policy-routes.ts';
import { deviceRoutes } from './reports/device-routes.ts';
import { rolloutRoutes } from './rollouts/rollout-routes.ts';
import { scimSettingsRoutes } from './scim/settings-routes.ts';
import type { HubSecret } from './secrets/hub-secret.ts';
import type { HubPlugin } from './server.ts';
import { simulationRoutes } from './simulation/simulation-routes.ts';
import type { Outbound } from './sso/outbound.ts';
import { signInSettingsRoutes } from './sso/sign-in-settings-routes.ts';
import { teamRoutes } from './teams/team-routes.ts';
import { tokenRoutes } from './tokens/token-routes.ts';

/** What the API reaches outside of the hub. */
export interface ApiSurroundings {
  readonly resolver: TxtResolver;
  readonly mail: Mailer;
  /** Asks identity providers for their metadata. */
  readonly outbound: Outbound;
  readonly secret: HubSecret;
}

/** The HTTP API for administrators, and the health of the process. */
export const apiRoutes = ({ resolver, mail, outbound, secret }: ApiSurroundings): readonly HubPlugin[] => [
  healthRoutes,
  callerRoutes,
  organizationRoutes,
  overviewRoutes,
  bulkMemberRoutes,
  memberJobRoutes,
  migrationRoutes,
  invitationRoutes(mail),
  policyRoutes,
  effectivePolicyRoutes,
  teamRoutes,
  domainRoutes(resolver),
  deletionRoutes(resolver),
  connectionRoutes({ outbound, secret }),
  signInSettingsRoutes(mail),
  scimSettingsRoutes,
  tokenRoutes,
  signingKeyRoutes(secret),
  auditRoutes,
  attentionRoutes,
  changeRoutes,
  deviceRoutes,
  rolloutRoutes,
  simulationRoutes,
  overrideRoutes,
  accessPolicyRoutes,
];
