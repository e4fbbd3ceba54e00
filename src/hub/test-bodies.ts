import { IDP_METADATA } from './connections/test-metadata.ts';
import { fillPath, type TestWorld } from './test-world.ts';

/** A body that each changing route takes; the walks are about who may, so most name things that are not there. */
const BODIES: Readonly<Record<string, object>> = {
  'PATCH /v1/orgs/{organization}': { displayName: 'Acme' },
  'POST /v1/orgs/{organization}/members': { email: 'walk@acme.example' },
  'PATCH /v1/orgs/{organization}/members/{userId}': { role: 'member' },
  'POST /v1/orgs/{organization}/policies': { name: 'Walk', document: {} },
  'PUT /v1/orgs/{organization}/policy-order': { policyIds: [] },
  'POST /v1/orgs/{organization}/policy-check': { text: '{}' },
  'PATCH /v1/orgs/{organization}/policies/{policyId}': { description: 'walked' },
  'POST /v1/orgs/{organization}/policies/{policyId}/duplicate': { name: 'Copy' },
  'POST /v1/orgs/{organization}/policies/{policyId}/revisions/{revision}/restore': {},
  'PUT /v1/orgs/{organization}/default-policy': { policyId: null },
  'POST /v1/orgs/{organization}/teams': { name: 'Walkers' },
  'POST /v1/orgs/{organization}/invitations': { emails: ['walker@acme.example'] },
  'POST /v1/orgs/{organization}/members/remove': { userIds: ['33333333-3333-4333-8333-333333333333'] },
  'PUT /v1/orgs/{organization}/overview/checklist': { enforcement: true },
  'POST /v1/orgs/{organization}/member-jobs': {
    action: { kind: 'role', role: 'member' },
    userIds: ['{userId}'],
  },
  'POST /v1/orgs/{organization}/migrations': { connectionId: '{connectionId}' },
  'POST /v1/orgs/{organization}/migrations/{migrationId}/advance': { action: 'verify' },
  'POST /v1/orgs/{organization}/members/{userId}/ownership': { toUserId: '{ownerId}' },
  'POST /v1/orgs/{organization}/domains': { name: 'acme.example' },
  'PATCH /v1/orgs/{organization}/devices/{deviceId}': { name: 'Desk' },
  'POST /v1/orgs/{organization}/policies/{policyId}/rollout': { document: { memoryMiB: { value: 4096 } } },
  'POST /v1/orgs/{organization}/policies/{policyId}/users': { csv: 'nobody@acme.example' },
  'PATCH /v1/orgs/{organization}/policies/{policyId}/rollout': { percentage: 50 },
  'POST /v1/orgs/{organization}/policies/{policyId}/rollback': {},
  'PUT /v1/orgs/{organization}/policies/{policyId}/exceptions': {
    exceptions: [{ setting: 'analyticsEnabled', maxSeconds: 3600 }],
  },
  'POST /v1/orgs/{organization}/policies/simulate': {
    document: { memoryMiB: { locked: true, value: 2048 } },
  },
  'PATCH /v1/orgs/{organization}/access-policies': { registries: { hosts: ['docker.io'] } },
  'PUT /v1/orgs/{organization}/report-settings': { unknownAfterDays: 7, retentionDays: 30 },
  'POST /v1/orgs/{organization}/connections': { name: 'Walk along', kind: 'saml' },
  'PATCH /v1/orgs/{organization}/connections/{connectionId}': { defaultTeam: 'Everyone' },
  'PUT /v1/orgs/{organization}/connections/{connectionId}/metadata': { xml: IDP_METADATA },
  'PATCH /v1/orgs/{organization}/connections/{connectionId}/saml-keys/{fingerprint}': { signs: true },
  'PATCH /v1/orgs/{organization}/sign-in-settings': { deviceSignIn: true },
  'POST /v1/orgs/{organization}/tokens': { name: 'walk', role: 'member' },
};

/** The body that a walk sends to an operation, with the ids that exist in acme. */
export function bodyOfOperation(key: string, world: TestWorld): object {
  return JSON.parse(fillPath(JSON.stringify(BODIES[key] ?? {}), world, 'acme'));
}
