import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { generate } from 'otplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { updateConnection } from '../connections/connection-service.ts';
import { createIdentity } from '../identity/identity.ts';
import { createBrowser } from '../identity/test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  freePort,
  hubForFile,
  OPERATOR,
  PASSWORD,
  signInDesktop,
  TEST_SECRET,
} from '../identity/test-hub.ts';
import { createLogger } from '../logging.ts';
import { noMail } from '../mail/mailer.ts';
import { smtpMailer } from '../mail/smtp-mailer.ts';
import { exportMembers } from '../organizations/member-export.ts';
import { listMembers } from '../organizations/member-list.ts';
import { joinOrganization, removeMember } from '../organizations/member-service.ts';
import { lockOrganization } from '../policies/recipients.ts';
import { createHubSecret } from '../secrets/hub-secret.ts';
import { buildServer, type HubServer } from '../server.ts';
import { createTestSso, verifyDomain, whoIs } from '../sso/test-sso-hub.ts';
import { createTeam } from '../teams/team-service.ts';
import { acceptInvitationLink } from './acceptance.ts';
import { acceptanceRoutes } from './acceptance-routes.ts';
import { addressesOfCsv, addressesOfList, readAddresses } from './address-list.ts';
import { letter } from './invitation-letters.ts';
import { invite, listInvitations, resendInvitation, revokeInvitation } from './invitation-service.ts';
import { startTestSmtp } from './test-smtp.ts';

const { database, hub } = hubForFile();
let pages: HubServer;
let pagesUrl: string;
let organizationId: string;
beforeAll(async () => {
  const owner = await createAccount(database, 'owner@acme.example');
  organizationId = (await createTestOrganization(database, 'acme', [owner])).id;
  await database.db
    .updateTable('memberships')
    .set({ role: 'owner' })
    .where('user_id', '=', owner.id)
    .execute();
  const port = await freePort();
  pagesUrl = `http://127.0.0.1:${port}`;
  const secret = createHubSecret(TEST_SECRET);
  const log = createLogger({ level: 'silent', destination: { write: () => undefined } });
  const { db } = database;
  const identity = await createIdentity({ db, secret, clock: systemClock, log, publicUrl: pagesUrl });
  pages = await buildServer({
    db,
    config: { publicUrl: pagesUrl, trustProxy: [], version: '0.0.0' },
    log,
    clock: systemClock,
    announcements: { subscribe: () => () => undefined },
    authenticators: [],
    plugins: [identity.plugin, acceptanceRoutes({ secret, ...identity })],
  });
  await pages.listen({ host: '127.0.0.1', port });
});
afterAll(async () => {
  await pages.close();
});

const place = () => ({ organizationId, publicUrl: pagesUrl, mail: noMail });
const one = async (email: string, more: object = {}, of = organizationId) => {
  const [result] = await invite(
    database.db,
    OPERATOR,
    { ...place(), organizationId: of },
    {
      emails: [email],
      role: 'member',
      dryRun: false,
      ...more,
    },
  );
  if (result === undefined) throw new Error('no result');
  return result;
};
const member = async (search: string, of = organizationId) =>
  (await listMembers(database.db, of, { limit: 10, search })).members[0];

describe('lists of addresses', () => {
  it.each([
    ['email\na@x.example\nb@x.example\n', ['a@x.example', 'b@x.example']],
    ['\uFEFFname;E-Mail\r\nAda;a@x.example\r\n"B; C";b@x.example\r\n', ['a@x.example', 'b@x.example']],
    ['a@x.example\nb@x.example', ['a@x.example', 'b@x.example']],
    ['', []],
  ])('reads %j', (csv, expected) => {
    expect(addressesOfCsv(csv).map(({ text }) => text)).toEqual(expected);
  });

  it('refuses what it cannot read, and tells the lines apart', () => {
    expect(() => addressesOfCsv('name,mail\nAda,a@x.example')).toThrow('none of them is named "email"');
    expect(() => addressesOfCsv('email\n"a@x.example')).toThrow('not CSV');
    expect(() =>
      addressesOfCsv(Array.from({ length: 1001 }, (_, n) => `u${n}@x.example`).join('\n')),
    ).toThrow('1001');
    expect(
      readAddresses(addressesOfList(['a@x.example', '', ' A@X.example ', 'nobody', 'x\r\nBcc: y@z'])).map(
        ({ line, fault }) => [line, fault],
      ),
    ).toEqual([
      [1, null],
      [3, 'repeated'],
      [4, 'invalid'],
      [5, 'invalid'],
    ]);
    expect(addressesOfCsv('name,email\n"A\nB",a@x.example\n\nC,c@x.example').map(({ line }) => line)).toEqual(
      [3, 5],
    );
  });
});

it('answers for each address, says in a dry run what would happen, and invites nobody twice', async () => {
  const csv = 'email\nnew@other.example\nowner@acme.example\nnobody\nNEW@other.example';
  const dry = await invite(database.db, OPERATOR, place(), { csv, role: 'editor', dryRun: true });
  expect(dry.map((each) => each.outcome)).toEqual(['would_invite', 'member', 'invalid', 'repeated']);
  expect(await listInvitations(database.db, organizationId, new Date())).toEqual([]);
  const real = await invite(database.db, OPERATOR, place(), { csv, role: 'editor', dryRun: false });
  expect(real.map((each) => each.outcome)).toEqual(['invited', 'member', 'invalid', 'repeated']);
  expect(real[0]?.link).toMatch(new RegExp(`^${pagesUrl}/invitations/[A-Za-z0-9_-]{43}$`));
  expect((await one('new@OTHER.example')).outcome).toBe('pending');
  const [open] = await listInvitations(database.db, organizationId, new Date());
  expect(open).toMatchObject({ email: 'new@other.example', role: 'editor', state: 'pending' });
  expect(Date.parse(open?.expiresAt ?? '') - Date.parse(open?.createdAt ?? '')).toBe(14 * 86_400_000);
  const later = new Date(Date.now() + 15 * 86_400_000);
  expect((await listInvitations(database.db, organizationId, later))[0]?.state).toBe('expired');
  const again = await invite(database.db, { ...OPERATOR, at: later }, place(), {
    emails: ['new@other.example'],
    role: 'member',
    dryRun: false,
  });
  expect(again[0]?.outcome).toBe('invited');
});

describe('the page behind the link', () => {
  it('lets a newcomer choose name and password, once, and puts them into role and team', async () => {
    const team = await createTeam(database.db, OPERATOR, organizationId, {
      name: 'Invited',
      description: '',
    });
    const { link } = await one('newcomer@other.example', { role: 'editor', teamId: team.id });
    const browser = createBrowser(pagesUrl);
    const page = await browser.get(link ?? '');
    const short = await browser.submit(
      page,
      { name: 'New Comer', password: 'short', repeat: 'short' },
      (form) => 'password' in form.fields,
    );
    expect(short.status).toBe(422);
    await browser.submit(
      short,
      { name: 'New Comer', password: PASSWORD, repeat: PASSWORD },
      (form) => 'password' in form.fields,
    );
    expect(await member('newcomer@')).toMatchObject({
      name: 'New Comer',
      role: 'editor',
      origin: 'invitation',
      teams: [{ name: 'Invited' }],
    });
    const { after } = await database.db
      .selectFrom('audit_events')
      .select('after')
      .where('action', '=', 'team.add-member')
      .where('target_id', '=', team.id)
      .executeTakeFirstOrThrow();
    expect(after).toEqual({ member: 'newcomer@other.example' });
    expect((await createBrowser(pagesUrl).get(link ?? '')).status).toBe(404);
  });

  it('sets up the second factor that the organization asks its owners for, before there is a session', async () => {
    const require = (wanted: boolean) =>
      database.db
        .updateTable('organizations')
        .set({ second_factor_required: wanted })
        .where('id', '=', organizationId)
        .execute();
    await require(true);
    const { link } = await one('second@other.example', { role: 'owner' });
    const browser = createBrowser(pagesUrl);
    const page = await browser.get(link ?? '');
    const entered = { name: 'Second Owner', password: PASSWORD, repeat: PASSWORD };
    const enrol = await browser.submit(page, entered, (form) => 'password' in form.fields);
    expect(enrol.body).toContain('Set up an authenticator app');
    expect(await whoIs({ hub: { ...hub, url: pagesUrl } }, browser)).toBeNull();
    const shown = /<p class="code-shown">(.*)<\/p>/.exec(enrol.body)?.[1] ?? '';
    const secret = shown.replaceAll(/<[^>]*>/g, '');
    const wrong = await browser.submit(enrol, { code: '000000' }, (form) => 'code' in form.fields);
    expect([wrong.status, await whoIs({ hub: { ...hub, url: pagesUrl } }, browser)]).toEqual([401, null]);
    const code = await generate({ secret });
    const kept = await browser.submit(wrong, { code }, (form) => 'code' in form.fields);
    expect(kept.body).toContain('Keep your recovery codes');
    expect(await whoIs({ hub: { ...hub, url: pagesUrl } }, browser)).toBe('second@other.example');
    await require(false);
  });

  it('lets a newcomer choose a password where another domain of the organization requires single sign-on', async () => {
    const sso = await createTestSso(hub, database);
    await verifyDomain(database, sso.organizationId, `guests.${sso.domain}`);
    const change = { enforced: true, domains: [sso.domain] };
    const there = { db: database.db, secret: hub.secret, publicUrl: hub.url };
    await updateConnection(there, OPERATOR, sso, change);
    const theirs = async (email: string) => one(email, {}, sso.organizationId);
    const look = async (email: string) =>
      (await createBrowser(pagesUrl).get((await theirs(email)).link ?? '')).body;
    expect(await look(`a@guests.${sso.domain}`)).toContain('name="password"');
    expect(await look(`a@${sso.domain}`)).not.toContain('name="password"');
    // Nor by a form that the page did not show.
    const browser = createBrowser(pagesUrl);
    const { link } = await theirs(`b@${sso.domain}`);
    const { body } = await browser.get((await theirs(`b@guests.${sso.domain}`)).link ?? '');
    const token = /name="form_token" value="([^"]*)"/.exec(body)?.[1] ?? '';
    const made = { form_token: token, name: 'B', password: PASSWORD, repeat: PASSWORD };
    expect((await browser.post(link ?? '', made)).status).toBe(403);
    expect(await member('b@', sso.organizationId)).toBeUndefined();
  });

  it('makes no account in a domain of another organization: whoever invites has the link too', async () => {
    const other = (await createTestOrganization(database, 'holds-a-domain', [])).id;
    await verifyDomain(database, other, 'held.example');
    const browser = createBrowser(pagesUrl);
    const { link } = await one('kim@held.example');
    const page = await browser.get(link ?? '');
    expect(page.body).not.toContain('name="password"');
    expect(page.body).toContain('its owners make your account');
    const { body } = await browser.get((await one('kim@nobodys.example')).link ?? '');
    const token = /name="form_token" value="([^"]*)"/.exec(body)?.[1] ?? '';
    const made = { form_token: token, name: 'Kim', password: PASSWORD, repeat: PASSWORD };
    expect((await browser.post(link ?? '', made)).status).toBe(403);
    expect(await member('kim@held.example')).toBeUndefined();
    // Once the other organization has made it, its person accepts like everybody who has an account.
    await createAccount(database, 'kim@held.example');
    expect((await browser.get(link ?? '')).body).toContain('/sign-in?next=%2Finvitations%2F');
  });

  it('never opens an account that exists: its person signs in first', async () => {
    await createAccount(database, 'existing@other.example');
    const { link } = await one('existing@other.example');
    const browser = createBrowser(pagesUrl);
    const page = await browser.get(link ?? '');
    expect(page.body).toContain('/sign-in?next=%2Finvitations%2F');
    expect(page.body).not.toContain('name="password"');
    const secret = link?.split('/').at(-1) ?? '';
    const stranger = await createAccount(database, 'stranger@other.example');
    const take = (accepting: Parameters<typeof acceptInvitationLink>[1]['accepting']) =>
      acceptInvitationLink(database.db, { secret, accepting, sourceAddress: '127.0.0.1', at: new Date() });
    expect(await take({ kind: 'newcomer', name: 'x', passwordHash: 'stolen' })).toBe('other_account');
    expect(await take({ kind: 'account', userId: stranger.id })).toBe('other_account');
    expect(await member('existing@')).toBeUndefined();
    const account = await database.db
      .selectFrom('users')
      .select(['id', 'password_hash'])
      .where('email', '=', 'existing@other.example')
      .executeTakeFirstOrThrow();
    expect(account.password_hash).not.toBe('stolen');
    expect(await take({ kind: 'account', userId: account.id })).toMatchObject({ userId: account.id });
    expect(await take({ kind: 'account', userId: account.id })).toBe('gone');
    expect(await member('existing@')).toMatchObject({ origin: 'invitation' });
  });

  it('takes no form from elsewhere', async () => {
    const { link } = await one('csrf@other.example');
    const browser = createBrowser(pagesUrl);
    await browser.get(link ?? '');
    const made = { name: 'Somebody', password: PASSWORD, repeat: PASSWORD };
    for (const token of ['', 'made up'])
      expect((await browser.post(link ?? '', { ...made, form_token: token })).status).toBe(403);
    expect(await member('csrf@')).toBeUndefined();
  });

  it('is not guessed without end from one address, and one that is good does not count', async () => {
    const { link } = await one('guessed@other.example');
    await database.pool.query('delete from attempt_counters');
    const browser = createBrowser(pagesUrl);
    for (let looked = 0; looked < 3; looked += 1) expect((await browser.get(link ?? '')).status).toBe(200);
    const guess = () => browser.get('/invitations/guess');
    for (let guessed = 0; guessed < 30; guessed += 1) expect((await guess()).status).toBe(404);
    const refused = await guess();
    expect(refused.status).toBe(429);
    expect(refused.body).toContain('Too many attempts. Try again in 10 minutes.');
    const seconds = Number(refused.headers.get('retry-after'));
    expect([seconds > 500, seconds <= 600]).toEqual([true, true]);
    expect((await browser.get(link ?? '')).status).toBe(429);
    await database.pool.query('delete from attempt_counters');
  });

  it('ends when it is revoked, expires, or is sent again', async () => {
    const { link, invitationId } = await one('late@other.example');
    const sent = await resendInvitation(database.db, OPERATOR, place(), invitationId ?? '');
    expect((await createBrowser(pagesUrl).get(link ?? '')).status).toBe(404);
    expect((await createBrowser(pagesUrl).get(sent.link)).status).toBe(200);
    await database.db
      .updateTable('invitations')
      .set({ expires_at: new Date(Date.now() - 1) })
      .where('id', '=', invitationId ?? '')
      .execute();
    expect((await createBrowser(pagesUrl).get(sent.link)).status).toBe(404);
    const fresh = await resendInvitation(database.db, OPERATOR, place(), invitationId ?? '');
    expect((await createBrowser(pagesUrl).get(fresh.link)).status).toBe(200);
    await revokeInvitation(database.db, OPERATOR, organizationId, invitationId ?? '');
    expect((await createBrowser(pagesUrl).get(fresh.link)).status).toBe(404);
    await expect(revokeInvitation(database.db, OPERATOR, organizationId, invitationId ?? '')).rejects.toThrow(
      'no such open invitation',
    );
  });
});

it('is good for fourteen days and not a moment longer', async () => {
  const start = Date.parse('2026-03-01T12:00:00Z');
  const end = start + 14 * 86_400_000;
  const invited = async (email: string) => {
    const made = await invite(database.db, { ...OPERATOR, at: new Date(start) }, place(), {
      emails: [email],
      role: 'member',
      dryRun: false,
    });
    return made[0]?.link?.split('/').at(-1) ?? '';
  };
  const taken = (secret: string, at: number) =>
    acceptInvitationLink(database.db, {
      secret,
      accepting: { kind: 'newcomer', name: 'Late', passwordHash: 'x' },
      sourceAddress: '127.0.0.1',
      at: new Date(at),
    });
  expect(await taken(await invited('intime@other.example'), end - 1)).toHaveProperty('userId');
  const late = await invited('toolate@other.example');
  expect(await taken(late, end)).toBe('gone');
  expect(await listInvitations(database.db, organizationId, new Date(end))).toContainEqual(
    expect.objectContaining({ email: 'toolate@other.example', state: 'expired' }),
  );
});

it('is either accepted or taken back when both happen at one moment', async () => {
  for (let round = 0; round < 10; round += 1) {
    const email = `moment${round}@other.example`;
    const [made] = await invite(database.db, OPERATOR, place(), {
      emails: [email],
      role: 'member',
      dryRun: false,
    });
    const [accepted, revoked] = await Promise.allSettled([
      acceptInvitationLink(database.db, {
        secret: made?.link?.split('/').at(-1) ?? '',
        accepting: { kind: 'newcomer', name: 'Moment', passwordHash: 'x' },
        sourceAddress: '127.0.0.1',
        at: new Date(),
      }),
      revokeInvitation(database.db, OPERATOR, organizationId, made?.invitationId ?? ''),
    ]);
    // Nobody is told of a failure that is none of theirs, such as two that wait for each other.
    expect(accepted.status).toBe('fulfilled');
    const joined = accepted.status === 'fulfilled' && accepted.value !== 'gone';
    expect(revoked.status).toBe(joined ? 'rejected' : 'fulfilled');
    if (revoked.status === 'rejected') expect(String(revoked.reason)).toContain('no such open invitation');
  }
});

it('of somebody who became a member meanwhile keeps role and origin, and tells that it was used', async () => {
  const { link, invitationId } = await one('meanwhile@other.example', { role: 'editor' });
  const account = await createAccount(database, 'meanwhile@other.example');
  await database.db.transaction().execute(async (trx) => {
    await lockOrganization(trx, organizationId);
    const joining = { organizationId, account, role: 'member', origin: 'manual' } as const;
    await joinOrganization(trx, OPERATOR, joining);
  });
  const accepted = await acceptInvitationLink(database.db, {
    secret: link?.split('/').at(-1) ?? '',
    accepting: { kind: 'account', userId: account.id },
    sourceAddress: '127.0.0.1',
    at: new Date(),
  });
  expect(accepted).toHaveProperty('userId', account.id);
  expect(await member('meanwhile')).toMatchObject({ role: 'member', origin: 'manual' });
  const events = await database.db
    .selectFrom('audit_events')
    .select(['action', 'target_label', 'actor_label'])
    .where('target_id', '=', invitationId)
    .orderBy('id')
    .execute();
  expect(events).toEqual([
    expect.objectContaining({ action: 'invitation.create' }),
    {
      action: 'invitation.accept',
      target_label: 'meanwhile@other.example',
      actor_label: 'meanwhile@other.example',
    },
  ]);
});

it('sends a few letters at a time, and answers for each in its place', async () => {
  let [under, most] = [0, 0];
  const mail = {
    sends: true,
    send: async ({ to }: { readonly to: string }) => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      return !to.startsWith('many7@');
    },
    stop: () => undefined,
  };
  const emails = Array.from({ length: 60 }, (_, index) => `many${index}@other.example`);
  const results = await invite(
    database.db,
    OPERATOR,
    { ...place(), mail },
    { emails, role: 'member', dryRun: false },
  );
  expect(results.map((result) => result.email)).toEqual(emails);
  expect(results.filter((result) => !result.mailed).map((result) => result.email)).toEqual([
    'many7@other.example',
  ]);
  expect(most).toBeLessThanOrEqual(4);
});

it('writes no line of a letter’s head from the name of an organization', () => {
  const { subject, text } = letter(
    'ada@a.example',
    'Acme\r\nBcc: eve@evil.example\n\nhttps://evil.example',
    'LINK',
  );
  expect(subject).toBe('Invitation to Acme Bcc: eve@evil.example https://evil.example');
  expect(text.split('\n')[0]).toBe(
    'You are invited to join Acme Bcc: eve@evil.example https://evil.example in Mooring.',
  );
});

it('sends letters where there is a mail server, and shows the link where the letter was not taken', async () => {
  const errors: string[] = [];
  for (const refuse of [false, true]) {
    const smtp = await startTestSmtp({ refuse });
    const mail = smtpMailer({
      url: smtp.url,
      from: 'hub@acme.example',
      onError: (reason) => errors.push(reason),
    });
    try {
      const [result] = await invite(
        database.db,
        OPERATOR,
        { ...place(), mail },
        { emails: [`letter${refuse}@other.example`], role: 'member', dryRun: false },
      );
      expect(result).toMatchObject({ outcome: 'invited', mailed: !refuse });
      const again = await resendInvitation(
        database.db,
        OPERATOR,
        { ...place(), mail },
        result?.invitationId ?? '',
      );
      expect(again.mailed).toBe(!refuse);
      const links = smtp.letters.map((letter) => /https?:\S+/.exec(letter.replaceAll('=\n', ''))?.[0]);
      expect(links).toEqual(refuse ? [] : [result?.link, again.link]);
    } finally {
      mail.stop();
      await smtp.stop();
    }
  }
  expect(errors).toHaveLength(2);
  expect(() => smtpMailer({ url: 'http://x', from: 'a', onError: () => undefined })).toThrow(
    'not an SMTP address',
  );
});

it('exports members and invited people, without formulas', async () => {
  const account = await createAccount(database, 'formula@acme.example');
  await database.db
    .updateTable('users')
    .set({ name: '=HYPERLINK("http://x")' })
    .where('id', '=', account.id)
    .execute();
  await database.db
    .insertInto('memberships')
    .values({ organization_id: organizationId, user_id: account.id, role: 'member', origin: 'manual' })
    .execute();
  await one('pending@other.example');
  const csv = await text(Readable.from(exportMembers(database.db, organizationId, {})));
  const lines = csv.split('\r\n');
  expect(lines[0]).toBe('Name,Username,Email,Type,Role,Teams,Date Joined');
  expect(csv).toContain(`"'=HYPERLINK(""http://x"")",`);
  expect(lines.some((line) => line.startsWith(',,pending@other.example,Invitee,Member,'))).toBe(true);
  const narrow = await text(
    Readable.from(exportMembers(database.db, organizationId, { domain: 'ACME.example' })),
  );
  expect(narrow).not.toContain('other.example');
});

it('ends the sessions of a member who is removed, on desktops too', async () => {
  const account = await createAccount(database, 'leaver@acme.example');
  await database.db
    .insertInto('memberships')
    .values({ organization_id: organizationId, user_id: account.id, role: 'member', origin: 'manual' })
    .execute();
  const { tokens } = await signInDesktop(hub, account.email);
  const ask = async () =>
    (
      await fetch(`${hub.url}/v1/agent/policy?organization=acme&platform=linux`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      })
    ).status;
  const before = await ask();
  expect(before).not.toBe(401);
  await removeMember(database.db, OPERATOR, organizationId, account.id);
  await expect.poll(ask, { timeout: 15_000 }).toBe(401);
});
