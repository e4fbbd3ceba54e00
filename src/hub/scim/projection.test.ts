import { describe, expect, it } from 'vitest';
import { type Projection, project, readProjection, shows } from './projection.ts';
import { attribute, type ResourceType } from './schema/attribute.ts';
import { GROUP } from './schema/group.ts';
import { DOCKER_USER_SCHEMA, USER, USER_SCHEMA } from './schema/user.ts';

const CORE = USER_SCHEMA.id;
const DOCKER = DOCKER_USER_SCHEMA.id;
const resource = {
  schemas: [CORE, DOCKER],
  id: 'one',
  externalId: 'x1',
  userName: 'ann@acme.example',
  name: { givenName: 'Ann', familyName: 'Lee' },
  displayName: 'Ann Lee',
  active: true,
  emails: [
    { value: 'ann@acme.example', type: 'work', primary: true },
    { value: 'ann@home.example', type: 'home' },
  ],
  [DOCKER]: { dockerRole: 'editor', dockerTeam: 'Blue' },
  meta: { resourceType: 'User', version: 'W/"1"' },
};
const always = { schemas: resource.schemas, id: resource.id };
const cut = (attributes?: unknown, excludedAttributes?: unknown) =>
  project(USER, resource, readProjection(USER, attributes, excludedAttributes));

describe('attributes', () => {
  it.each([
    ['userName', { userName: resource.userName }],
    ['USERNAME', { userName: resource.userName }],
    [`${CORE}:userName`, { userName: resource.userName }],
    [`${CORE.toUpperCase()}:userName`, { userName: resource.userName }],
    ['userName,active', { userName: resource.userName, active: true }],
    [' userName , active ,', { userName: resource.userName, active: true }],
    [['userName', 'active'], { userName: resource.userName, active: true }],
    [
      ['userName', 'active,displayName'],
      { userName: resource.userName, active: true, displayName: 'Ann Lee' },
    ],
    ['name', { name: resource.name }],
    ['name.givenName', { name: { givenName: 'Ann' } }],
    ['name.givenName,name', { name: resource.name }],
    ['name.givenName,name.familyName', { name: resource.name }],
    ['emails.value', { emails: [{ value: 'ann@acme.example' }, { value: 'ann@home.example' }] }],
    ['meta.version', { meta: { version: 'W/"1"' } }],
    ['externalId', { externalId: 'x1' }],
    ['id', {}],
    ['shoe', {}],
    ['name.shoe', {}],
    [`${DOCKER}:dockerRole`, { [DOCKER]: { dockerRole: 'editor' } }],
    [DOCKER, { [DOCKER]: resource[DOCKER] }],
    [DOCKER.toLowerCase(), { [DOCKER]: resource[DOCKER] }],
    // The URN before an extension's attribute should be there, but need not.
    ['dockerRole', { [DOCKER]: { dockerRole: 'editor' } }],
    [`${CORE}:dockerRole`, {}],
    ['urn:x:2.0:User:userName', {}],
  ])('%j', (attributes, shown) => {
    expect(cut(attributes)).toEqual({ ...always, ...shown });
  });

  it('of the core schema as a whole are everything but what is common or an extension', () => {
    const { [DOCKER]: _extension, meta: _meta, externalId: _externalId, ...core } = resource;
    expect(cut(CORE)).toEqual(core);
  });
});

describe('excludedAttributes', () => {
  it.each([
    ['emails', 'emails'],
    ['EMAILS', 'emails'],
    [`${CORE}:emails`, 'emails'],
    [DOCKER, DOCKER],
    [`${DOCKER}:dockerRole,${DOCKER}:dockerTeam`, DOCKER],
    ['meta', 'meta'],
  ])('%s', (excluded, gone) => {
    const { [gone]: _, ...rest } = { ...resource } as Record<string, unknown>;
    expect(cut(undefined, excluded)).toEqual(rest);
  });

  it('hides parts, and never what is always returned', () => {
    expect(cut(undefined, 'name.givenName,emails.type,emails.primary')).toEqual({
      ...resource,
      name: { familyName: 'Lee' },
      emails: [{ value: 'ann@acme.example' }, { value: 'ann@home.example' }],
    });
    expect(cut(undefined, 'emails,emails.type')).not.toHaveProperty('emails');
    expect(cut(undefined, 'id,schemas,shoe')).toEqual(resource);
    expect(cut(undefined, 'DOCKERROLE')[DOCKER]).toEqual({ dockerTeam: 'Blue' });
    expect(cut(undefined, `${DOCKER}:dockerRole`)[DOCKER]).toEqual({ dockerTeam: 'Blue' });
    expect(cut(undefined, ',')).toEqual(resource);
    expect(cut('', '')).toEqual(resource);
  });

  it('does not go with attributes, and names are names', () => {
    expect(() => cut('id', 'emails')).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidValue' }),
    );
    for (const name of ['a b', 'a.b.c', '"', 'x:userName'])
      expect(() => cut(name)).toThrow(expect.objectContaining({ status: 400, scimType: 'invalidPath' }));
  });
});

describe('what returned says', () => {
  const type: ResourceType = {
    ...GROUP,
    schema: {
      ...GROUP.schema,
      attributes: [
        attribute('plain', ''),
        attribute('asked', '', { returned: 'request' }),
        attribute('secret', '', { returned: 'never' }),
        attribute('fixed', '', { returned: 'always' }),
      ],
    },
  };
  const whole = { id: '1', schemas: [], plain: 'p', asked: 'a', secret: 's', fixed: 'f', stranger: 'x' };
  const shown = (projection: Projection) => Object.keys(project(type, whole, projection)).sort();

  it('is kept to', () => {
    expect(shown(readProjection(type, undefined, undefined))).toEqual(['fixed', 'id', 'plain', 'schemas']);
    expect(shown(readProjection(type, 'asked,secret', undefined))).toEqual([
      'asked',
      'fixed',
      'id',
      'schemas',
    ]);
    expect(shown(readProjection(type, undefined, 'plain,fixed,id'))).toEqual(['fixed', 'id', 'schemas']);
  });
});

it('tells an attribute of an extension from one of the core that has its name', () => {
  const extension = { ...DOCKER_USER_SCHEMA, attributes: [attribute('displayName', '')] };
  const type = { ...USER, extensions: [extension] };
  const both = { id: '1', schemas: [], displayName: 'core', [DOCKER]: { displayName: 'extension' } };
  const shown = (attributes?: string, excluded?: string) =>
    project(type, both, readProjection(type, attributes, excluded));
  const { displayName, [DOCKER]: extended, ...rest } = both;
  expect(shown('displayName')).toEqual({ ...rest, displayName });
  expect(shown(`${DOCKER}:displayName`)).toEqual({ ...rest, [DOCKER]: extended });
  expect(shown(undefined, 'displayName')).toEqual({ ...rest, [DOCKER]: extended });
  expect(shown(undefined, `${DOCKER}:displayName`)).toEqual({ ...rest, displayName });
});

it('says whether a list is shown at all, so that nobody reads thousands for nothing', () => {
  const members = (attributes?: string, excluded?: string) =>
    shows(readProjection(GROUP, attributes, excluded), 'members');
  expect([members(), members('members'), members('members.value'), members('displayName')]).toEqual([
    ...[true, true, true, false],
  ]);
  expect([
    members(undefined, 'members'),
    members(undefined, 'members.display'),
    members(undefined, 'displayName'),
  ]).toEqual([...[false, true, true]]);
  // An extension's attribute of the same name is another one.
  const extension = { ...DOCKER_USER_SCHEMA, attributes: [attribute('members', '')] };
  const projection = { only: [{ extension, attribute: attribute('members', '') }], without: [] };
  expect(shows(projection, 'members')).toBe(false);
});
