import { createHash, randomBytes } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { databaseForFile } from '../database/test-database.ts';
import { createTestOrganization } from '../identity/test-hub.ts';
import { createHubSecret } from '../secrets/hub-secret.ts';
import { createSsoRequests, type SsoOutcome, type SsoPlace, type SsoRequests } from './sso-requests.ts';

const MINUTE_MS = 60_000;
const OUTCOME: SsoOutcome = { identity: null, failure: null, attributes: [], warnings: [] };
const PERSON: SsoOutcome['identity'] = {
  ...{ issuer: 'https://idp.test', subject: 'ada', email: 'ada@acme.example' },
  ...{ givenName: 'Ada', surname: 'Lovelace', fullName: 'Ada Lovelace' },
  ...{ groups: { kind: 'missing' }, role: null, organization: null, team: null, sessionMinutes: null },
};
const browser = createHash('sha256').update('one browser').digest();
const another = createHash('sha256').update('another browser').digest();

const database = databaseForFile();
let requests: SsoRequests;
let connectionId: string;
let at = Date.parse('2026-05-01T12:00:00Z');

beforeAll(async () => {
  const { db } = database;
  const secret = createHubSecret('a secret for tests, thirty-two characters and more');
  requests = createSsoRequests({ db, secret, now: () => new Date(at) });
  const { id } = await createTestOrganization(database, 'acme', []);
  const row = await db
    .insertInto('connections')
    .values({ organization_id: id, name: 'Identity provider', kind: 'oidc' })
    .returning('id')
    .executeTakeFirstOrThrow();
  connectionId = row.id;
});

const begin = (place: SsoPlace, browserHash: Buffer | null = browser) =>
  requests.begin({ connectionId, place, browserHash });
const signIn: SsoPlace = { kind: 'hub', next: '/' };

it.each([
  ['a sign-in for a quarter of an hour', signIn, 15],
  ['a test for an hour', { kind: 'test' }, 60],
] as const)('can be answered: %s, and not in the moment it ends', async (_, place, minutes) => {
  const first = await begin(place);
  const second = await begin(place);
  at += minutes * MINUTE_MS - 1;
  expect((await requests.find(first.secret))?.id).toBe(first.id);
  expect(await requests.answer(first, OUTCOME)).toBe('kept');
  at += 1;
  expect(await requests.find(second.secret)).toBeNull();
  expect(await requests.answer(second, OUTCOME)).toBe('taken');
});

it('an answer in time is not taken up too late', async () => {
  const request = await begin(signIn);
  expect(await requests.answer(request, OUTCOME)).toBe('kept');
  at += 15 * MINUTE_MS;
  expect(await requests.finish(request.id, browser)).toBeNull();
  const test = await begin({ kind: 'test' });
  expect(await requests.answer(test, OUTCOME)).toBe('kept');
  at += 60 * MINUTE_MS;
  expect(await requests.testOutcome(connectionId, test.id)).toBeNull();
});

it('only the browser that began goes on, once, and only after an answer', async () => {
  const request = await begin(signIn);
  expect(await requests.finish(request.id, browser)).toBeNull();
  expect(await requests.answer(request, OUTCOME)).toBe('kept');
  expect(await requests.answer(request, OUTCOME)).toBe('taken');
  expect(await requests.finish(request.id, another)).toBeNull();
  expect(await requests.finish('nonsense', browser)).toBeNull();
  expect((await requests.finish(request.id, browser))?.outcome).toEqual(OUTCOME);
  expect(await requests.finish(request.id, browser)).toBeNull();
});

it('a request that a link began belongs to the first browser that opens it, until it is answered', async () => {
  const request = await begin(signIn, null);
  expect(await requests.bind(request, browser)).toBe(true);
  expect(await requests.bind(request, browser)).toBe(true);
  expect(await requests.bind(request, another)).toBe(false);
  await requests.answer(request, OUTCOME);
  expect(await requests.bind(request, browser)).toBe(false);
});

it('an assertion that another request had accepted leaves nobody signed in', async () => {
  const assertion = { id: randomBytes(8).toString('hex'), notOnOrAfter: new Date(at + MINUTE_MS) };
  const [first, second] = [await begin(signIn), await begin(signIn)];
  const outcome = { ...OUTCOME, identity: PERSON };
  expect(await requests.answer(first, outcome, assertion)).toBe('kept');
  expect(await requests.answer(second, outcome, assertion)).toBe('replayed');
  expect((await requests.finish(first.id, browser))?.outcome.identity).toEqual(PERSON);
  const finished = await requests.finish(second.id, browser);
  expect(finished?.outcome).toMatchObject({ identity: null, failure: { class: 'replayed' } });
});

it('the outcome of a test is read by its own connection alone, as often as wanted; of a sign-in by nobody', async () => {
  const test = await begin({ kind: 'test' });
  expect(await requests.testOutcome(connectionId, test.id)).toBe('waiting');
  await requests.answer(test, OUTCOME);
  for (const _ of [1, 2]) expect(await requests.testOutcome(connectionId, test.id)).toEqual(OUTCOME);
  expect(await requests.testOutcome(crypto.randomUUID(), test.id)).toBeNull();
  const person = await begin(signIn);
  await requests.answer(person, OUTCOME);
  expect(await requests.testOutcome(connectionId, person.id)).toBeNull();
});

it('of answers at one moment one counts, and one assertion opens one of several sign-ins', async () => {
  const request = await begin(signIn);
  const answers = await Promise.all([1, 2, 3].map(() => requests.answer(request, OUTCOME)));
  expect(answers.sort()).toEqual(['kept', 'taken', 'taken']);
  const assertion = { id: randomBytes(8).toString('hex'), notOnOrAfter: new Date(at + MINUTE_MS) };
  const several = await Promise.all([1, 2, 3].map(() => begin(signIn)));
  const opened = await Promise.all(several.map((each) => requests.answer(each, OUTCOME, assertion)));
  expect(opened.sort()).toEqual(['kept', 'replayed', 'replayed']);
});

it('an assertion that came too late is not used up by it', async () => {
  const assertion = { id: randomBytes(8).toString('hex'), notOnOrAfter: new Date(at + 60 * MINUTE_MS) };
  const late = await begin(signIn);
  at += 15 * MINUTE_MS;
  expect(await requests.answer(late, OUTCOME, assertion)).toBe('taken');
  expect(await requests.answer(await begin(signIn), OUTCOME, assertion)).toBe('kept');
});
