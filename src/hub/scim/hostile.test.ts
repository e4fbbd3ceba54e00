import { connect } from 'node:net';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_SCHEMA } from './scim-error.ts';
import { startTestScim, type TestScim } from './test-scim.ts';
import { createScimToken } from './tokens.ts';

/* What no well-meaning client sends, and what every client may: each has the answer of RFC 7644. */

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const DOCKER = 'urn:ietf:params:scim:schemas:extension:docker:2.0:User';
const NOBODY = '6f1f6d7e-0000-4000-8000-000000000000';

let scim: TestScim;
let userId: string;
let groupId: string;
beforeAll(async () => {
  scim = await startTestScim({ requestsPerMinute: 5_000 });
  const user = await scim.send(scim.acme, 'POST', '/Users', {
    schemas: [CORE],
    userName: 'known@acme.example',
    displayName: 'Known',
    emails: [
      { value: 'known@acme.example', type: 'work', primary: true },
      { value: 'known@home.example', type: 'home' },
    ],
  });
  userId = user.body.id;
  const group = await scim.send(scim.acme, 'POST', '/Groups', {
    displayName: 'acme:Known',
    members: [{ value: userId }],
  });
  groupId = group.body.id;
});
afterAll(() => scim.stop());

const patch = (...Operations: unknown[]) => ({ Operations });
const fill = (path: string) => path.replace('{user}', userId).replace('{group}', groupId);
const whole = async () => ({
  user: (await scim.send(scim.acme, 'GET', `/Users/${userId}`)).body,
  group: (await scim.send(scim.acme, 'GET', `/Groups/${groupId}`)).body,
  users: (await scim.send(scim.acme, 'GET', '/Users?count=0')).body.totalResults,
  groups: (await scim.send(scim.acme, 'GET', '/Groups?count=0')).body.totalResults,
});

type Row = readonly [
  what: string,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: unknown,
  status: number,
  scimType: string | undefined,
];
const q = encodeURIComponent;
const REFUSED: readonly Row[] = [
  ['a long filter', 'GET', `/Users?filter=${'x'.repeat(8000)}`, undefined, 400, 'invalidFilter'],
  ['a long attribute', 'GET', `/Users?filter=${'x'.repeat(8000)}+pr`, undefined, 400, 'invalidFilter'],
  ['too long a filter', 'GET', `/Users?filter=${'x'.repeat(9000)}`, undefined, 400, 'invalidFilter'],
  ['no JSON', 'POST', '/Users', 'x', 400, 'invalidSyntax'],
  ['half a body', 'PATCH', '/Users/{user}', '{"Operations":[', 400, 'invalidSyntax'],
  ['an empty body', 'POST', '/Users', '', 400, 'invalidSyntax'],
  ['a list', 'POST', '/Users', [], 400, 'invalidSyntax'],
  ['null', 'PUT', '/Users/{user}', 'null', 400, 'invalidSyntax'],
  ['a number', 'PATCH', '/Users/{user}', '7', 400, 'invalidSyntax'],
  ['a deep body', 'POST', '/Users', `{"emails":${'['.repeat(90)}${']'.repeat(90)}}`, 400, 'invalidSyntax'],
  ['userName as a number', 'POST', '/Users', { userName: 7 }, 400, 'invalidValue'],
  ['userName as null', 'POST', '/Users', { userName: null }, 400, 'invalidValue'],
  ['an empty userName', 'PUT', '/Users/{user}', { userName: ' ' }, 400, 'invalidValue'],
  ['a NUL', 'POST', '/Users', { userName: 'a\u0000@acme.example' }, 400, 'invalidValue'],
  ['half a surrogate pair', 'POST', '/Users', '{"userName":"a\\ud800@acme.example"}', 400, 'invalidValue'],
  ['a long name', 'POST', '/Users', { userName: `${'a'.repeat(300)}@acme.example` }, 400, 'invalidValue'],
  [
    'a long externalId',
    'POST',
    '/Users',
    { userName: 'long@acme.example', externalId: '€'.repeat(900) },
    400,
    'invalidValue',
  ],
  ['an unseen character', 'POST', '/Users', { userName: 'a\u202eb@acme.example' }, 400, 'invalidValue'],
  [
    'an accent apart from its letter',
    'POST',
    '/Users',
    { userName: 'ju\u0308rgen@acme.example' },
    400,
    'invalidValue',
  ],
  [
    'a rename to an accent apart from its letter',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'replace', path: 'userName', value: 'ju\u0308rgen@acme.example' }),
    400,
    'invalidValue',
  ],
  ['a control character', 'POST', '/Users', { userName: 'a\u0007b@acme.example' }, 400, 'invalidValue'],
  [
    'an attribute to show that is none, with a new user',
    'POST',
    '/Users?attributes=a+b',
    { userName: 'unshown@acme.example' },
    400,
    'invalidPath',
  ],
  [
    'attributes both to show and to leave out, with a new group',
    'POST',
    '/Groups?attributes=id&excludedAttributes=members',
    { displayName: 'acme:Unshown' },
    400,
    'invalidValue',
  ],
  [
    'an attribute to show that is none, with a replacement',
    'PUT',
    '/Users/{user}?attributes=a+b',
    { userName: 'known@acme.example', displayName: 'Changed' },
    400,
    'invalidPath',
  ],
  [
    'an attribute to leave out that is none, with a change',
    'PATCH',
    '/Groups/{group}?excludedAttributes=a+b',
    patch({ op: 'replace', path: 'displayName', value: 'acme:Changed' }),
    400,
    'invalidPath',
  ],
  [
    'a filter by addresses',
    'GET',
    `/Users?filter=${q('groups.$ref sw "http"')}`,
    undefined,
    400,
    'invalidFilter',
  ],
  [
    'a filter by addresses of members',
    'GET',
    `/Groups?filter=${q('members[$ref pr]')}`,
    undefined,
    400,
    'invalidFilter',
  ],
  [
    'a removal by address',
    'PATCH',
    '/Groups/{group}',
    patch({ op: 'remove', path: 'members[$ref sw "http"]' }),
    400,
    'invalidPath',
  ],
  ['two at-signs', 'POST', '/Users', { userName: 'a@b@acme.example' }, 400, 'invalidValue'],
  [
    'a newcomer in a domain of another organization',
    'POST',
    '/Users',
    { userName: 'newcomer@globex.example' },
    400,
    'invalidValue',
  ],
  ['a sub-domain', 'POST', '/Users', { userName: 'a@x.acme.example' }, 400, 'invalidValue'],
  [
    'active as text',
    'PUT',
    '/Users/{user}',
    { userName: 'known@acme.example', active: 'yes' },
    400,
    'invalidValue',
  ],
  [
    'a name that is text',
    'PUT',
    '/Users/{user}',
    { userName: 'known@acme.example', name: 'x' },
    400,
    'invalidValue',
  ],
  [
    'an unknown role',
    'POST',
    '/Users',
    { userName: 'r@acme.example', [DOCKER]: { dockerRole: 'root' } },
    400,
    'invalidValue',
  ],
  [
    'a foreign dockerOrg',
    'POST',
    '/Users',
    { userName: 'r@acme.example', [DOCKER]: { dockerOrg: 'globex' } },
    400,
    'invalidValue',
  ],
  [
    'a dockerOrg that is none',
    'POST',
    '/Users',
    { userName: 'r@acme.example', [DOCKER]: { dockerOrg: "x' or 1=1 --" } },
    400,
    'invalidValue',
  ],
  ['a name that is taken', 'POST', '/Users', { userName: 'KNOWN@acme.example' }, 409, 'uniqueness'],
  ['no operations', 'PATCH', '/Users/{user}', patch(), 400, 'invalidSyntax'],
  ['operations that are no list', 'PATCH', '/Users/{user}', { Operations: {} }, 400, 'invalidSyntax'],
  ['an operation that is null', 'PATCH', '/Users/{user}', patch(null), 400, 'invalidSyntax'],
  [
    'an operation without op',
    'PATCH',
    '/Users/{user}',
    patch({ path: 'active', value: true }),
    400,
    'invalidSyntax',
  ],
  [
    'a path that is a number',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'add', path: 7, value: 1 }),
    400,
    'invalidPath',
  ],
  [
    'a path that ends early',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'add', path: 'emails[type eq', value: 1 }),
    400,
    'invalidPath',
  ],
  [
    'SQL as a path',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'add', path: "x'); drop table users --", value: 1 }),
    400,
    'invalidPath',
  ],
  [
    'a filter on one value',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'replace', path: 'userName[a eq "b"]', value: 'x' }),
    400,
    'invalidPath',
  ],
  [
    'a filter on an unknown part',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'remove', path: 'emails[shoe eq "b"]' }),
    400,
    'invalidPath',
  ],
  [
    'replace without value',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'replace', path: 'displayName' }),
    400,
    'invalidValue',
  ],
  [
    'add without path or object',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'add', value: 'x' }),
    400,
    'invalidValue',
  ],
  ['remove without path', 'PATCH', '/Users/{user}', patch({ op: 'remove' }), 400, 'noTarget'],
  [
    'remove of userName',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'remove', path: 'userName' }),
    400,
    'mutability',
  ],
  [
    'a change of id',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'replace', path: 'id', value: 'x' }),
    400,
    'mutability',
  ],
  [
    'a change of meta',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'replace', path: 'meta.version', value: 'x' }),
    400,
    'mutability',
  ],
  [
    'a change of groups',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'add', path: 'groups', value: [{ value: 'x' }] }),
    400,
    'mutability',
  ],
  [
    'a replacement whose filter names nothing that can be made',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'replace', path: 'emails[type ne "work" and value sw "zz"].value', value: 'a' }),
    400,
    'noTarget',
  ],
  [
    'a good operation before a bad one',
    'PATCH',
    '/Users/{user}',
    patch(
      { op: 'replace', path: 'displayName', value: 'Changed' },
      { op: 'replace', path: 'active', value: 'maybe' },
    ),
    400,
    'invalidValue',
  ],
  [
    'a rename into a foreign domain',
    'PATCH',
    '/Users/{user}',
    patch({ op: 'replace', path: 'userName', value: 'known@globex.example' }),
    400,
    'invalidValue',
  ],
  ['a group without a name', 'POST', '/Groups', {}, 400, 'invalidValue'],
  ['a group that is a list', 'POST', '/Groups', [], 400, 'invalidSyntax'],
  ['a group name without team', 'POST', '/Groups', { displayName: 'acme:' }, 400, 'invalidValue'],
  ['a group name without organization', 'POST', '/Groups', { displayName: ':team' }, 400, 'invalidValue'],
  [
    'a group name in another case of the organization',
    'POST',
    '/Groups',
    { displayName: 'ACME:team' },
    400,
    'invalidValue',
  ],
  ['a group name that is taken', 'POST', '/Groups', { displayName: 'acme:known' }, 409, 'uniqueness'],
  ['a second group of one team', 'POST', '/Groups', { displayName: 'acme: Known' }, 409, 'uniqueness'],
  ['a long team', 'POST', '/Groups', { displayName: `acme:${'t'.repeat(201)}` }, 400, 'invalidValue'],
  [
    'a member that is no id',
    'POST',
    '/Groups',
    { displayName: 'acme:n', members: [{ value: 'x' }] },
    400,
    'invalidValue',
  ],
  [
    'a member without value',
    'POST',
    '/Groups',
    { displayName: 'acme:n', members: [{ display: 'x' }] },
    400,
    'invalidValue',
  ],
  [
    'a known and an unknown member',
    'PATCH',
    '/Groups/{group}',
    patch({ op: 'remove', path: 'members' }, { op: 'add', path: 'members', value: [{ value: NOBODY }] }),
    400,
    'invalidValue',
  ],
  [
    'a changed member',
    'PATCH',
    '/Groups/{group}',
    patch({ op: 'replace', path: `members[value eq "x"].value`, value: 'y' }),
    400,
    'mutability',
  ],
  [
    'a member made from a filter',
    'PATCH',
    '/Groups/{group}',
    patch({ op: 'add', path: `members[value eq "${NOBODY}"]`, value: {} }),
    400,
    'noTarget',
  ],
  [
    'a group without displayName',
    'PATCH',
    '/Groups/{group}',
    patch({ op: 'remove', path: 'displayName' }),
    400,
    'mutability',
  ],
  [
    'a group renamed away',
    'PATCH',
    '/Groups/{group}',
    patch({ op: 'replace', path: 'displayName', value: 'globex:x' }),
    400,
    'invalidValue',
  ],
  ['a filter without end', 'GET', `/Users?filter=${q('userName eq "a')}`, undefined, 400, 'invalidFilter'],
  ['a filter of nothing', 'GET', '/Users?filter=', undefined, 400, 'invalidFilter'],
  ['two filters', 'GET', '/Users?filter=a&filter=b', undefined, 400, 'invalidFilter'],
  ['SQL in a filter', 'GET', `/Users?filter=${q("userName eq 'a' or 1=1")}`, undefined, 400, 'invalidFilter'],
  ['an unknown operator', 'GET', `/Users?filter=${q('userName like "a"')}`, undefined, 400, 'invalidFilter'],
  [
    'a filter that is too deep',
    'GET',
    `/Users?filter=${q(`${'('.repeat(80)}active eq true${')'.repeat(80)}`)}`,
    undefined,
    400,
    'invalidFilter',
  ],
  [
    'a filter that is too long',
    'POST',
    '/Users/.search',
    { filter: `userName eq "${'a'.repeat(9000)}"` },
    400,
    'invalidFilter',
  ],
  ['a filter that is a number', 'POST', '/Users/.search', { filter: 7 }, 400, 'invalidFilter'],
  [
    'brackets in brackets',
    'GET',
    `/Users?filter=${q('emails[type[a eq "b"]]')}`,
    undefined,
    400,
    'invalidFilter',
  ],
  ['a number for a boolean', 'GET', `/Users?filter=${q('active eq 7')}`, undefined, 400, 'invalidFilter'],
  ['a boolean in order', 'GET', `/Users?filter=${q('active gt true')}`, undefined, 400, 'invalidFilter'],
  ['no time', 'GET', `/Users?filter=${q('meta.created gt "yesterday"')}`, undefined, 400, 'invalidFilter'],
  ['null in order', 'GET', `/Users?filter=${q('userName gt null')}`, undefined, 400, 'invalidFilter'],
  ['a filter on a whole', 'GET', `/Users?filter=${q('name eq "x"')}`, undefined, 400, 'invalidFilter'],
  ['a password', 'GET', `/Users?filter=${q('password sw "a"')}`, undefined, 400, 'invalidFilter'],
  ['SQL as sortBy', 'GET', `/Users?sortBy=${q('userName; drop table users')}`, undefined, 400, 'invalidPath'],
  ['an unknown sortBy', 'GET', '/Users?sortBy=shoe', undefined, 400, 'invalidPath'],
  ['an unknown order', 'GET', '/Users?sortBy=userName&sortOrder=up', undefined, 400, 'invalidValue'],
  ['a count in words', 'GET', '/Users?count=many', undefined, 400, 'invalidValue'],
  ['half a count', 'GET', '/Users?count=1.5', undefined, 400, 'invalidValue'],
  ['a startIndex in words', 'GET', '/Users?startIndex=first', undefined, 400, 'invalidValue'],
  [
    'both projections',
    'GET',
    '/Users?attributes=userName&excludedAttributes=emails',
    undefined,
    400,
    'invalidValue',
  ],
  ['a projection that is no name', 'GET', `/Users?attributes=${q('a b')}`, undefined, 400, 'invalidPath'],
  ['nobody to read', 'GET', `/Users/${NOBODY}`, undefined, 404, undefined],
  ['nobody to replace', 'PUT', `/Users/${NOBODY}`, { userName: 'x@acme.example' }, 404, undefined],
  [
    'nobody to change',
    'PATCH',
    `/Users/${NOBODY}`,
    patch({ op: 'add', path: 'active', value: true }),
    404,
    undefined,
  ],
  ['nobody to delete', 'DELETE', `/Users/${NOBODY}`, undefined, 404, undefined],
  ['an id that is SQL', 'GET', `/Users/${q("' or ''='")}`, undefined, 404, undefined],
  ['no group to delete', 'DELETE', `/Groups/${NOBODY}`, undefined, 404, undefined],
  ["a user's id as a group", 'GET', '/Groups/{user}', undefined, 404, undefined],
  ['DELETE of all users', 'DELETE', '/Users', undefined, 405, undefined],
  ['PUT of all users', 'PUT', '/Users', {}, 405, undefined],
  ['PATCH of all groups', 'PATCH', '/Groups', {}, 405, undefined],
  ['POST to a user', 'POST', '/Users/{user}', {}, 405, undefined],
  ['POST to the schemas', 'POST', '/Schemas', {}, 405, undefined],
  ['DELETE of the configuration', 'DELETE', '/ServiceProviderConfig', undefined, 405, undefined],
  ['an unknown schema', 'GET', '/Schemas/urn:x', undefined, 404, undefined],
  ['an unknown kind', 'GET', '/ResourceTypes/Device', undefined, 404, undefined],
  ['a filter on kinds', 'GET', '/ResourceTypes?filter=x', undefined, 403, undefined],
  ['a filter on the configuration', 'GET', '/ServiceProviderConfig?filter=x', undefined, 403, undefined],
  ['bulk', 'POST', '/Bulk', { Operations: [] }, 501, undefined],
  ...[
    ['a group by its schemas', [GROUP]],
    ['a message by its schemas', ['urn:ietf:params:scim:api:messages:2.0:PatchOp']],
    ['schemas that are no URNs', [7]],
    ['schemas that are no list', { urn: CORE }],
  ].map(
    ([what, schemas]) =>
      [
        String(what),
        'PUT',
        '/Users/{user}',
        { schemas, userName: 'known@acme.example', displayName: 'Changed' },
        400,
        'invalidSyntax',
      ] as const,
  ),
  ['a user as a group', 'POST', '/Groups', { schemas: [CORE], displayName: 'acme:x' }, 400, 'invalidSyntax'],
  [
    'a user instead of a patch',
    'PATCH',
    '/Users/{user}',
    { schemas: [CORE], Operations: [{ op: 'replace', path: 'active', value: false }] },
    400,
    'invalidSyntax',
  ],
  ['a list instead of a search', 'POST', '/Users/.search', [], 400, 'invalidSyntax'],
  ['null instead of a search', 'POST', '/Groups/.search', 'null', 400, 'invalidSyntax'],
  ['a text instead of a search of all', 'POST', '/.search', '"userName pr"', 400, 'invalidSyntax'],
  ['a user instead of a search', 'POST', '/Users/.search', { schemas: [CORE] }, 400, 'invalidSyntax'],
  ['a user instead of a search of all', 'POST', '/.search', { SCHEMAS: [CORE] }, 400, 'invalidSyntax'],
];

describe('every refusal', () => {
  it.each(REFUSED)('%s', async (_what, method, path, body, status, scimType) => {
    const before = await whole();
    const answer = await scim.send(scim.acme, method, fill(path), body);
    expect([answer.status, answer.body.scimType ?? undefined], JSON.stringify(answer.body)).toEqual([
      status,
      scimType,
    ]);
    expect(answer.body).toMatchObject({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      status: String(status),
    });
    expect(answer.body.detail.length).toBeGreaterThan(10);
    expect(answer.body.detail.length).toBeLessThan(900);
    expect(answer.body.detail).not.toMatch(/select |syntax error|node_modules/);
    expect(answer.headers['content-type']).toContain('application/scim+json');
    expect(await whole()).toEqual(before);
  });

  it('spares what is only spelled another way: a byte order mark, a schema that stands for its attributes', async () => {
    const marked = '\uFEFF{"userName":"marked@acme.example"}';
    expect((await scim.send(scim.acme, 'POST', '/Users', marked)).status).toBe(201);
    const shown = await scim.send(scim.acme, 'GET', `/Users/${userId}?attributes=${CORE}`);
    expect(shown.body).toMatchObject({ userName: 'known@acme.example', displayName: 'Known' });
    expect(shown.body).not.toHaveProperty('meta');
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['nothing in a list', []],
    ['URNs that nobody knows', ['urn:x']],
    ['the URN in another case', [CORE.toUpperCase()]],
    ['a string instead of a list', CORE],
  ])('spares a body whose schemas say %s', async (what, schemas) => {
    const userName = `${what.replaceAll(' ', '.')}@acme.example`;
    const made = await scim.send(scim.acme, 'POST', '/Users', { schemas, userName });
    expect([made.status, made.body.userName]).toEqual([201, userName]);
  });

  it('says which methods a path takes', async () => {
    expect((await scim.send(scim.acme, 'DELETE', '/Users')).headers.allow).toBe('GET, HEAD, POST');
    expect((await scim.send(scim.acme, 'POST', `/Groups/${groupId}`, {})).headers.allow).toBe(
      'GET, HEAD, PUT, PATCH, DELETE',
    );
  });

  it('asks for the token before it reads a body, and before it says what exists', async () => {
    for (const [method, path] of [
      ['POST', '/Users'],
      ['DELETE', '/Users'],
      ['GET', '/Nothing'],
      ['POST', '/Bulk'],
    ] as const) {
      const answer = await scim.send(null, method, path, method === 'GET' ? undefined : '{');
      expect([path, answer.status]).toEqual([path, 401]);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="SCIM"');
    }
  });

  it('answers unknown media types and broken addresses in words of SCIM', async () => {
    const xml = await scim.send(scim.acme, 'POST', '/Users', '<user/>', { 'content-type': 'text/xml' });
    const accepted = 'Send application/scim+json or application/json.';
    expect(xml).toMatchObject({ status: 415, body: { status: '415', detail: accepted } });
    const large = (mebibytes: number) => ({
      userName: 'large@acme.example',
      unknown: 'x'.repeat(mebibytes * 1024 * 1024),
    });
    expect(await scim.send(scim.acme, 'POST', '/Users', large(16))).toMatchObject({
      status: 413,
      body: { status: '413', detail: 'The body is larger than 16 MiB.' },
    });
    expect((await scim.send(scim.acme, 'POST', '/Users', large(15))).status).toBe(201);
    const both = await scim.send(
      scim.acme,
      'PATCH',
      `/Users/${userId}`,
      patch({ op: 'replace', path: 'displayName', value: 'Known' }),
      { 'content-type': 'application/json; charset=utf-8' },
    );
    expect(both.status).toBe(200);
    for (const path of ['/Users/%zz', '/Groups/%', '/%E0%A4%A', '/v2/scim/2.0/Users/%f']) {
      const broken = await scim.send(scim.acme, 'GET', path);
      expect(broken).toMatchObject({ status: 400, body: { status: '400', scimType: 'invalidPath' } });
      expect(broken.body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:Error']);
      expect(broken.headers['content-type']).toMatch(/^application\/scim\+json/);
    }
    const long = await scim.send(scim.acme, 'GET', `/Users/${'x'.repeat(500)}`);
    expect(long).toMatchObject({ status: 414, body: { status: '414' } });
    const elsewhere = await scim.app.inject('/v1/%zz');
    expect([elsewhere.statusCode, elsewhere.json().error.code]).toEqual([400, 'bad_request']);
  });

  it('takes a DELETE that names a media type and has no body', async () => {
    const made = await scim.send(scim.acme, 'POST', '/Users', { userName: 'gone@acme.example' });
    const gone = await scim.send(scim.acme, 'DELETE', `/Users/${made.body.id}`, '', {
      'content-type': 'application/scim+json',
    });
    expect([gone.status, gone.body]).toEqual([204, undefined]);
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { userName: 'gone@acme.example' }],
      ['PATCH', patch({ op: 'replace', path: 'active', value: true })],
      ['DELETE', undefined],
    ] as const) {
      expect((await scim.send(scim.acme, method, `/Users/${made.body.id}`, body)).status).toBe(404);
    }
    const found = await scim.send(scim.acme, 'GET', `/Users?filter=${q('userName eq "gone@acme.example"')}`);
    expect(found.body.totalResults).toBe(0);
    const again = await scim.send(scim.acme, 'POST', '/Users', { userName: 'gone@acme.example' });
    expect(again.status).toBe(201);
    expect(again.body.id).not.toBe(made.body.id);
  });
});

describe('HEAD', () => {
  it('answers like GET, without a body', async () => {
    for (const path of ['/Users', `/Users/${userId}`, '/Schemas', `/Groups/${groupId}`]) {
      const answer = await scim.app.inject({
        method: 'HEAD',
        url: `/scim/v2${path}`,
        headers: { authorization: `Bearer ${scim.acme.token}` },
      });
      expect([path, answer.statusCode, answer.body]).toEqual([path, 200, '']);
    }
  });
});

describe('entity tags', () => {
  const stale = { 'if-match': 'W/"0"' };
  it.each([
    ['GET', undefined],
    ['PUT', { userName: 'known@acme.example', displayName: 'Other' }],
    ['PATCH', patch({ op: 'replace', path: 'displayName', value: 'Other' })],
    ['DELETE', undefined],
  ] as const)('%s keeps to If-Match', async (method, body) => {
    const before = await whole();
    const group =
      method === 'PUT'
        ? { displayName: 'acme:Known' }
        : method === 'PATCH'
          ? patch({ op: 'remove', path: 'members' })
          : undefined;
    expect((await scim.send(scim.acme, method, `/Users/${userId}`, body, stale)).status).toBe(412);
    expect((await scim.send(scim.acme, method, `/Groups/${groupId}`, group, stale)).status).toBe(412);
    expect(await whole()).toEqual(before);
  });

  it('let one of two changes of the same version through', async () => {
    const { body } = await scim.send(scim.acme, 'GET', `/Users/${userId}`);
    const answers = await Promise.all(
      ['A', 'B', 'C', 'D'].map((value) =>
        scim.send(
          scim.acme,
          'PATCH',
          `/Users/${userId}`,
          patch({ op: 'replace', path: 'displayName', value }),
          { 'if-match': body.meta.version },
        ),
      ),
    );
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412, 412, 412]);
  });

  it('change when what is shown changes, and only then', async () => {
    const tag = async (path: string) => (await scim.send(scim.acme, 'GET', path)).headers.etag;
    const [user, group] = [await tag(`/Users/${userId}`), await tag(`/Groups/${groupId}`)];
    const renamed = patch({ op: 'replace', path: 'displayName', value: 'acme:KNOWN' });
    expect((await scim.send(scim.acme, 'PATCH', `/Groups/${groupId}`, renamed)).status).toBe(204);
    expect(await tag(`/Groups/${groupId}`)).not.toBe(group);
    // The user's `groups` show the name.
    expect(await tag(`/Users/${userId}`)).not.toBe(user);
    const settled = [await tag(`/Users/${userId}`), await tag(`/Groups/${groupId}`)];
    expect((await scim.send(scim.acme, 'PATCH', `/Groups/${groupId}`, renamed)).status).toBe(204);
    expect([await tag(`/Users/${userId}`), await tag(`/Groups/${groupId}`)]).toEqual(settled);
    const moved = patch({ op: 'replace', path: 'userName', value: 'renamed@acme.example' });
    expect((await scim.send(scim.acme, 'PATCH', `/Users/${userId}`, moved)).status).toBe(200);
    // The group's `members` show the name.
    expect(await tag(`/Groups/${groupId}`)).not.toBe(settled[1]);
    const back = patch({ op: 'replace', path: 'userName', value: 'known@acme.example' });
    expect((await scim.send(scim.acme, 'PATCH', `/Users/${userId}`, back)).status).toBe(200);
  });
});

describe('tokens', () => {
  it('are valid two at a time; a third ends the first', async () => {
    const { organizationId, connectionId } = scim.globex;
    const context = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };
    const make = async () => {
      const made = await createScimToken(scim.database.db, context, { organizationId, connectionId });
      if (made === null) throw new Error('no connection');
      return { ...scim.globex, token: made.secret };
    };
    const second = await make();
    const ask = async (tenant: typeof second) => (await scim.send(tenant, 'GET', '/Users?count=0')).status;
    expect([await ask(scim.globex), await ask(second)]).toEqual([200, 200]);
    const third = await make();
    expect([await ask(scim.globex), await ask(second), await ask(third)]).toEqual([401, 200, 200]);
    const off = (on: boolean) =>
      scim.database.db
        .updateTable('connections')
        .set({ scim_enabled: on })
        .where('id', '=', connectionId)
        .execute();
    await off(false);
    const refused = await scim.send(third, 'GET', '/Users');
    expect(refused).toMatchObject({ status: 403, body: { detail: expect.stringContaining('switched off') } });
    await off(true);
    expect(await ask(third)).toBe(200);
  });

  it('have a limit of requests each, with Retry-After', async () => {
    const small = await startTestScim({ requestsPerMinute: 3 }, scim.database);
    try {
      const ask = () => small.send(scim.acme, 'GET', '/Users?count=0');
      const answers = [await ask(), await ask(), await ask(), await ask()];
      expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 429]);
      expect(answers[3]?.body).toMatchObject({ status: '429' });
      expect(Number(answers[3]?.headers['retry-after'])).toBeGreaterThan(0);
      // Each token has its own, from whatever address.
      const context = {
        actor: { kind: 'system' as const, name: 'test' },
        sourceAddress: null,
        at: new Date(),
      };
      const other = await createScimToken(scim.database.db, context, scim.globex);
      const token = other?.secret ?? '';
      expect((await small.send({ ...scim.globex, token }, 'GET', '/Users?count=0')).status).toBe(200);
    } finally {
      await small.app.close();
    }
  });
});

describe('what the service says of itself', () => {
  it('is what it does: no bulk, and pages of two hundred at most', async () => {
    const { body } = await scim.send(scim.acme, 'GET', '/ServiceProviderConfig');
    expect(body).toMatchObject({
      ...{ bulk: { supported: false }, patch: { supported: true }, changePassword: { supported: false } },
      ...{
        filter: { supported: true, maxResults: 200 },
        sort: { supported: true },
        etag: { supported: true },
      },
    });
    expect((await scim.send(scim.acme, 'POST', '/Bulk', { Operations: [] })).status).toBe(501);
    await sql`with made as (
        insert into users (email, username, name)
        select 'page' || n || '@acme.example', 'page' || n, 'Page' from generate_series(1, 201) n returning id, email)
      insert into scim_users (connection_id, user_id, managed, user_name, active, resource, created_at, updated_at)
      select ${scim.acme.connectionId}, id, true, email, true, '{}', now(), now() from made`.execute(
      scim.database.db,
    );
    const filter = encodeURIComponent('userName sw "page"');
    for (const [count, shown] of [
      ['201', 200],
      ['100000', 200],
      ['', 100],
    ] as const) {
      const page = await scim.send(scim.acme, 'GET', `/Users?filter=${filter}&count=${count}`);
      expect([page.body.totalResults, page.body.itemsPerPage, page.body.Resources.length]).toEqual([
        ...[201, shown, shown],
      ]);
    }
  });

  it('repeats neither what was sent nor what broke inside', async () => {
    for (const body of ['{"password":hunter2}', '{"password":"hunter2"', 'hunter2']) {
      const answer = await scim.send(scim.acme, 'POST', '/Users', body);
      expect(answer.body).toMatchObject({ status: '400', scimType: 'invalidSyntax' });
      expect(answer.body.detail).not.toContain('hunter');
    }
    await sql`alter table scim_users rename to scim_users_away`.execute(scim.database.db);
    try {
      const answer = await scim.send(scim.acme, 'GET', '/Users');
      expect(answer.body).toMatchObject({
        status: '500',
        detail: expect.stringContaining('nothing was changed'),
      });
      expect(answer.body.detail).not.toMatch(/scim_users|relation|select/);
    } finally {
      await sql`alter table scim_users_away rename to scim_users`.execute(scim.database.db);
    }
  });
});

it('takes out of a list only what is named', async () => {
  const { body } = await scim.send(scim.acme, 'POST', '/Users', {
    userName: 'lists@acme.example',
    emails: [
      { value: 'one@acme.example', type: 'work' },
      { value: 'two@acme.example', type: 'home' },
    ],
  });
  const remove = (value: unknown) =>
    scim.send(scim.acme, 'PATCH', `/Users/${body.id}`, {
      Operations: [{ op: 'remove', path: 'emails', value }],
    });
  const left = async (value: unknown) =>
    ((await remove(value)).body.emails ?? []).map((email: { value: string }) => email.value);
  expect(await left([{ value: 'three@acme.example' }])).toEqual(['one@acme.example', 'two@acme.example']);
  expect(await left([{ value: 'one@acme.example' }])).toEqual(['two@acme.example']);
  expect(await left(undefined)).toEqual([]);
});

describe('what Node itself cannot read', () => {
  const ask = (text: string) =>
    new Promise<string>((resolve, reject) => {
      let seen = '';
      const address = scim.app.server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (chunk) => {
        seen += chunk.toString();
      });
      socket.on('end', () => resolve(seen));
      socket.on('error', reject);
    });
  beforeAll(async () => {
    await scim.app.listen({ host: '127.0.0.1', port: 0 });
  });

  it('answers a broken request line without falling over', async () => {
    const request = `GET /scim/v2/Users/%zz HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${scim.acme.token}\r\nconnection: close\r\n\r\n`;
    expect(await ask(request)).toMatch(/^HTTP\/1\.1 40[04] /);
  });

  const long = 'x'.repeat(20_000);
  it('does not wait for the end of an address that is too long already', async () => {
    const text = await ask(`GET /scim/v2/Users?filter=${long}`);
    expect([text.slice(0, 13), text.includes(ERROR_SCHEMA)]).toEqual(['HTTP/1.1 414 ', true]);
  });

  it.each([
    ['headers', 431, '/Users', `x-long: ${long}`],
    ['an address', 414, `/Users?filter=${long}`, 'x-short: x'],
    ['a header without a colon', 400, '/Users', 'no header at all'],
  ])(
    '%s: %i in words of SCIM below its bases, elsewhere in those of the hub',
    async (_what, status, path, header) => {
      for (const base of ['/scim/v2', '/v2/scim/2.0', '/v1']) {
        const text = await ask(`GET ${base}${path} HTTP/1.1\r\nhost: x\r\n${header}\r\n\r\n`);
        const [head = '', body = ''] = text.split('\r\n\r\n');
        const ofScim = base !== '/v1';
        expect(head).toContain(`HTTP/1.1 ${status} `);
        expect(head).toContain(`content-type: application/${ofScim ? 'scim+json' : 'json'}; charset=utf-8`);
        expect(JSON.parse(body)).toEqual(
          ofScim
            ? {
                schemas: [ERROR_SCHEMA],
                status: String(status),
                detail: expect.stringMatching(/16 KiB|HTTP/),
              }
            : { error: { code: 'bad_request', message: expect.stringMatching(/16 KiB|HTTP/) } },
        );
      }
    },
  );
});
