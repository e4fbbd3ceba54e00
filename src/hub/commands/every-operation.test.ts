import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestApi, type TestApi } from '../test-api.ts';
import { allCommands } from './all-commands.ts';

/*
 * Whatever administrators can do over HTTP, an operator can do with `mooring-hub`: every operation of the OpenAPI
 * document stands here with the command that does the same, or with why there is none.
 */
const O = '/v1/orgs/{organization}';
const M = `${O}/members/{userId}`;
const P = `${O}/policies/{policyId}`;
const C = `${O}/connections/{connectionId}`;

const COMMANDS: Readonly<Record<string, string>> = {
  [`GET ${O}`]: 'organization show',
  [`PATCH ${O}`]: 'organization set',
  [`GET ${O}/overview`]: 'overview',
  [`PUT ${O}/overview/checklist`]: 'organization set --enforced',
  [`GET ${O}/attention`]: 'attention',
  [`GET ${O}/members`]: 'members list',
  [`POST ${O}/members`]: 'members add',
  [`GET ${M}`]: 'members show',
  [`PATCH ${M}`]: 'members role',
  [`DELETE ${M}`]: 'members remove',
  [`GET ${M}/sign-ins`]: 'members sign-ins',
  [`DELETE ${M}/sign-ins`]: 'members sign-out',
  [`DELETE ${M}/sign-ins/{signInId}`]: 'members sign-out --session',
  [`GET ${M}/effective-policy`]: 'members effective',
  [`POST ${M}/password-link`]: 'members password-link',
  [`GET ${M}/ownership`]: 'migration owns',
  [`POST ${M}/ownership`]: 'migration transfer',
  [`PUT ${M}/policy`]: 'policy assign',
  [`DELETE ${M}/policy`]: 'policy unassign',
  [`GET ${O}/members/export`]: 'members export',
  [`POST ${O}/members/remove`]: 'members bulk',
  [`GET ${O}/member-jobs`]: 'members jobs',
  [`POST ${O}/member-jobs`]: 'members bulk',
  [`GET ${O}/member-jobs/{jobId}`]: 'members job',
  [`GET ${O}/member-jobs/{jobId}/refusals`]: 'members job',
  [`GET ${O}/invitations`]: 'members invitations',
  [`POST ${O}/invitations`]: 'members invite',
  [`POST ${O}/invitations/{invitationId}/resend`]: 'members resend',
  [`DELETE ${O}/invitations/{invitationId}`]: 'members revoke',
  [`GET ${O}/migrations`]: 'migration list',
  [`POST ${O}/migrations`]: 'migration start',
  [`GET ${O}/migrations/{migrationId}`]: 'migration status',
  [`GET ${O}/migrations/{migrationId}/export`]: 'migration export',
  [`POST ${O}/migrations/{migrationId}/advance`]: 'migration run',
  [`GET ${O}/teams`]: 'teams list',
  [`POST ${O}/teams`]: 'teams create',
  [`GET ${O}/teams/{teamId}`]: 'teams show',
  [`PATCH ${O}/teams/{teamId}`]: 'teams set',
  [`DELETE ${O}/teams/{teamId}`]: 'teams delete',
  [`GET ${O}/teams/{teamId}/members`]: 'teams show',
  [`PUT ${O}/teams/{teamId}/members/{userId}`]: 'teams add',
  [`DELETE ${O}/teams/{teamId}/members/{userId}`]: 'teams remove',
  [`PUT ${O}/teams/{teamId}/policy`]: 'policy assign --team',
  [`DELETE ${O}/teams/{teamId}/policy`]: 'policy unassign --team',
  [`GET ${O}/policies`]: 'policy list',
  [`POST ${O}/policies`]: 'policy import',
  [`POST ${O}/policies/simulate`]: 'policy simulate',
  [`POST ${O}/policy-check`]: 'policy check',
  [`GET ${O}/policy-order`]: 'policy list --sort',
  [`PUT ${O}/policy-order`]: 'policy order',
  [`GET ${O}/policy-compliance`]: 'policy compliance',
  [`GET ${O}/default-policy`]: 'policy default',
  [`PUT ${O}/default-policy`]: 'policy default --none',
  [`GET ${O}/deleted-policies`]: 'policy deleted',
  [`POST ${O}/deleted-policies/{deletedPolicyId}/restore`]: 'policy restore',
  [`GET ${P}`]: 'policy show',
  [`PATCH ${P}`]: 'policy set',
  [`DELETE ${P}`]: 'policy delete',
  [`GET ${P}/export`]: 'policy export --format',
  [`POST ${P}/duplicate`]: 'policy duplicate',
  [`GET ${P}/revisions`]: 'policy revisions',
  [`GET ${P}/revisions/{revision}`]: 'policy show --revision',
  [`POST ${P}/revisions/{revision}/restore`]: 'policy restore-revision',
  [`GET ${P}/users`]: 'policy users',
  [`POST ${P}/users`]: 'policy assign-file',
  [`GET ${P}/teams`]: 'policy teams',
  [`POST ${P}/rollout`]: 'policy rollout --percentage',
  [`PATCH ${P}/rollout`]: 'policy rollout --pause',
  [`POST ${P}/rollout/promote`]: 'policy rollout --promote',
  [`POST ${P}/rollback`]: 'policy rollback',
  [`PUT ${P}/exceptions`]: 'policy exceptions set',
  [`GET ${O}/overrides`]: 'overrides list',
  [`DELETE ${O}/overrides/{overrideId}`]: 'overrides revoke',
  [`GET ${O}/access-policies`]: 'access show',
  [`PATCH ${O}/access-policies`]: 'access registries',
  [`GET ${O}/deletions`]: 'deletions list',
  [`POST ${O}/deletions/{deletionId}/restore`]: 'deletions restore',
  [`GET ${O}/domains`]: 'domains list',
  [`POST ${O}/domains`]: 'domains add',
  [`POST ${O}/domains/{domainId}/verify`]: 'domains verify',
  [`DELETE ${O}/domains/{domainId}`]: 'domains remove',
  [`GET ${O}/domains/uncaptured`]: 'domains uncaptured',
  [`GET ${O}/connections`]: 'connections list',
  [`POST ${O}/connections`]: 'connections create',
  [`GET ${C}`]: 'connections show',
  [`PATCH ${C}`]: 'connections update',
  [`DELETE ${C}`]: 'connections delete',
  [`GET ${C}/failures`]: 'connections failures',
  [`PUT ${C}/metadata`]: 'connections metadata',
  [`GET ${C}/saml-keys`]: 'connections keys',
  [`POST ${C}/saml-keys`]: 'connections add-key',
  [`PATCH ${C}/saml-keys/{fingerprint}`]: 'connections sign-with',
  [`DELETE ${C}/saml-keys/{fingerprint}`]: 'connections retire-key',
  [`GET ${C}/acceptances`]: 'connections acceptances',
  [`DELETE ${C}/acceptances/{acceptingOrganization}`]: 'connections withdraw',
  [`GET ${O}/accepted-connections`]: 'connections accepted',
  [`PUT ${O}/accepted-connections/{sharedConnectionId}`]: 'connections accept',
  [`DELETE ${O}/accepted-connections/{sharedConnectionId}`]: 'connections revoke',
  [`GET ${C}/scim`]: 'scim show',
  [`PATCH ${C}/scim`]: 'scim on',
  [`GET ${C}/scim/log`]: 'scim log',
  [`GET ${C}/scim/refusals`]: 'scim refusals',
  [`POST ${C}/scim/tokens`]: 'scim token create',
  [`DELETE ${C}/scim/tokens/{scimTokenId}`]: 'scim token revoke',
  [`GET ${O}/sign-in-settings`]: 'organization show',
  [`PATCH ${O}/sign-in-settings`]: 'organization set --device-sign-in',
  [`GET ${O}/tokens`]: 'tokens list',
  [`POST ${O}/tokens`]: 'tokens create',
  [`DELETE ${O}/tokens/{tokenId}`]: 'tokens revoke',
  [`GET ${O}/signing-keys`]: 'keys list',
  [`POST ${O}/signing-keys/rotate`]: 'keys rotate',
  [`GET ${O}/audit`]: 'audit',
  [`GET ${O}/audit/export`]: 'audit --export',
  [`GET ${O}/devices`]: 'devices list',
  [`GET ${O}/devices/export`]: 'devices export',
  [`GET ${O}/devices/trend`]: 'trend',
  [`GET ${O}/devices/{deviceId}`]: 'devices show',
  [`PATCH ${O}/devices/{deviceId}`]: 'devices rename',
  [`DELETE ${O}/devices/{deviceId}`]: 'devices forget --sign-out',
  [`GET ${O}/devices/{deviceId}/drift`]: 'devices drift',
  [`GET ${O}/report-settings`]: 'reports settings',
  [`PUT ${O}/report-settings`]: 'reports settings --unknown-after',
};

const NO_COMMAND: Readonly<Record<string, string>> = {
  'GET /healthz': 'it is asked of the running hub',
  'GET /readyz': 'it is asked of the running hub',
  'GET /v1/me': 'a command runs as the operator of the host, not as an account',
  'GET /v1/orgs': 'a command runs as the operator of the host, not as an account',
  [`GET ${O}/effective-policy`]: 'that of the caller; members effective shows anybody’s',
  [`GET ${O}/changes`]: 'events for pages that are open',
  [`POST ${C}/tests`]: 'the test is a sign-in in the browser of whoever asks',
  [`GET ${C}/tests/{testId}`]: 'the test is a sign-in in the browser of whoever asks',
};

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api?.stop());

describe('the commands of mooring-hub', () => {
  it('do what every operation of the API does, but for those that need no command', () => {
    const named = [...Object.keys(COMMANDS), ...Object.keys(NO_COMMAND)];
    expect(named.toSorted()).toEqual(
      api
        .operations()
        .map(({ key }) => key)
        .toSorted(),
    );
  });

  it.each([...new Set(Object.values(COMMANDS))])('%s', (words) => {
    const program = new Command();
    const around = {
      env: {},
      json: false,
      stdin: process.stdin,
      write: () => undefined,
      writeError: () => undefined,
    };
    allCommands(program, around, () => undefined);
    const options = words.split(' ').filter((word) => word.startsWith('--'));
    const path = words.split(' ').filter((word) => !word.startsWith('--'));
    const command = path.reduce<Command | undefined>(
      (group, name) => group?.commands.find((each) => each.name() === name),
      program,
    );
    expect(command?.options.map(({ long }) => long)).toEqual(expect.arrayContaining(options));
  });
});
