import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isObject, type JsonObject } from './json.ts';
import { PUBLIC_URL, startTestScim, type TestScim } from './test-scim.ts';

/* What the service says of itself (RFC 7643 sections 5 to 7, RFC 7644 section 4), and that it is so. */

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const DOCKER = 'urn:ietf:params:scim:schemas:extension:docker:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

let scim: TestScim;
beforeAll(async () => {
  scim = await startTestScim();
});
afterAll(() => scim.stop());

const get = async (path: string) => {
  const answer = await scim.send(scim.acme, 'GET', path);
  expect(answer.status, path).toBe(200);
  expect(answer.headers['content-type']).toBe('application/scim+json; charset=utf-8');
  expect(answer.headers['cache-control']).toBe('no-store');
  return answer.body;
};
const listed = async (path: string): Promise<readonly JsonObject[]> => {
  const body = await get(path);
  expect(body).toMatchObject({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: body.Resources.length,
    itemsPerPage: body.Resources.length,
    startIndex: 1,
  });
  return body.Resources;
};

describe.each(['/scim/v2', '/v2/scim/2.0'])('beneath %s', (base) => {
  const under = (path: string) => (base === '/scim/v2' ? path : `${base}${path}`);

  it.each(['/ResourceTypes', '/Schemas'])(
    'each of %s is where it says that it is, in any case',
    async (path) => {
      const documents = await listed(under(path));
      for (const document of documents) {
        const location = isObject(document.meta) ? String(document.meta.location) : '';
        expect(location).toBe(`${PUBLIC_URL}${base}${path}/${String(document.id)}`);
        const at = location.slice(`${PUBLIC_URL}${base}`.length);
        expect(await get(under(at))).toEqual(document);
        expect(await get(under(`${path}/${String(document.id).toUpperCase()}`))).toEqual(document);
      }
      expect(new Set(documents.map(({ id }) => id)).size).toBe(documents.length);
    },
  );

  it('the configuration says what is served', async () => {
    expect(await get(under('/ServiceProviderConfig'))).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
      filter: { supported: true, maxResults: 200 },
      changePassword: { supported: false },
      sort: { supported: true },
      etag: { supported: true },
      authenticationSchemes: [
        {
          type: 'oauthbearertoken',
          name: expect.any(String),
          description: expect.any(String),
          specUri: 'https://www.rfc-editor.org/rfc/rfc6750',
          primary: true,
        },
      ],
      meta: {
        resourceType: 'ServiceProviderConfig',
        location: `${PUBLIC_URL}${base}/ServiceProviderConfig`,
      },
    });
  });
});

it('names the kinds of resource, where they are, and which schemas they have', async () => {
  expect(await listed('/ResourceTypes')).toMatchObject([
    {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
      id: 'User',
      name: 'User',
      endpoint: '/Users',
      schema: CORE,
      schemaExtensions: [{ schema: DOCKER, required: false }],
      meta: { resourceType: 'ResourceType' },
    },
    { id: 'Group', name: 'Group', endpoint: '/Groups', schema: GROUP, schemaExtensions: [] },
  ]);
  expect((await listed('/Schemas')).map(({ id }) => id)).toEqual([CORE, DOCKER, GROUP]);
});

const FACTS = [
  'name',
  'type',
  'multiValued',
  'description',
  'required',
  'caseExact',
  'mutability',
  'returned',
  'uniqueness',
];

function attributesOf(holder: JsonObject, of: 'attributes' | 'subAttributes'): readonly JsonObject[] {
  const list = holder[of];
  return Array.isArray(list) ? list.filter(isObject) : [];
}

it('says everything of every attribute', async () => {
  for (const schema of await listed('/Schemas')) {
    expect(schema).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
      name: expect.any(String),
      description: expect.any(String),
      meta: { resourceType: 'Schema' },
    });
    for (const attribute of attributesOf(schema, 'attributes')) {
      for (const one of [attribute, ...attributesOf(attribute, 'subAttributes')])
        for (const fact of FACTS) expect(one, String(one.name)).toHaveProperty(fact);
      expect(attributesOf(attribute, 'subAttributes').length > 0).toBe(attribute.type === 'complex');
      if (attribute.type === 'reference') expect(attribute.referenceTypes).toBeDefined();
    }
  }
});

describe('what the schemas say holds', () => {
  const sent = {
    schemas: [CORE, DOCKER],
    userName: 'Truth@acme.example',
    externalId: 'Truth-1',
    displayName: 'Truth',
    active: true,
    name: { formatted: 'Tru Th', familyName: 'Th', givenName: 'Tru' },
    emails: [{ value: 'truth@acme.example', type: 'work', primary: true }],
    [DOCKER]: { dockerRole: 'editor', dockerOrg: 'acme', dockerTeam: 'Truth' },
  };
  let shown: JsonObject;
  let group: JsonObject;
  const schemas = new Map<string, JsonObject>();
  beforeAll(async () => {
    for (const schema of await listed('/Schemas')) schemas.set(String(schema.id), schema);
    const { id } = (await scim.send(scim.acme, 'POST', '/Users', sent)).body;
    const made = await scim.send(scim.acme, 'POST', '/Groups', {
      displayName: 'acme:Truth tellers',
      externalId: 'Group-1',
      members: [{ value: id }],
    });
    group = await get(`/Groups/${made.body.id}`);
    shown = await get(`/Users/${id}`);
  });
  const attributes = (schema: string) => attributesOf(schemas.get(schema) ?? {}, 'attributes');
  const holderOf = (schema: string): JsonObject => {
    const holder = schema === GROUP ? group : schema === CORE ? shown : shown[schema];
    return isObject(holder) ? holder : {};
  };

  it.each([CORE, DOCKER, GROUP])(
    '%s: everything that it has can be kept and is shown, and nothing else',
    (schema) => {
      const holder = holderOf(schema);
      const known = attributes(schema);
      const common = ['schemas', 'id', 'meta', DOCKER];
      expect(known.map(({ name }) => name).sort()).toEqual(
        Object.keys(holder)
          .filter((name) => !common.includes(name))
          .sort(),
      );
      for (const attribute of known) {
        const value = holder[String(attribute.name)];
        expect(Array.isArray(value)).toBe(attribute.multiValued);
        const subs = attributesOf(attribute, 'subAttributes').map(({ name }) => name);
        const one = Array.isArray(value) ? value[0] : value;
        if (isObject(one)) for (const name of Object.keys(one)) expect(subs).toContain(name);
        expect(typeof one).toBe(
          attribute.type === 'complex' ? 'object' : attribute.type === 'boolean' ? 'boolean' : 'string',
        );
      }
    },
  );

  it('what is writable is kept as it was sent', () => {
    const { schemas: _, ...kept } = sent;
    expect(shown).toMatchObject(kept);
  });

  it('what is read-only is not changed by a body that has it, and refused by its own path', async () => {
    const path = `/Users/${String(shown.id)}`;
    const put = await scim.send(scim.acme, 'PUT', path, {
      ...sent,
      id: 'other',
      groups: [],
      meta: { location: 'x', version: 'W/"9"', created: '2000-01-01T00:00:00Z' },
    });
    expect([put.status, put.body]).toEqual([200, shown]);
    for (const name of ['groups', 'id', 'meta']) {
      const patched = await scim.send(scim.acme, 'PATCH', path, {
        Operations: [{ op: 'replace', path: name, value: 'x' }],
      });
      expect([patched.status, patched.body.scimType]).toEqual([400, 'mutability']);
    }
    const inside = await scim.send(scim.acme, 'PATCH', path, {
      Operations: [{ op: 'replace', value: { id: 'x', groups: [], meta: {}, schemas: ['urn:x'] } }],
    });
    expect([inside.status, inside.body]).toEqual([200, shown]);
  });

  it('what is required is', async () => {
    for (const [path, name] of [
      ['/Users', 'userName'],
      ['/Groups', 'displayName'],
    ] as const) {
      const schema = path === '/Users' ? CORE : GROUP;
      expect(
        attributes(schema)
          .filter(({ required }) => required === true)
          .map((one) => one.name),
      ).toEqual([name]);
      expect(await scim.send(scim.acme, 'POST', path, { externalId: 'none' })).toMatchObject({
        status: 400,
        body: { scimType: 'invalidValue', detail: expect.stringContaining(name) },
      });
    }
  });

  it('case matters where it says so', async () => {
    for (const [path, schema, holder] of [
      ['/Users', CORE, shown],
      ['/Groups', GROUP, group],
    ] as const)
      for (const { name, caseExact, type } of attributes(schema).filter(
        (one) => one.type === 'string' && one.multiValued === false,
      )) {
        const value = String(holder[String(name)]).toUpperCase();
        const filter = encodeURIComponent(`${String(name)} eq ${JSON.stringify(value)}`);
        const { totalResults } = await get(`${path}?filter=${filter}`);
        expect([name, type, totalResults]).toEqual([name, type, caseExact === true ? 0 : 1]);
      }
  });

  it('what must be unique is', async () => {
    const again = await scim.send(scim.acme, 'POST', '/Users', { userName: 'TRUTH@acme.example' });
    expect([again.status, again.body.scimType]).toEqual([409, 'uniqueness']);
    const group2 = await scim.send(scim.acme, 'POST', '/Groups', { displayName: 'acme:TRUTH tellers' });
    expect([group2.status, group2.body.scimType]).toEqual([409, 'uniqueness']);
  });
});

it('does not serve what it does not say: bulk, /Me, and paths that only look like its own', async () => {
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    const me = await scim.send(scim.acme, method, '/Me', method === 'GET' ? undefined : {});
    expect([method, me.status, me.body.status]).toEqual([method, 501, '501']);
  }
  expect((await scim.send(scim.acme, 'POST', '/Bulk', { Operations: [] })).status).toBe(501);
  for (const path of [
    '/xsearch',
    '/User',
    '/users',
    '/Users/x/y',
    '/ServiceProviderConfigs',
    '/Schemas/',
    '/',
  ])
    expect([path, (await scim.send(scim.acme, 'DELETE', path)).status]).toEqual([path, 404]);
});
