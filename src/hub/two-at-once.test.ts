import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorBodySchema } from '../shared/contracts/local-api.ts';
import { IDP_METADATA } from './connections/test-metadata.ts';
import { startTestApi, type TestApi } from './test-api.ts';

/*
 * Two people open the same thing and both save. The second is refused and told who was faster; what the first saved
 * stands. Whoever read it again saves. One row for each kind of thing that is edited.
 */

let api: TestApi;
let secondPolicyId = '';
beforeAll(async () => {
  api = await startTestApi();
  const made = await api.send({
    method: 'POST',
    url: '/v1/orgs/acme/policies',
    payload: { name: 'Second', document: {} },
    as: 'owner',
  });
  expect(made.statusCode).toBe(201);
  secondPolicyId = made.json<{ id: string }>().id;
});
afterAll(() => api.stop());

interface Kind {
  /** Where it is read. */
  readonly path: string;
  /** What is sent, if not `PATCH` of the same path. */
  readonly method?: 'PUT' | 'POST';
  readonly to?: string;
  readonly first: object;
  readonly second: object;
}

const POLICY = '/v1/orgs/{organization}/policies/{policyId}';
const CONNECTION = '/v1/orgs/{organization}/connections/{connectionId}';

const KINDS: Readonly<Record<string, Kind>> = {
  organization: {
    path: '/v1/orgs/{organization}',
    first: { displayName: 'Acme one' },
    second: { refreshSeconds: 900 },
  },
  'how members sign in': {
    path: '/v1/orgs/{organization}/sign-in-settings',
    first: { deviceSignIn: false },
    second: { deviceSignIn: true },
  },
  'how long reports are kept': {
    path: '/v1/orgs/{organization}/report-settings',
    method: 'PUT',
    first: { unknownAfterDays: 7, retentionDays: 30 },
    second: { unknownAfterDays: 8, retentionDays: 40 },
  },
  'registry and image access': {
    path: '/v1/orgs/{organization}/access-policies',
    first: { registries: { hosts: ['docker.io'] } },
    second: { registries: { hosts: ['other.example'] } },
  },
  'a role': {
    path: '/v1/orgs/{organization}/members/{userId}',
    first: { role: 'editor' },
    second: { role: 'owner' },
  },
  'a device': {
    path: '/v1/orgs/{organization}/devices/{deviceId}',
    first: { name: 'One' },
    second: { name: 'Two' },
  },
  'the order of policies': {
    path: '/v1/orgs/{organization}/policy-order',
    method: 'PUT',
    first: { policyIds: ['{secondPolicyId}'] },
    second: { policyIds: [] },
  },
  'the default policy': {
    path: '/v1/orgs/{organization}/default-policy',
    method: 'PUT',
    first: { policyId: '{secondPolicyId}' },
    second: { policyId: null },
  },
  'a connection': { path: CONNECTION, first: { name: 'One' }, second: { name: 'Two' } },
  'its domains and default team': {
    path: CONNECTION,
    first: { defaultTeam: 'One' },
    second: { domains: ['one.example'] },
  },
  'its metadata': {
    path: CONNECTION,
    method: 'PUT',
    to: `${CONNECTION}/metadata`,
    first: { xml: IDP_METADATA.replace(/entityID="[^"]*"/, 'entityID="https://other.example"') },
    second: { xml: IDP_METADATA },
  },
  enforcement: { path: CONNECTION, first: { enforced: true }, second: { enforced: false } },
  SCIM: { path: `${CONNECTION}/scim`, first: { enabled: false }, second: { adoptsSignInMembers: true } },
  'a team': {
    path: '/v1/orgs/{organization}/teams/{teamId}',
    first: { description: 'one' },
    second: { name: 'Two' },
  },
  'a policy': { path: POLICY, first: { description: 'one' }, second: { description: 'two' } },
  'its document': {
    path: POLICY,
    first: { document: { memoryMiB: { value: 2048 } } },
    second: { document: { memoryMiB: { value: 4096 } } },
  },
  'its exceptions': {
    path: POLICY,
    method: 'PUT',
    to: `${POLICY}/exceptions`,
    first: { exceptions: [{ setting: 'analyticsEnabled', maxSeconds: 3600 }] },
    second: { exceptions: [] },
  },
  'the start of its roll-out': {
    path: POLICY,
    method: 'POST',
    to: `${POLICY}/rollout`,
    first: { document: { memoryMiB: { value: 8192 } }, percentage: 10 },
    second: { document: { memoryMiB: { value: 16384 } }, percentage: 20 },
  },
};

/** Put and patched without two people in each other's way: each is the same whoever sends it, or asks what it moves from. */
const APART: readonly string[] = [
  'PATCH /v1/orgs/{organization}/connections/{connectionId}/saml-keys/{fingerprint}',
  'PUT /v1/orgs/{organization}/members/{userId}/policy',
  'PUT /v1/orgs/{organization}/teams/{teamId}/policy',
  'PUT /v1/orgs/{organization}/teams/{teamId}/members/{userId}',
  'PUT /v1/orgs/{organization}/accepted-connections/{sharedConnectionId}',
  'PUT /v1/orgs/{organization}/overview/checklist',
  // Held with its start, in rollouts.test.ts.
  'PATCH /v1/orgs/{organization}/policies/{policyId}/rollout',
];

const read = async (path: string) => {
  const answer = await api.send({ method: 'GET', url: api.fill(path), as: 'owner' });
  expect(answer.statusCode, path).toBe(200);
  return { tag: String(answer.headers.etag ?? ''), body: answer.json<unknown>() };
};

async function save({ path, to = path, method }: Kind, change: object, tag: string) {
  const payload: object = JSON.parse(
    api.fill(JSON.stringify(change).replace('{secondPolicyId}', secondPolicyId)),
  );
  return api.send({
    method: method ?? 'PATCH',
    url: api.fill(to),
    payload,
    headers: { 'if-match': tag },
    as: 'owner',
  });
}

it('has a row for everything that is edited', () => {
  const rows = Object.values(KINDS).map(({ path, to = path, method = 'PATCH' }) => `${method} ${to}`);
  const edits = api.operations().filter(({ method }) => method === 'PATCH' || method === 'PUT');
  expect(
    edits
      .map(({ key }) => key)
      .filter((key) => !rows.includes(key))
      .sort(),
  ).toEqual([...APART].sort());
});

it.each(Object.entries(KINDS))(
  '%s: the second is refused, and saves once they have seen it',
  async (_, kind) => {
    const seen = await read(kind.path);
    expect(seen.tag).toMatch(/^"[^"]+"$/);
    expect((await read(kind.path)).tag).toBe(seen.tag);
    const faster = await save(kind, kind.first, seen.tag);
    expect([faster.statusCode, faster.statusCode < 300 ? '' : faster.body]).toEqual([faster.statusCode, '']);
    const between = await read(kind.path);
    expect(between.tag).not.toBe(seen.tag);
    const slower = await save(kind, kind.second, seen.tag);
    expect(slower.statusCode).toBe(412);
    const { error } = errorBodySchema.parse(slower.json());
    expect(error.code).toBe('precondition_failed');
    expect(error.message).toMatch(/owner@acme\.example|somebody else|since you/i);
    expect((await read(kind.path)).body).toEqual(between.body);
    if (kind.method === 'POST') return; // one roll-out at a time
    expect((await save(kind, kind.second, between.tag)).statusCode).toBeLessThan(300);
  },
);

it('takes a change without a condition, or from whatever there is, and refuses one from nothing it ever said', async () => {
  const kind = { path: '/v1/orgs/{organization}', first: {}, second: {} };
  const { tag } = await read(kind.path);
  for (const [sent, status] of [
    ['*', 200],
    [`W/${tag}`, 200],
    ['"0"', 412],
    ['nonsense', 412],
    ['', 412],
  ] as const)
    expect([sent, (await save(kind, {}, sent)).statusCode]).toEqual([sent, status]);
  const plain = await api.send({ method: 'PATCH', url: '/v1/orgs/acme', payload: {}, as: 'owner' });
  expect(plain.statusCode).toBe(200);
});
