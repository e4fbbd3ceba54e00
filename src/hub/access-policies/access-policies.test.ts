import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessPoliciesSchema } from '../../shared/contracts/access-policies.ts';
import { errorBodySchema } from '../../shared/contracts/local-api.ts';
import { readReceived } from '../policies/received.ts';
import { startTestApi, type TestApi } from '../test-api.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const URL = '/v1/orgs/acme/access-policies';
const read = async () =>
  accessPoliciesSchema.parse((await api.send({ method: 'GET', url: URL, as: 'editor' })).json());
const change = (payload: object, ifMatch = '*') =>
  api.send({ method: 'PATCH', url: URL, payload, headers: { 'if-match': ifMatch }, as: 'owner' });
const received = async (userId: string) => {
  const found = await readReceived(api.database.db, { organizationId: api.ids.organizationId, userId });
  if (found === null) throw new Error('not a member');
  return found;
};

describe('registry and image access', () => {
  it('is nothing at first, and reaches every member with a new number once decided', async () => {
    expect(await read()).toEqual({
      registries: null,
      images: null,
      version: 0,
      updatedAt: null,
      updatedBy: null,
    });
    const people = [api.ids.people.member, api.ids.people.owner];
    const before = await Promise.all(people.map(received));
    const answer = await change({
      registries: { hosts: ['Docker.io', 'registry.acme.example'] },
      images: { classes: ['official'], repositories: ['bitnami/redis'] },
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.etag).toBe('"1"');
    for (const [index, person] of people.entries()) {
      const now = await received(person);
      expect(now.seq).toBeGreaterThan(before[index]?.seq ?? Number.POSITIVE_INFINITY);
      expect(now.registries).toEqual({ hosts: ['docker.io', 'registry.acme.example'] });
      expect(now.images).toEqual({ classes: ['official'], repositories: ['bitnami/redis'] });
    }
  });

  it('stamps nobody when nothing changes, and leaves alone what is not named', async () => {
    const { seq } = await received(api.ids.people.member);
    await change({ registries: { hosts: ['docker.io', 'registry.acme.example'] } });
    expect((await received(api.ids.people.member)).seq).toBe(seq);
    await change({ images: null });
    const after = await received(api.ids.people.member);
    expect(after.seq).toBeGreaterThan(seq);
    expect(after.registries?.hosts).toHaveLength(2);
    expect(after.images).toBeNull();
  });

  it('refuses a change that was made from another version, and says who was faster', async () => {
    const { version } = await read();
    expect((await change({ registries: null }, `"${version}"`)).statusCode).toBe(200);
    const late = await change({ registries: { hosts: ['late.example'] } }, `"${version}"`);
    expect(late.statusCode).toBe(412);
    expect(errorBodySchema.parse(late.json()).error.message).toContain('was changed by');
    expect((await read()).registries).toBeNull();
    const without = await api.send({ method: 'PATCH', url: URL, payload: {}, as: 'owner' });
    expect(without.statusCode).toBe(412);
  });

  it.each([
    ['an address', ['https://registry.example']],
    ['a port', ['registry.example:5000']],
    ['a path', ['registry.example/team']],
    ['a wildcard', ['*.example']],
    ['a label that begins with "-"', ['-a.example']],
    ['a dot at the end', ['registry.example.']],
    ['a name twice, told apart by case only', ['a.example', 'A.example']],
    ['an empty list', []],
    ['more than 100', Array.from({ length: 101 }, (_, index) => `r${index}.example`)],
  ])('refuses as a list of registries: %s', async (_what, hosts) => {
    const before = await read();
    expect((await change({ registries: { hosts } })).statusCode).toBe(400);
    expect(await read()).toEqual(before);
  });

  it.each([
    ['an unknown class', { classes: ['paid'] }],
    ['a tag', { classes: [], repositories: ['library/postgres:17'] }],
    ['a registry', { classes: [], repositories: ['quay.io/a/b'] }],
    ['upper case', { classes: [], repositories: ['Library/postgres'] }],
  ])('refuses as image access: %s', async (_what, images) => {
    expect((await change({ images })).statusCode).toBe(400);
  });

  it('takes exactly 100 registries', async () => {
    const hosts = Array.from({ length: 100 }, (_, index) => `r${index}.example`);
    expect((await change({ registries: { hosts } })).statusCode).toBe(200);
    expect((await received(api.ids.people.member)).registries?.hosts).toEqual(hosts);
  });

  it('is read by editors, changed by owners, and every change is in the audit log with before and after', async () => {
    const asEditor = {
      method: 'PATCH' as const,
      url: URL,
      payload: { registries: null },
      as: 'editor' as const,
    };
    expect((await api.send({ ...asEditor, headers: { 'if-match': '*' } })).statusCode).toBe(403);
    expect((await api.send({ method: 'GET', url: URL, as: 'member' })).statusCode).toBe(403);
    const audit = await api.send({ method: 'GET', url: '/v1/orgs/acme/audit?action=access.', as: 'owner' });
    const { events } = audit.json<{ events: { action: string; before: object; after: object }[] }>();
    expect(events.length).toBe(4);
    expect(events.at(-1)).toMatchObject({
      action: 'access.update',
      before: { registries: null, images: null },
      after: { registries: ['docker.io', 'registry.acme.example'] },
    });
  });
});
