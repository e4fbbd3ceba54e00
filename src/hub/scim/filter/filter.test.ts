import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findResources } from '../find-resources.ts';
import { GROUP_COLUMNS } from '../group-columns.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { parsePatchPath } from '../resource-path.ts';
import { ScimError } from '../scim-error.ts';
import { startTestScim, type TestScim } from '../test-scim.ts';
import { USER_COLUMNS } from '../user-columns.ts';
import type { AttributePath, Comparand, Filter, Operator } from './filter.ts';
import { filterToSql } from './filter-to-sql.ts';
import { compares } from './match.ts';
import { parseFilter } from './parse-filter.ts';

const OPERATORS: readonly Operator[] = ['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'];

/** Writes a filter out again. */
function print(filter: Filter): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${print(filter.left)}) ${filter.kind} (${print(filter.right)})`;
    case 'not':
      return `not (${print(filter.filter)})`;
    case 'present':
      return `${path(filter.path)} pr`;
    case 'compare':
      return `${path(filter.path)} ${filter.operator} ${JSON.stringify(filter.value)}`;
    case 'element':
      return `${path(filter.path)}[${print(filter.filter)}]`;
  }
}

function path({ schema, attribute, sub }: AttributePath): string {
  return `${schema === undefined ? '' : `${schema}:`}${attribute}${sub === undefined ? '' : `.${sub}`}`;
}

const name = fc.stringMatching(/^[A-Za-z$][A-Za-z0-9_$-]{0,8}$/);
const anyPath: fc.Arbitrary<AttributePath> = fc.record(
  {
    attribute: name,
    sub: name,
    schema: fc.constantFrom('urn:ietf:params:scim:schemas:core:2.0:User', 'urn:x:2.0:Y'),
  },
  { requiredKeys: ['attribute'] },
);
const comparand: fc.Arbitrary<Comparand> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
);
const anyFilter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter; leaf: Filter }>((tie) => ({
  leaf: fc.oneof(
    fc.record({
      kind: fc.constant('compare' as const),
      path: anyPath,
      operator: fc.constantFrom(...OPERATORS),
      value: comparand,
    }),
    fc.record({ kind: fc.constant('present' as const), path: anyPath }),
  ),
  filter: fc.oneof(
    { depthSize: 'small' },
    tie('leaf'),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('filter'),
      right: tie('filter'),
    }),
    fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }),
    fc.record({ kind: fc.constant('element' as const), path: anyPath, filter: tie('filter') }),
  ),
})).filter;

describe('the grammar', () => {
  it('reads back what was written', () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(parseFilter(print(filter))).toEqual(filter);
      }),
    );
  });

  it.each([
    ['a eq 1 or b eq 2 and c eq 3', '(a eq 1) or ((b eq 2) and (c eq 3))'],
    ['NOT (a PR) AnD b Eq TRUE', '(not (a pr)) and (b eq true)'],
    ['title pr and userType eq "Employee"', '(title pr) and (userType eq "Employee")'],
    ['a eq "x\\"y\\\\"', 'a eq "x\\"y\\\\"'],
    ['not eq "x"', 'not eq "x"'],
    ['emails[type eq "work"].value eq "x"', 'emails[(type eq "work") and (value eq "x")]'],
    [
      'urn:ietf:params:scim:schemas:core:2.0:User:name.familyName co "O\'Malley"',
      'urn:ietf:params:scim:schemas:core:2.0:User:name.familyName co "O\'Malley"',
    ],
  ])('%s', (text, meaning) => {
    expect(print(parseFilter(text))).toBe(meaning);
  });

  it.each([
    [''],
    ['a'],
    ['a eq'],
    ['a eq 1 b'],
    ['a eq 1 and'],
    ['a eq 1 )'],
    ['(a eq 1'],
    ['a eq 1 b eq 2'],
    ['a pr 1'],
    ['not a eq 1'],
    ['a is 1'],
    ['a eq x'],
    ["a eq 'x'"],
    ['a eq "x'],
    ['a eq "\\x"'],
    ['a.b.c eq 1'],
    ['x:a eq 1'],
    ['1a eq 1'],
    ['a[b eq 1'],
    ['a[b eq 1] eq 1'],
    ['a[b eq 1].c'],
    ['a[b eq 1].c is 1'],
    ['a[b eq 1].c.d eq 1 2'],
    [`${'('.repeat(70)}a pr${')'.repeat(70)}`],
    [Array.from({ length: 300 }, () => 'a pr').join(' and ')],
    [`a eq "${'x'.repeat(8200)}"`],
  ])('refuses %s', (text) => {
    expect(() => parseFilter(text)).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidFilter' }),
    );
  });

  it('takes what is long and deep, within reason', () => {
    expect(parseFilter(`${'('.repeat(60)}a pr${')'.repeat(60)}`)).toEqual(parseFilter('a pr'));
    expect(() => parseFilter(Array.from({ length: 256 }, () => 'a pr').join(' or '))).not.toThrow();
    expect(parseFilter('a[b eq 1].c PR')).toEqual(parseFilter('a[b eq 1 and c pr]'));
  });

  it('refuses everything else as what it is, and never fails', () => {
    const pieces = fc.array(
      fc.constantFrom(
        'userName',
        'eq',
        'pr',
        'and',
        'or',
        'not',
        '(',
        ')',
        '[',
        ']',
        '"a"',
        '"',
        '\\',
        '.',
        ':',
        ' ',
        'urn:x',
        '7',
        'null',
        '\0',
        '𝒳',
        '--',
        ';',
        "'",
      ),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(
        fc.oneof(
          pieces.map((each) => each.join(' ')),
          pieces.map((each) => each.join('')),
          fc.string({ unit: 'binary' }),
        ),
        (text) => {
          for (const [read, scimType] of [
            [parseFilter, 'invalidFilter'],
            [parsePatchPath, 'invalidPath'],
          ] as const) {
            try {
              read(text);
            } catch (error) {
              expect(error).toBeInstanceOf(ScimError);
              expect(error).toMatchObject({ status: 400, scimType });
            }
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('in the database', () => {
  let scim: TestScim;
  let resources: readonly JsonObject[];
  const word = fc.constantFrom('Ada', 'ada', 'Bob', 'b', 'x y', '"q"', "o'k", '%', '_', '');
  const DOCKER = 'urn:ietf:params:scim:schemas:extension:docker:2.0:User';
  const element = fc.record(
    {
      value: word.filter((text) => text !== ''),
      type: fc.constantFrom('work', 'home', 'WORK'),
      primary: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const body = fc.record(
    {
      name: fc.record({ givenName: word, familyName: word }, { requiredKeys: [] }),
      displayName: word,
      emails: fc.array(element, { minLength: 1, maxLength: 3 }),
      [DOCKER]: fc.record({ dockerTeam: word }),
    },
    { requiredKeys: [] },
  );

  beforeAll(async () => {
    scim = await startTestScim();
    const { db } = scim.database;
    for (const [index, each] of fc
      .sample(fc.record({ body, externalId: fc.option(word), active: fc.boolean() }), {
        numRuns: 40,
        seed: 7,
      })
      .entries()) {
      const email = `${index % 2 === 0 ? 'Ada' : 'bob'}${index}@acme.example`;
      await sql`with made as (insert into users (email, username, name) values (${email}, ${`u${index}`}, 'x') returning id)
        insert into scim_users (connection_id, user_id, managed, user_name, external_id, active, resource, created_at, updated_at)
        select ${scim.acme.connectionId}, id, true, ${email}, ${each.externalId}, ${each.active}, ${JSON.stringify(each.body)}, now(), now() from made`.execute(
        db,
      );
    }
    const page = await scim.send(scim.acme, 'GET', '/Users?count=200');
    resources = page.body.Resources;
    expect(resources).toHaveLength(40);
  });
  afterAll(() => scim.stop());

  const known = fc.constantFrom<AttributePath>(
    { attribute: 'userName' },
    { attribute: 'USERNAME' },
    { attribute: 'id' },
    { attribute: 'externalId' },
    { attribute: 'displayName' },
    { attribute: 'name', sub: 'givenName' },
    { attribute: 'name', sub: 'familyName' },
    { attribute: 'emails' },
    { attribute: 'emails', sub: 'type' },
    { schema: DOCKER, attribute: 'dockerTeam' },
  );
  const text = fc.oneof(word, fc.constantFrom('ada1', 'bob', '@acme.example', 'a'));
  const inElement: fc.Arbitrary<Filter> = fc.oneof(
    fc.record({
      kind: fc.constant('compare' as const),
      path: fc.constantFrom({ attribute: 'type' }, { attribute: 'value' }),
      operator: fc.constantFrom(...OPERATORS),
      value: fc.oneof(text, fc.constantFrom('work', 'home')),
    }),
    fc.record({
      kind: fc.constant('compare' as const),
      path: fc.constant({ attribute: 'primary' }),
      operator: fc.constantFrom('eq' as const, 'ne' as const),
      value: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('present' as const),
      path: fc.constantFrom({ attribute: 'type' }, { attribute: 'primary' }),
    }),
  );
  const filter: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter; inner: Filter }>((tie) => ({
    inner: fc.oneof(
      { depthSize: 'small' },
      inElement,
      fc.record({ kind: fc.constantFrom('and' as const, 'or' as const), left: inElement, right: inElement }),
      fc.record({ kind: fc.constant('not' as const), filter: inElement }),
    ),
    filter: fc.oneof(
      { depthSize: 'small' },
      fc.record({
        kind: fc.constant('compare' as const),
        path: known,
        operator: fc.constantFrom(...OPERATORS),
        value: text,
      }),
      fc.record({
        kind: fc.constant('compare' as const),
        path: known,
        operator: fc.constantFrom('eq' as const, 'ne' as const),
        value: fc.constant(null),
      }),
      fc.record({
        kind: fc.constant('compare' as const),
        path: fc.constant({ attribute: 'active' }),
        operator: fc.constantFrom('eq' as const, 'ne' as const),
        value: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant('present' as const),
        path: fc.oneof(known, fc.constant({ attribute: 'name' })),
      }),
      fc.record({
        kind: fc.constant('element' as const),
        path: fc.constant({ attribute: 'emails' }),
        filter: tie('inner'),
      }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        left: tie('filter'),
        right: tie('filter'),
      }),
      fc.record({ kind: fc.constant('not' as const), filter: tie('filter') }),
    ),
  })).filter;

  /** The meaning of a filter, told over the answer itself and without the database. */
  function matches(resource: JsonObject, wanted: Filter): boolean {
    switch (wanted.kind) {
      case 'and':
        return matches(resource, wanted.left) && matches(resource, wanted.right);
      case 'or':
        return matches(resource, wanted.left) || matches(resource, wanted.right);
      case 'not':
        return !matches(resource, wanted.filter);
      case 'present':
        return values(resource, wanted.path)
          .flatMap((value) => (isObject(value) ? Object.values(value) : [value]))
          .some((value) => value !== undefined && value !== '');
      case 'compare': {
        const exact = ['id', 'externalId'].includes(wanted.path.attribute);
        return values(resource, wanted.path).some((value) =>
          compares(value, wanted.operator, wanted.value, exact),
        );
      }
      case 'element':
        return elements(resource, wanted.path.attribute).some((one) => matches(one, wanted.filter));
    }
  }

  function values(resource: JsonObject, wanted: AttributePath): readonly (Json | undefined)[] {
    if (wanted.attribute === 'emails')
      return elements(resource, 'emails').map((one) => one[wanted.sub ?? 'value']);
    const holder = wanted.schema === undefined ? resource : resource[wanted.schema];
    const key = Object.keys(isObject(holder) ? holder : {}).find(
      (each) => each.toLowerCase() === wanted.attribute.toLowerCase(),
    );
    const value = isObject(holder) && key !== undefined ? holder[key] : undefined;
    return [wanted.sub === undefined ? value : isObject(value) ? value[wanted.sub] : undefined];
  }

  function elements(resource: JsonObject, attribute: string): readonly JsonObject[] {
    const value = resource[attribute];
    return Array.isArray(value) ? value.filter(isObject) : [];
  }

  it('means the same as over the resources themselves', async () => {
    await fc.assert(
      fc.asyncProperty(filter, async (wanted) => {
        const page = await findResources<{ id: string }>(scim.database.db, {
          table: 'scim_users',
          columns: USER_COLUMNS,
          connectionId: scim.acme.connectionId,
          request: {
            filter: parseFilter(print(wanted)),
            descending: false,
            startIndex: 1,
            count: 200,
            projection: { without: [] },
          },
        });
        const expected = resources
          .filter((resource) => matches(resource, wanted))
          .map((resource) => resource.id);
        expect(page.rows.map((row) => row.id)).toEqual(expected);
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['userName'],
    ['id'],
    ['externalId'],
    ['displayName'],
    ['active'],
    ['name.familyName'],
    ['emails'],
    ['emails.type'],
    [`${DOCKER}:dockerTeam`],
  ])('sorts by %s, what has none last, and the other way round', async (sortBy) => {
    // A list sorts by its primary element, or else by its first.
    const keyOf = (resource: JsonObject): Json | undefined => {
      const [attribute = '', sub] = sortBy.replace(`${DOCKER}:`, '').split('.');
      if (attribute === 'emails') {
        const all = elements(resource, 'emails');
        return (all.find((one) => one.primary === true) ?? all[0])?.[sub ?? 'value'];
      }
      if (attribute === 'dockerTeam') return values(resource, { schema: DOCKER, attribute })[0];
      return values(resource, { attribute, ...(sub === undefined ? {} : { sub }) })[0];
    };
    const exact = ['id', 'externalId'].includes(sortBy);
    const bytes = (resource: JsonObject) => {
      const key = keyOf(resource);
      return key === undefined
        ? undefined
        : Buffer.from(exact ? String(key) : String(key).toLowerCase(), 'utf8');
    };
    const wanted = (sign: 1 | -1) =>
      resources.toSorted((one, other) => {
        const [a, b] = [bytes(one), bytes(other)];
        const byKey =
          a === undefined ? (b === undefined ? 0 : 1) : b === undefined ? -1 : Buffer.compare(a, b);
        return sign * byKey || Buffer.compare(Buffer.from(String(one.id)), Buffer.from(String(other.id)));
      });
    for (const [sortOrder, sign] of [
      ['ascending', 1],
      ['Descending', -1],
    ] as const) {
      const page = await scim.send(scim.acme, 'POST', '/Users/.search', { sortBy, sortOrder, count: 200 });
      expect(page.body.Resources.map((one: JsonObject) => one.id)).toEqual(wanted(sign).map((one) => one.id));
    }
  });

  it('turns the order round without a name to sort by, and refuses what has no order', async () => {
    const turned = await scim.send(scim.acme, 'GET', '/Users?sortOrder=descending&count=200');
    expect(turned.body.Resources.map((one: JsonObject) => one.id)).toEqual(
      resources.map((one) => one.id).toReversed(),
    );
    const byTime = await scim.send(scim.acme, 'GET', '/Users?sortBy=META.created&count=200');
    expect(byTime.body.Resources).toEqual(resources);
    for (const sortBy of ['name', 'meta', 'shoe', 'schemas', 'groups.$ref', 'urn:x:userName'])
      expect(await scim.send(scim.acme, 'GET', `/Users?sortBy=${sortBy}`)).toMatchObject({
        status: 400,
        body: { scimType: 'invalidPath' },
      });
    const past = await scim.send(scim.acme, 'GET', '/Users?startIndex=41');
    expect(past.body).toMatchObject({ totalResults: 40, startIndex: 41, itemsPerPage: 0, Resources: [] });
  });

  it('finds by an index whatever clients look people and groups up by', async () => {
    const { db } = scim.database;
    const { connectionId, organizationId } = scim.globex;
    await sql`with made as (insert into users (email, username, name)
          select 'n' || n || '@globex.example', 'globex' || n, 'x' from generate_series(1, 3000) n returning id, email),
        people as (insert into scim_users (connection_id, user_id, managed, user_name, external_id, active, resource, created_at, updated_at)
          select ${connectionId}::uuid, id, true, email, 'x' || email, true,
            jsonb_build_object('emails', jsonb_build_array(jsonb_build_object('type', 'work', 'value', upper(email)))), now(), now()
            from made returning id),
        team as (insert into teams (organization_id, name) select ${organizationId}::uuid, 'team' || n from generate_series(1, 3000) n returning id, name),
        pushed as (insert into scim_groups (connection_id, organization_id, team_id, display_name, external_id, created_at, updated_at)
          select ${connectionId}::uuid, ${organizationId}::uuid, id, 'globex:' || name, 'x' || name, now(), now() from team returning id)
      insert into scim_group_members (group_id, scim_user_id)
        select g.id, p.id from (select id, row_number() over () as n from pushed) g
          join (select id, row_number() over () as n from people) p on p.n = g.n`.execute(db);
    await sql`analyze scim_users, scim_groups, scim_group_members`.execute(db);
    const { id, group } = (
      await sql<{ id: string; group: string }>`select gm.scim_user_id as id, gm.group_id as group
        from scim_group_members gm join scim_users u on u.id = gm.scim_user_id where u.user_name = 'n7@globex.example'`.execute(
        db,
      )
    ).rows[0] ?? { id: '', group: '' };
    for (const [columns, text, index] of [
      [USER_COLUMNS, 'userName eq "N7@globex.example"', 'scim_users_name'],
      [USER_COLUMNS, 'externalId eq "xn7@globex.example"', 'scim_users_external'],
      [USER_COLUMNS, `id eq "${id}"`, 'scim_users_pkey'],
      [USER_COLUMNS, 'emails.value eq "n7@globex.example"', 'scim_users_emails'],
      [USER_COLUMNS, 'emails eq "N7@globex.example"', 'scim_users_emails'],
      [USER_COLUMNS, 'emails[type eq "work"].value eq "n7@globex.example"', 'scim_users_emails'],
      [USER_COLUMNS, 'emails[value eq "n7@globex.example"]', 'scim_users_emails'],
      [USER_COLUMNS, `groups.value eq "${group}"`, 'scim_group_members_pkey'],
      [GROUP_COLUMNS, `id eq "${group}"`, 'scim_groups_pkey'],
      [GROUP_COLUMNS, `members eq "${id}"`, 'scim_group_members_user'],
      [GROUP_COLUMNS, `members[value eq "${id}"]`, 'scim_group_members_user'],
      [GROUP_COLUMNS, `id eq "${group}" and members eq "${id}"`, 'scim_groups_pkey'],
    ] as const) {
      const table = columns === USER_COLUMNS ? 'scim_users' : 'scim_groups';
      const from = sql`from ${sql.table(table)} as r
        where r.connection_id = ${connectionId} and ${filterToSql(columns, parseFilter(text))}`;
      const explained = await sql<{ 'QUERY PLAN': string }>`explain select r.* ${from}`.execute(db);
      const plan = explained.rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan, text).toContain(index);
      expect(plan, text).not.toMatch(/Seq Scan on scim_(users|groups|group_members)/);
      const { rows } = await sql<{ id: string }>`select r.id ${from}`.execute(db);
      expect([text, rows]).toEqual([text, [{ id: table === 'scim_users' ? id : group }]]);
    }
  });

  it.each([
    ['userName sw "N7@"', 1],
    ['userName sw "@globex.example"', 0],
    ['userName co "@GLOBEX"', 3000],
    ['userName ew "@globex.example"', 3000],
    ['userName ew "n7@"', 0],
    ['userName co "7@g"', 300],
    ['userName co "%"', 0],
    ['userName co "n_@"', 0],
    ['userName gt "n2999@globex.example" and userName lt "n3@globex.example"', 114],
    ['userName ge "n2999@globex.example" and userName le "N3@globex.example"', 116],
    ['externalId eq "XN7@globex.example"', 0],
    ['externalId ne "xn7@globex.example"', 2999],
    ['displayName ne "x"', 3000],
    ['displayName eq null', 3000],
    ['displayName ne null', 0],
    ['not (displayName co "x")', 3000],
    ['name pr', 0],
    ['emails pr and active eq "True"', 3000],
    ['active ne false', 3000],
    ['meta.created eq "{created}"', 3000],
    ['meta.created gt "{created}" or meta.created lt "{created}"', 0],
    ['meta.created ge "2000-01-01T00:00:00Z" and meta.resourceType eq "User"', 3000],
    ['emails[type eq "work" and value eq "n7@globex.example"]', 1],
    ['emails[type eq "home"].value eq "n7@globex.example"', 0],
    ['emails[type eq "home" or value eq "n7@globex.example"]', 1],
    ['emails[type eq "home"] or emails.value eq "n7@globex.example"', 1],
    ['not (emails.value eq "n7@globex.example")', 2999],
    ['emails[not (type eq "home")]', 3000],
    ['userName eq "x\\") or (userName pr"', 0],
    ['userName eq "\'; drop table scim_users; --"', 0],
  ])('%s finds %i', async (text, found) => {
    const one = await scim.send(scim.globex, 'GET', '/Users?count=1');
    const created = String(one.body.Resources[0].meta.created);
    const filter = text.replaceAll('{created}', created);
    const answer = await scim.send(scim.globex, 'POST', '/Users/.search', { filter, count: 0 });
    expect([answer.status, answer.body.totalResults], JSON.stringify(answer.body)).toEqual([200, found]);
  });

  it.each([
    ['active gt true'],
    ['active co "t"'],
    ['active eq "yes"'],
    ['active eq 1'],
    ['meta.created co "2026"'],
    ['meta.created sw "2026"'],
    ['meta.created co "2026-01-31T12:00:00Z"'],
    ['meta.lastModified ew "2026-01-31T12:00:00Z"'],
    ['meta.created eq "yesterday"'],
    ['meta.created eq 2026'],
    ['userName gt null'],
    ['name eq "x"'],
    ['meta eq "x"'],
    ['schemas[value eq "x"]'],
    ['schemas.value eq "x"'],
    ['shoe pr'],
    ['userName[value eq "x"]'],
    ['name[givenName eq "x"]'],
    ['emails.value[type eq "x"]'],
    ['emails[shoe eq "x"]'],
    ['emails[x.type eq "x"]'],
    ['emails[urn:x:type eq "x"]'],
    ['emails[emails[type eq "x"]]'],
    ['urn:x:2.0:User:userName eq "x"'],
    ['groups.$ref pr'],
  ])('%s is refused', async (filter) => {
    const answer = await scim.send(scim.globex, 'POST', '/Users/.search', { filter, count: 0 });
    expect([answer.status, answer.body.scimType], JSON.stringify(answer.body)).toEqual([
      400,
      'invalidFilter',
    ]);
  });

  it('refuses what it does not know, and never fails, whatever the filter', async () => {
    await fc.assert(
      fc.asyncProperty(anyFilter, async (wanted) => {
        const answer = await scim.send(scim.acme, 'POST', '/Users/.search', {
          filter: print(wanted),
          count: 0,
        });
        expect([200, 400]).toContain(answer.status);
      }),
      { numRuns: 150 },
    );
  });
});
