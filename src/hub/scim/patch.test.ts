import { describe, expect, it } from 'vitest';
import type { JsonObject } from './json.ts';
import { applyPatch, readPatch } from './patch.ts';
import { readBody, schemasOf } from './resource-body.ts';
import { GROUP } from './schema/group.ts';
import { DOCKER_USER_SCHEMA, USER, USER_SCHEMA } from './schema/user.ts';

/* PATCH over resources alone: every form of RFC 7644 section 3.5.2 and those that clients make of it. */

const CORE = USER_SCHEMA.id;
const DOCKER = DOCKER_USER_SCHEMA.id;
const WORK = { value: 'ann@work.example', type: 'work', primary: true };
const HOME = { value: 'ann@home.example', type: 'home' };
const ann: JsonObject = {
  userName: 'ann@acme.example',
  externalId: 'x1',
  displayName: 'Ann',
  name: { givenName: 'Ann', familyName: 'Lee' },
  active: true,
  emails: [WORK, HOME],
  [DOCKER]: { dockerRole: 'editor', dockerTeam: 'Blue' },
};
const apply = (...Operations: unknown[]) => applyPatch(USER, ann, readPatch({ Operations }));
const without = (name: string) => {
  const { [name]: _, ...rest } = ann;
  return rest;
};
type Case = readonly [operation: object, becomes: JsonObject];

describe('one value', () => {
  it.each<Case>([
    [
      { op: 'replace', path: 'displayName', value: 'B' },
      { ...ann, displayName: 'B' },
    ],
    [
      { op: 'add', path: 'displayName', value: 'B' },
      { ...ann, displayName: 'B' },
    ],
    [
      { op: 'RePlace', path: 'DISPLAYNAME', value: 'B' },
      { ...ann, displayName: 'B' },
    ],
    [
      { OP: 'Replace', Path: 'displayName', VALUE: 'B' },
      { ...ann, displayName: 'B' },
    ],
    [
      { op: 'replace', path: `${CORE}:displayName`, value: 'B' },
      { ...ann, displayName: 'B' },
    ],
    [
      { op: 'replace', path: 'displayName', value: ['B'] },
      { ...ann, displayName: 'B' },
    ],
    [
      { op: 'replace', path: 'active', value: 'False' },
      { ...ann, active: false },
    ],
    [{ op: 'replace', path: 'active', value: 'TRUE' }, ann],
    [{ op: 'remove', path: 'displayName' }, without('displayName')],
    [{ op: 'remove', path: 'nickName' }, ann],
    [{ op: 'replace', path: 'displayName', value: null }, without('displayName')],
    [{ op: 'add', path: 'displayName', value: null }, ann],
    [
      { op: 'replace', path: 'name.givenName', value: 'B' },
      { ...ann, name: { givenName: 'B', familyName: 'Lee' } },
    ],
    [
      { op: 'replace', path: 'name', value: { givenName: 'B' } },
      { ...ann, name: { givenName: 'B', familyName: 'Lee' } },
    ],
    [
      { op: 'add', path: 'name', value: { formatted: 'A L' } },
      { ...ann, name: { givenName: 'Ann', familyName: 'Lee', formatted: 'A L' } },
    ],
    [
      { op: 'remove', path: 'name.givenName' },
      { ...ann, name: { familyName: 'Lee' } },
    ],
    [{ op: 'remove', path: 'name' }, without('name')],
    [{ op: 'replace', path: 'nickName', value: 'unknown' }, ann],
    [{ op: 'replace', path: 'name.shoe', value: 'unknown' }, ann],
    [{ op: 'replace', path: 'urn:x:y:2.0:User:title', value: 'unknown' }, ann],
    // The URN of the resource's own schema alone stands for all of it.
    [
      { op: 'replace', path: CORE, value: { displayName: 'Anna' } },
      { ...ann, displayName: 'Anna' },
    ],
    [
      { op: 'add', path: CORE.toUpperCase(), value: { name: { givenName: 'Anna' } } },
      { ...ann, name: { givenName: 'Anna', familyName: 'Lee' } },
    ],
  ])('%j', (operation, becomes) => {
    expect(apply(operation)).toEqual(becomes);
  });
});

describe('an extension', () => {
  const blue = (role: string) => ({ ...ann, [DOCKER]: { dockerRole: role, dockerTeam: 'Blue' } });
  it.each<Case>([
    [{ op: 'replace', path: `${DOCKER}:dockerRole`, value: 'owner' }, blue('owner')],
    [{ op: 'add', path: `${DOCKER.toUpperCase()}:DOCKERROLE`, value: 'owner' }, blue('owner')],
    [{ op: 'replace', path: DOCKER, value: { dockerRole: 'owner' } }, blue('owner')],
    [{ op: 'add', value: { [DOCKER]: { dockerRole: 'owner' } } }, blue('owner')],
    [{ op: 'replace', value: { [`${DOCKER}:dockerRole`]: 'owner' } }, blue('owner')],
    [
      { op: 'remove', path: `${DOCKER}:dockerRole` },
      { ...ann, [DOCKER]: { dockerTeam: 'Blue' } },
    ],
    [{ op: 'remove', path: DOCKER }, without(DOCKER)],
    [{ op: 'add', value: { [DOCKER]: 'no object', [`${DOCKER}:shoe`]: 1 } }, ann],
  ])('%j', (operation, becomes) => {
    expect(apply(operation)).toEqual(becomes);
  });

  it('is gone with the last of its attributes', () => {
    const both = ['dockerRole', 'dockerTeam'].map((name) => ({ op: 'remove', path: `${DOCKER}:${name}` }));
    expect(apply(...both)).toEqual(without(DOCKER));
  });
});

describe('without a path', () => {
  it('sets what it names, dotted, filtered and nested, and passes over what nobody may change', () => {
    const sent = {
      schemas: ['urn:other'],
      id: 'other',
      meta: { version: 'W/"99"' },
      groups: [{ value: 'g' }],
      'meta.version': 'W/"99"',
      DisplayName: 'B',
      'name.givenName': 'Bea',
      [`${CORE}:externalId`]: 'x2',
      'emails[type eq "work"].value': 'new@work.example',
      '...': 'no name at all',
      active: 'false',
      locale: 'de',
    };
    for (const op of ['add', 'replace']) {
      const become = {
        ...ann,
        externalId: 'x2',
        displayName: 'B',
        name: { givenName: 'Bea', familyName: 'Lee' },
        emails: [{ ...WORK, value: 'new@work.example' }, HOME],
        active: false,
      };
      expect([op, apply({ op, path: '', value: sent })]).toEqual([op, become]);
    }
  });

  it('replaces a list, or adds to it', () => {
    const other = { value: 'ann@other.example', type: 'other' };
    expect(apply({ op: 'replace', value: { emails: [other] } }).emails).toEqual([other]);
    expect(apply({ op: 'add', value: { emails: other } }).emails).toEqual([WORK, HOME, other]);
  });
});

describe('a list', () => {
  const other = { value: 'ann@other.example', type: 'other' };
  it.each<readonly [operation: object, becomes: readonly object[] | undefined]>([
    [{ op: 'add', path: 'emails', value: [other] }, [WORK, HOME, other]],
    [{ op: 'add', path: 'emails', value: other }, [WORK, HOME, other]],
    [{ op: 'add', path: 'emails', value: [HOME] }, [WORK, HOME]],
    [{ op: 'add', path: 'emails', value: [HOME, HOME] }, [WORK, HOME]],
    [{ op: 'add', path: 'emails', value: [] }, [WORK, HOME]],
    [{ op: 'add', path: 'emails', value: [null, {}] }, [WORK, HOME]],
    // The same address for another purpose is another element.
    [
      { op: 'add', path: 'emails', value: [{ ...HOME, type: 'other' }] },
      [WORK, HOME, { ...HOME, type: 'other' }],
    ],
    // A new primary takes it from the old one, wherever it stands.
    [
      { op: 'add', path: 'emails', value: [{ ...HOME, primary: true }] },
      [
        { ...WORK, primary: false },
        { ...HOME, primary: true },
      ],
    ],
    [
      { op: 'add', path: 'emails', value: [{ ...other, primary: 'True' }] },
      [{ ...WORK, primary: false }, HOME, { ...other, primary: true }],
    ],
    [{ op: 'replace', path: 'emails', value: [other] }, [other]],
    [
      { op: 'replace', path: 'emails', value: [{ ...HOME, primary: true }, WORK] },
      [{ ...HOME, primary: false }, WORK],
    ],
    [{ op: 'replace', path: 'emails', value: 'ann@plain.example' }, [{ value: 'ann@plain.example' }]],
    [{ op: 'remove', path: 'emails' }, undefined],
    [{ op: 'remove', path: 'emails', value: null }, undefined],
    [{ op: 'remove', path: 'emails', value: [{ value: HOME.value }] }, [WORK]],
    [{ op: 'remove', path: 'emails', value: { VALUE: HOME.value } }, [WORK]],
    [{ op: 'remove', path: 'emails', value: HOME.value }, [WORK]],
    [{ op: 'remove', path: 'emails', value: [HOME, WORK] }, undefined],
    [{ op: 'remove', path: 'emails', value: [] }, [WORK, HOME]],
    [{ op: 'remove', path: 'emails', value: [{ type: 'work' }] }, [WORK, HOME]],
    [{ op: 'remove', path: 'emails.type' }, [{ value: WORK.value, primary: true }, { value: HOME.value }]],
    [
      { op: 'replace', path: 'emails.type', value: 'other' },
      [
        { ...WORK, type: 'other' },
        { ...HOME, type: 'other' },
      ],
    ],
    [
      { op: 'replace', path: 'emails.primary', value: true },
      [
        { ...WORK, primary: false },
        { ...HOME, primary: true },
      ],
    ],
    // Made alike, they are one.
    [
      { op: 'replace', value: { 'emails.value': 'a@b.example' } },
      [
        { ...WORK, value: 'a@b.example' },
        { ...HOME, value: 'a@b.example' },
      ],
    ],
    [{ op: 'remove', path: 'emails[type eq "work"]' }, [HOME]],
    [{ op: 'remove', path: 'emails[TYPE eq "WORK" and value ew ".example"]' }, [HOME]],
    [{ op: 'remove', path: 'emails[primary eq "True"]' }, [HOME]],
    [{ op: 'remove', path: 'emails[not (primary eq true)]' }, [WORK]],
    // No word for a truth: it equals nothing, least of all what is not primary.
    [{ op: 'remove', path: 'emails[primary eq "no"]' }, [WORK, HOME]],
    [{ op: 'remove', path: 'emails[primary eq "false"]' }, [WORK, HOME]],
    [{ op: 'remove', path: 'emails[primary eq 0]' }, [WORK, HOME]],
    [{ op: 'remove', path: 'emails[primary pr]' }, [HOME]],
    [{ op: 'remove', path: 'emails[primary ne true]' }, [WORK]],
    [{ op: 'remove', path: 'emails[primary eq null]' }, [WORK]],
    [{ op: 'remove', path: 'emails[type ne null]' }, undefined],
    [{ op: 'remove', path: 'emails[value co "@home"]' }, [WORK]],
    [{ op: 'remove', path: 'emails[value sw "ann@w"]' }, [HOME]],
    [{ op: 'remove', path: 'emails[value gt "ann@s"]' }, [HOME]],
    [{ op: 'remove', path: 'emails[type eq "work" or type eq "home"]' }, undefined],
    [{ op: 'remove', path: 'emails[type eq "other"]' }, [WORK, HOME]],
    [{ op: 'remove', path: 'emails[type eq "work"].primary' }, [{ value: WORK.value, type: 'work' }, HOME]],
    [
      { op: 'replace', path: 'emails[type eq "work"].value', value: 'n@x.example' },
      [{ ...WORK, value: 'n@x.example' }, HOME],
    ],
    [
      { op: 'replace', path: 'emails[type eq "work"]', value: { value: 'n@x.example' } },
      [{ ...WORK, value: 'n@x.example' }, HOME],
    ],
    [
      { op: 'add', path: 'emails[type eq "home"].primary', value: true },
      [
        { ...WORK, primary: false },
        { ...HOME, primary: true },
      ],
    ],
    [
      { op: 'replace', path: 'emails[type eq "home"]', value: { primary: true } },
      [
        { ...WORK, primary: false },
        { ...HOME, primary: true },
      ],
    ],
    [
      { op: 'replace', path: 'emails[value pr].primary', value: true },
      [
        { ...WORK, primary: false },
        { ...HOME, primary: true },
      ],
    ],
    // Null is no value: what is replaced by it is gone, and so is an element that says nothing any more.
    [{ op: 'replace', path: 'emails[type eq "home"].type', value: null }, [WORK, { value: HOME.value }]],
    [{ op: 'replace', path: 'emails[type eq "work"]', value: null }, [HOME]],
    [{ op: 'replace', path: 'emails[type eq "other"].value', value: null }, [WORK, HOME]],
    [{ op: 'add', path: 'emails[type eq "work"].value', value: null }, [WORK, HOME]],
    [{ op: 'add', path: 'emails[type eq "other"].value', value: null }, [WORK, HOME]],
    // None matches: made as the filter describes it (Entra sends no other form for a first address).
    [{ op: 'Add', path: 'emails[type eq "other"].value', value: other.value }, [WORK, HOME, other]],
    [{ op: 'Replace', path: 'emails[type eq "other"].value', value: other.value }, [WORK, HOME, other]],
    [
      { op: 'add', path: 'emails[type eq "other" and primary eq true].value', value: other.value },
      [{ ...WORK, primary: false }, HOME, { ...other, primary: true }],
    ],
    [{ op: 'add', path: 'emails[type eq "other"]', value: { value: other.value } }, [WORK, HOME, other]],
  ])('%j', (operation, becomes) => {
    expect(apply(operation).emails).toEqual(becomes);
  });

  it('that is not there is made by its parts, and none by nothing', () => {
    const bare = { userName: 'b@acme.example' };
    const patch = (operation: object) => applyPatch(USER, bare, readPatch({ Operations: [operation] }));
    expect(patch({ op: 'add', path: 'emails.value', value: 'b@b.example' }).emails).toEqual([
      { value: 'b@b.example' },
    ]);
    for (const operation of [
      { op: 'add', path: 'emails.value', value: null },
      { op: 'remove', path: 'emails.value' },
      { op: 'remove', path: 'emails[type eq "work"]' },
    ])
      expect(patch(operation).emails ?? []).toEqual([]);
  });

  it.each([
    { op: 'remove', path: 'emails[value eq "b@b.example"].value' },
    { op: 'replace', path: 'emails[value eq "b@b.example"].value', value: null },
    { op: 'remove', path: 'emails.value' },
    { op: 'replace', path: 'emails.value', value: null },
  ])('of which nothing is left is not kept empty: %j', (operation) => {
    const one = { userName: 'b@acme.example', emails: [{ value: 'b@b.example' }] };
    expect(applyPatch(USER, one, readPatch({ Operations: [operation] }))).toEqual({ userName: one.userName });
  });

  it('gives way to a new primary that stands before the old one', () => {
    const turned = { ...ann, emails: [HOME, WORK] };
    for (const path of ['emails[type eq "home"].primary', 'emails[type eq "home"]'])
      expect(
        applyPatch(
          USER,
          turned,
          readPatch({
            Operations: [{ op: 'replace', path, value: path.endsWith(']') ? { primary: true } : true }],
          }),
        ).emails,
      ).toEqual([
        { ...HOME, primary: true },
        { ...WORK, primary: false },
      ]);
  });

  it('is not there any more when it is replaced by null', () => {
    expect(apply({ op: 'replace', path: 'emails', value: null })).toEqual(without('emails'));
    expect(readBody(USER, { userName: 'b@acme.example', emails: null })).toEqual({
      userName: 'b@acme.example',
    });
  });

  it('of which two become alike keeps one', () => {
    const twice = { ...ann, emails: [WORK, { ...WORK, value: 'second@work.example', primary: false }] };
    const [one, ...more] = [
      applyPatch(
        USER,
        twice,
        readPatch({ Operations: [{ op: 'replace', path: 'emails.value', value: 'x@y.example' }] }),
      ).emails,
    ].flat();
    expect([one, more]).toEqual([{ ...WORK, value: 'x@y.example' }, []]);
  });
});

it('is applied in order, whole or not at all', () => {
  const before = structuredClone(ann);
  expect(
    apply(
      { op: 'remove', path: 'displayName' },
      { op: 'add', path: 'displayName', value: 'First' },
      { op: 'replace', path: 'displayName', value: 'Second' },
      { op: 'add', path: 'externalId', value: 'x2' },
    ),
  ).toEqual({ ...ann, displayName: 'Second', externalId: 'x2' });
  expect(() => apply({ op: 'remove', path: 'displayName' }, { op: 'remove', path: 'userName' })).toThrow();
  expect(ann).toEqual(before);
});

describe('is refused', () => {
  const long = 'x'.repeat(2001);
  it.each<readonly [operation: unknown, status: number, scimType: string | undefined]>([
    [{ op: 'move', path: 'displayName', value: 1 }, 400, 'invalidSyntax'],
    [{ op: 7, path: 'displayName', value: 1 }, 400, 'invalidSyntax'],
    [{ path: 'displayName', value: 'x' }, 400, 'invalidSyntax'],
    ['replace', 400, 'invalidSyntax'],
    [{ op: 'replace', path: ['displayName'], value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: {}, value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'a b', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'name.', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'emails[', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'emails[type eq "work"', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'emails[type eq "work"]value', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'emails[type eq "work"].value.x', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'emails[type eq "work"].urn:x:value', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'emails[type eq "work"].value x', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'emails[type eq "work"] pr', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'emails[emails[type eq "work"]].value', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'replace', path: 'name[givenName eq "Ann"].familyName', value: 'x' }, 400, 'invalidPath'],
    [{ op: 'remove', path: 'emails[shoe eq "x"]' }, 400, 'invalidPath'],
    [{ op: 'remove' }, 400, 'noTarget'],
    [{ op: 'remove', value: { displayName: 'x' } }, 400, 'noTarget'],
    [{ op: 'remove', path: CORE }, 400, 'noTarget'],
    [{ op: 'replace', path: CORE, value: 'x' }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'emails[type sw "oth"].value', value: 'x' }, 400, 'noTarget'],
    [{ op: 'replace', path: 'emails[type eq "a" or type eq "b"].value', value: 'x' }, 400, 'noTarget'],
    [{ op: 'add', path: 'emails[type eq "a" and not (value pr)].value', value: 'x' }, 400, 'noTarget'],
    [{ op: 'add' }, 400, 'invalidValue'],
    [{ op: 'add', value: 'text' }, 400, 'invalidValue'],
    [{ op: 'replace', value: [{ displayName: 'x' }] }, 400, 'invalidValue'],
    [{ op: 'replace', path: DOCKER, value: 'text' }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'displayName' }, 400, 'invalidValue'],
    [{ op: 'add', path: 'emails[type eq "work"].value' }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'displayName', value: 7 }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'displayName', value: { x: 1 } }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'displayName', value: ['a', 'b'] }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'displayName', value: long }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'displayName', value: '€'.repeat(700) }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'displayName', value: 'a\u0000b' }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'displayName', value: 'a\ud800b' }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'active', value: 'yes' }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'active', value: 1 }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'name', value: 'Ann' }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'emails', value: [7] }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'emails', value: [['a']] }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'emails', value: [{ primary: 'maybe' }] }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'userName', value: '  ' }, 400, 'invalidValue'],
    [{ op: 'replace', path: 'userName', value: null }, 400, 'invalidValue'],
    [{ op: 'replace', value: { userName: null } }, 400, 'invalidValue'],
    [{ op: 'remove', path: 'userName' }, 400, 'mutability'],
    [{ op: 'replace', path: 'id', value: 'x' }, 400, 'mutability'],
    [{ op: 'remove', path: 'id' }, 400, 'mutability'],
    [{ op: 'replace', path: 'meta.created', value: 'x' }, 400, 'mutability'],
    [{ op: 'replace', path: 'schemas', value: ['x'] }, 400, 'mutability'],
    [{ op: 'add', path: 'groups', value: [{ value: 'x' }] }, 400, 'mutability'],
    [{ op: 'remove', path: 'groups[value eq "x"]' }, 400, 'mutability'],
    [{ op: 'replace', path: 'emails.display', value: 'x' }, 400, 'mutability'],
    [{ op: 'replace', path: 'emails[type eq "work"].display', value: 'x' }, 400, 'mutability'],
  ])('%j', (operation, status, scimType) => {
    expect(() => apply(operation)).toThrow(expect.objectContaining({ status, scimType }));
    expect(() => apply({ op: 'remove', path: 'displayName' }, operation)).toThrow();
  });

  it('where it is no list of operations, or a longer one than anybody sends', () => {
    for (const body of [null, [], 'x', {}, { Operations: {} }, { Operations: [] }])
      expect(() => readPatch(body)).toThrow(
        expect.objectContaining({ status: 400, scimType: 'invalidSyntax' }),
      );
    const many = (count: number) => ({
      operations: Array.from({ length: count }, () => ({ op: 'remove', path: 'displayName' })),
    });
    expect(readPatch(many(1000))).toHaveLength(1000);
    expect(() => readPatch(many(1001))).toThrow(expect.objectContaining({ status: 413 }));
  });

  it('in words that show little of what was sent', () => {
    const value = ['y'.repeat(500)];
    expect(() => apply({ op: 'replace', path: 'active', value: { value } })).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^active takes true or false, but .{1,60} was sent\.$/),
      }),
    );
  });

  it('where it would change a member instead of adding or removing one', () => {
    for (const [path, value] of [
      ['members.value', 'x'],
      ['members.$ref', 'x'],
      ['members.type', 'User'],
      ['members.display', 'x'],
    ])
      expect(() =>
        applyPatch(
          GROUP,
          { displayName: 'acme:a' },
          readPatch({ Operations: [{ op: 'replace', path, value }] }),
        ),
      ).toThrow(expect.objectContaining({ status: 400, scimType: 'mutability' }));
  });
});

describe('a whole resource', () => {
  it('keeps what the schema has and clients may set, in its own spelling', () => {
    const sent = {
      ...{
        schemas: [CORE, DOCKER, 'urn:other'],
        id: 'x',
        meta: {},
        groups: [{ value: 'g' }],
        password: 'p',
        locale: null,
      },
      ...{ USERNAME: 'b@acme.example', Active: 'True', externalID: 'x', 'name.givenName': 'B', '': 1 },
      emails: [
        { VALUE: 'b@b.example', Primary: 'false', display: 'B', kind: 'x' },
        { value: 'b@b.example' },
        {},
        null,
      ],
      [DOCKER.toUpperCase()]: { DockerRole: 'owner', shoe: 1, dockerTeam: null },
      'urn:other': { a: 1 },
    };
    expect(readBody(USER, sent)).toEqual({
      userName: 'b@acme.example',
      active: true,
      externalId: 'x',
      name: { givenName: 'B' },
      emails: [{ value: 'b@b.example', primary: false }],
      [DOCKER]: { dockerRole: 'owner' },
    });
  });

  it('names the schemas that it uses', () => {
    expect(schemasOf(USER, ann)).toEqual([CORE, DOCKER]);
    expect(schemasOf(USER, without(DOCKER))).toEqual([CORE]);
  });

  it('has one primary: the last of those that say so', () => {
    const { emails } = readBody(USER, {
      userName: 'b@acme.example',
      emails: [{ value: 'a', primary: true }, { value: 'b', primary: true }, { value: 'c' }],
    });
    expect(emails).toEqual([{ value: 'a', primary: false }, { value: 'b', primary: true }, { value: 'c' }]);
  });

  it('needs what is required, of the resource and of its elements', () => {
    for (const body of [{}, { userName: '' }, { userName: ' ' }, { userName: null }])
      expect(() => readBody(USER, body)).toThrow(
        expect.objectContaining({
          status: 400,
          scimType: 'invalidValue',
          message: 'userName is required and must not be empty.',
        }),
      );
    expect(() => readBody(GROUP, { displayName: 'acme:a', members: [{ display: 'x' }] })).toThrow(
      expect.objectContaining({ scimType: 'invalidValue', message: 'members[0] needs its value.' }),
    );
    expect(() => readBody(USER, [])).toThrow(expect.objectContaining({ scimType: 'invalidSyntax' }));
  });
});
