import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { databaseForFile } from '../database/test-database.ts';
import { addMember } from '../organizations/member-service.ts';
import { createOrganization } from '../organizations/organization-service.ts';
import { listDomains, listUncaptured } from './domain-list.ts';
import { readDomainName } from './domain-name.ts';
import { dnsResolver, type TxtResolver } from './domain-proof.ts';
import { claimDomain, forceDomain, recheckDomains, removeDomain, verifyDomain } from './domain-service.ts';
import { startTestNameServer, type TestAnswer } from './test-name-server.ts';

const database = databaseForFile();
let server: Awaited<ReturnType<typeof startTestNameServer>>;
let resolver: TxtResolver;
const answers = new Map<string, TestAnswer>();
const organizations: Record<'acme' | 'globex', string> = { acme: '', globex: '' };
const context = (at = new Date()) => ({
  actor: { kind: 'system' as const, name: 'test' },
  sourceAddress: null,
  at,
});

beforeAll(async () => {
  server = await startTestNameServer(answers);
  resolver = dnsResolver([server.address], { timeoutMs: 200, tries: 1 });
  for (const name of ['acme', 'globex'] as const)
    organizations[name] = (await createOrganization(database.db, context(), { name, displayName: name })).id;
});
afterAll(async () => {
  await server.stop();
});
afterEach(async () => {
  answers.clear();
  await database.db.deleteFrom('domains').execute();
});

const claim = async (name: string, organization: 'acme' | 'globex' = 'acme') => {
  const { domain } = await claimDomain(database.db, context(), organizations[organization], name);
  return { domain, where: { organizationId: organizations[organization], domainId: domain.id } };
};
const look = (where: { organizationId: string; domainId: string }, at?: Date) =>
  verifyDomain(database.db, context(at), resolver, where);
const actions = async () =>
  (
    await database.db
      .selectFrom('audit_events')
      .select('action')
      .where('target_kind', '=', 'domain')
      .orderBy('id', 'desc')
      .limit(3)
      .execute()
  ).map((row) => row.action);

it('tells the audit log what was given up', async () => {
  const { domain, where } = await claim('given-up.widgets.example');
  answers.set(domain.name, [domain.record.value]);
  await look(where);
  await removeDomain(database.db, context(), where);
  const told = await database.db
    .selectFrom('audit_events')
    .select(['action', 'before', 'after'])
    .where('target_id', '=', domain.id)
    .orderBy('id')
    .execute();
  const proved = { name: domain.name, verifiedAt: expect.any(String), forced: false };
  expect(told).toEqual([
    { action: 'domain.add', before: null, after: { ...proved, verifiedAt: null } },
    { action: 'domain.verify', before: null, after: proved },
    { action: 'domain.remove', before: proved, after: null },
  ]);
});

describe('a proof in DNS', () => {
  it('verifies, among other values and split in strings', async () => {
    const { domain, where } = await claim('Proof.widgets.example.');
    expect(domain).toMatchObject({
      name: 'proof.widgets.example',
      state: 'pending',
      record: { type: 'TXT', host: '@' },
    });
    answers.set('proof.widgets.example', ['v=spf1 -all', 'x'.repeat(600), domain.record.value]);
    const { domain: after, detail } = await look(where);
    expect(after).toMatchObject({ state: 'verified', forced: false });
    expect(detail).toContain('is verified');
    expect((await claim('proof.widgets.example')).domain.id).toBe(domain.id);
  });

  it.each([
    ['alone', []],
    ['among others', ['v=spf1 include:_spf.example ~all', 'mooring-verification=of-an-earlier-claim']],
  ])('that stands behind aliases counts, %s', async (_what, beside) => {
    const { domain, where } = await claim('aliased.widgets.example');
    answers.set('aliased.widgets.example', { alias: 'first.dns.example' });
    answers.set('first.dns.example', { alias: 'second.dns.example' });
    answers.set('second.dns.example', [...beside, ` ${domain.record.value} `]);
    expect((await look(where)).domain.state).toBe('verified');
  });

  it('that begins or ends like the value is not the value', async () => {
    const { domain, where } = await claim('like.widgets.example');
    const { value } = domain.record;
    answers.set('like.widgets.example', [
      `${value}x`,
      `x${value}`,
      value.toUpperCase(),
      value.slice(0, -1),
      `"${value}"`,
    ]);
    expect((await look(where)).domain.state).toBe('pending');
  });

  const WRONG: readonly (readonly [string, TestAnswer, string])[] = [
    ['absent', 'NXDOMAIN', 'know no such domain (NXDOMAIN). Look whether it is spelled right'],
    ['empty', [], 'has 0 TXT value(s), none'],
    ['wrong', ['mooring-verification=somebody-else'], '1 other value(s)'],
    [
      'several, all wrong',
      ['v=spf1 -all', 'mooring-verification=a', 'mooring-verification=b'],
      '2 other value(s)',
    ],
    ['failing', 'SERVFAIL', 'could not be looked up: the name server failed (SERVFAIL)'],
    ['refused', 'REFUSED', 'could not be looked up: the name server refused to answer (REFUSED)'],
    ['silent', 'silence', 'could not be looked up: no name server answered in time (ETIMEOUT)'],
    ['an alias of nothing', { alias: 'nowhere.example' }, 'know no such domain (NXDOMAIN)'],
    ['an alias of itself', { alias: 'wrong.widgets.example' }, 'has 0 TXT value(s), none'],
  ];
  it.each(WRONG)(
    'that is %s leaves the claim pending and says what was seen',
    async (_what, answer, seen) => {
      const { where } = await claim('wrong.widgets.example');
      answers.set('wrong.widgets.example', answer);
      const outcome = await look(where);
      expect(outcome.domain.state).toBe('pending');
      expect(outcome.detail).toContain(seen);
    },
  );
});

describe('the daily check', () => {
  const DAY = 86_400_000;
  it('marks what is not found as failing once, heals it, and never lets it lapse by itself', async () => {
    const { domain, where } = await claim('daily.widgets.example');
    answers.set('daily.widgets.example', [domain.record.value]);
    await look(where);
    const state = async () => (await listDomains(database.db, organizations.acme)).domains[0]?.state;
    const check = (days: number) =>
      recheckDomains(
        database.db,
        context(new Date(Date.now() + days * DAY)),
        resolver,
        new Date(Date.now() + (days - 1) * DAY + 1000),
      );
    expect(await recheckDomains(database.db, context(), resolver, new Date(Date.now() - DAY))).toBe(0);
    // Found as it was: nothing to record.
    expect(await check(1)).toBe(1);
    expect((await actions()).slice(0, 2)).toEqual(['domain.verify', 'domain.add']);
    answers.set('daily.widgets.example', 'SERVFAIL');
    expect(await check(2)).toBe(1);
    // Nobody answered: that proves nothing.
    expect(await state()).toBe('verified');
    answers.set('daily.widgets.example', []);
    await check(4);
    await check(6);
    expect(await state()).toBe('failing');
    expect((await actions()).filter((action) => action === 'domain.failing')).toHaveLength(1);
    answers.set('daily.widgets.example', [domain.record.value]);
    await check(8);
    expect(await state()).toBe('verified');
  });

  it('goes on when one is given up while it is looked up', async () => {
    const gone = await claim('a-gone.widgets.example');
    const kept = await claim('b-kept.widgets.example');
    for (const { domain } of [gone, kept]) answers.set(domain.name, [domain.record.value]);
    await look(gone.where);
    await look(kept.where);
    answers.clear();
    const meddled: TxtResolver = {
      txt: async (name) => {
        if (name === 'a-gone.widgets.example') await removeDomain(database.db, context(), gone.where);
        return resolver.txt(name);
      },
    };
    const later = new Date(Date.now() + 2 * DAY);
    expect(await recheckDomains(database.db, context(later), meddled, later)).toBe(2);
    expect((await listDomains(database.db, organizations.acme)).domains).toMatchObject([
      { name: 'b-kept.widgets.example', state: 'failing' },
    ]);
  });

  it('leaves what the operator vouched for alone', async () => {
    const { where } = await claim('private.widgets.example');
    expect((await forceDomain(database.db, context(), where)).forced).toBe(true);
    expect(await actions()).toContain('domain.force');
    expect(await recheckDomains(database.db, context(), resolver, new Date(Date.now() + 10 * DAY))).toBe(0);
    // Nor does an owner who looks for the record make it fail.
    const looked = await verifyDomain(database.db, context(), resolver, where);
    expect(looked.domain).toMatchObject({ state: 'verified', forced: true });
  });
});

describe('two organizations', () => {
  it('may claim one domain; whoever proves it last has it, and the other one loses it', async () => {
    const [ours, theirs] = [
      await claim('shared.widgets.example'),
      await claim('shared.widgets.example', 'globex'),
    ];
    expect(ours.domain.record.value).not.toBe(theirs.domain.record.value);
    answers.set('shared.widgets.example', [ours.domain.record.value]);
    await look(ours.where);
    expect((await look(theirs.where)).domain.state).toBe('pending');
    answers.set('shared.widgets.example', [theirs.domain.record.value]);
    await look(theirs.where);
    expect((await listDomains(database.db, organizations.acme)).domains[0]?.state).toBe('pending');
    expect((await listDomains(database.db, organizations.globex)).domains[0]?.state).toBe('verified');
    expect(await actions()).toContain('domain.lapse');
  });

  it('that prove it at one moment do not both have it', async () => {
    const claims = [await claim('moment.widgets.example'), await claim('moment.widgets.example', 'globex')];
    answers.set(
      'moment.widgets.example',
      claims.map(({ domain }) => domain.record.value),
    );
    await Promise.allSettled(claims.map(({ where }) => look(where)));
    const states = [
      ...(await listDomains(database.db, organizations.acme)).domains,
      ...(await listDomains(database.db, organizations.globex)).domains,
    ];
    expect(states.filter((each) => each.state === 'verified')).toHaveLength(1);
  });

  it("cannot touch each other's", async () => {
    const { domain } = await claim('own.widgets.example');
    const where = { organizationId: organizations.globex, domainId: domain.id };
    await expect(look(where)).rejects.toThrow('no such domain');
    await expect(removeDomain(database.db, context(), where)).rejects.toThrow('no such domain');
  });
});

it.each([
  ['gmail.com', 'anybody can get an address'],
  ['mail.outlook.com', 'anybody can get an address'],
  ['co.uk', 'public suffix'],
  ['github.io', 'public suffix'],
  ['com', 'is not a domain'],
  ['localhost', 'is not a domain'],
  ['127.0.0.1', 'is not a domain'],
  ['https://example.com/x', 'holds more than a domain'],
  ['a@example.com', ''],
  ['exa mple.com', ''],
  ['', 'is not a domain'],
])('refuses %j', (text, why) => {
  const read = readDomainName(text);
  expect('message' in read ? read.message : read.name).toContain(why);
  expect(read).not.toHaveProperty('name');
});

it.each([
  ['bücher.example', 'Did you mean xn--bcher-kva.example'],
  ['Bücher.Example.', 'Did you mean xn--bcher-kva.example'],
  ['büch er.example', 'in their xn-- form'],
  ['a@bücher.example', 'in their xn-- form'],
])('says how DNS writes %j', (text, help) => {
  expect(readDomainName(text)).toMatchObject({ code: 'invalid_value', help: expect.stringContaining(help) });
  expect(readDomainName('xn--bcher-kva.example')).toEqual({ name: 'xn--bcher-kva.example' });
});

it('reports accounts of a verified domain that are outside', async () => {
  const { where } = await claim('report.widgets.example');
  await database.db
    .insertInto('users')
    .values({ email: 'Out@Report.widgets.example', username: 'out', name: 'Out' })
    .execute();
  expect((await listUncaptured(database.db, organizations.acme)).users).toEqual([]);
  await forceDomain(database.db, context(), where);
  expect((await listUncaptured(database.db, organizations.acme)).users).toMatchObject([
    { email: 'Out@Report.widgets.example' },
  ]);
  // Of a member here nothing is to be captured; of a member elsewhere there is.
  const there = { publicUrl: 'https://hub.example' };
  for (const [organization, email] of [
    ['acme', 'in@report.widgets.example'],
    ['globex', 'elsewhere@report.widgets.example'],
  ] as const) {
    const at = { ...there, organizationId: organizations[organization] };
    await addMember(database.db, context(), at, { email, role: 'member' });
  }
  const reported = async (of: 'acme' | 'globex') =>
    (await listUncaptured(database.db, organizations[of])).users.map(({ email }) => email);
  expect(await reported('acme')).toEqual(['elsewhere@report.widgets.example', 'Out@Report.widgets.example']);
  expect(await reported('globex')).toEqual([]);
});
