import { describe, expect, it } from 'vitest';
import type { ConnectionChange } from '../../shared/contracts/hub-sso.ts';
import { acceptConnection } from '../connections/acceptance-service.ts';
import { updateConnection } from '../connections/connection-service.ts';
import type { Role } from '../database/schema.ts';
import { createBrowser } from '../identity/test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  hubForFile,
  OPERATOR,
  signInDesktop,
} from '../identity/test-hub.ts';
import { createSetupLink } from '../organizations/setup-links.ts';
import { makePasswordLink } from '../sso/sign-in-settings.ts';
import {
  createTestSso,
  failuresOf,
  signInBySaml,
  type TestSso,
  verifyDomain,
  whoIs,
} from '../sso/test-sso-hub.ts';
import { createApiToken } from '../tokens/api-tokens.ts';
import { inviteTo, standingOf } from './test-standing.ts';
import '../second-factor/tables.ts';

const { database, hub } = hubForFile();

const GROUPS = 'http://schemas.xmlsoap.org/claims/Group';
const names = (given: string, surname: string) => ({
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname': [given],
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname': [surname],
});

async function change(sso: TestSso, values: ConnectionChange): Promise<void> {
  const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
  await updateConnection(place, OPERATOR, sso, values);
}

const standing = (email: string) => standingOf(database, email);
const invite = (sso: TestSso, email: string, role: Role, team?: string) =>
  inviteTo(database, sso.organizationId, { email, role, team });

async function scimUser(sso: TestSso, email: string, active: boolean): Promise<void> {
  const account = await createAccount(database, email);
  await database.db
    .insertInto('scim_users')
    .values({
      connection_id: sso.connectionId,
      user_id: account.id,
      managed: true,
      user_name: email,
      active,
      resource: '{}',
      placement_organization_id: sso.organizationId,
      placement_role: 'member',
      created_at: new Date(),
      updated_at: new Date(),
    })
    .execute();
  if (!active) return;
  await database.db
    .insertInto('memberships')
    .values({
      organization_id: sso.organizationId,
      user_id: account.id,
      role: 'member',
      origin: 'scim',
      connection_id: sso.connectionId,
    })
    .execute();
}

describe('just-in-time provisioning on', () => {
  it('makes the account with a user name of the name and digits, and puts it into the default team', async () => {
    const sso = await createTestSso(hub, database, { defaultTeam: 'Everyone' });
    const email = `ada@${sso.domain}`;
    await signInBySaml(sso, email, { attributes: names('Ada', 'Lovelace') });
    expect(await standing(email)).toEqual([
      `${sso.organization} member jit`,
      `${sso.organization}:Everyone jit`,
    ]);
    const user = await database.db
      .selectFrom('users')
      .selectAll()
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    expect(user.name).toBe('Ada Lovelace');
    expect(user.username).toMatch(/^adalovelace[0-9]+$/);
    expect(user.password_hash).toBeNull();
    // SCIM can find it, and not change it.
    const shown = await database.db
      .selectFrom('scim_users')
      .selectAll()
      .where('user_id', '=', user.id)
      .execute();
    expect(shown.map((row) => [row.managed, row.active, row.user_name])).toEqual([[false, true, email]]);
  });

  it('updates the name at the next sign-in, and writes that down', async () => {
    const sso = await createTestSso(hub, database);
    const email = `bob@${sso.domain}`;
    await signInBySaml(sso, email, { attributes: names('Bob', 'Old') });
    await signInBySaml(sso, email, { attributes: names('Bob', 'New') });
    await signInBySaml(sso, email);
    const user = await database.db
      .selectFrom('users')
      .select('name')
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    expect(user.name).toBe('Bob New');
    const events = await database.db
      .selectFrom('audit_events')
      .select(['actor_label', 'before', 'after'])
      .where('organization_id', '=', sso.organizationId)
      .where('action', '=', 'account.update')
      .where('target_label', '=', email)
      .execute();
    expect(events).toEqual([
      {
        actor_label: expect.stringContaining('sign-in by'),
        before: { name: 'Bob Old' },
        after: { name: 'Bob New' },
      },
    ]);
  });

  it('places by groups, makes teams, and leaves what is no longer named; missing changes nothing, empty leaves all', async () => {
    const sso = await createTestSso(hub, database, { defaultTeam: 'Everyone' });
    const { organization: org } = sso;
    const email = `eve@${sso.domain}`;
    const as = (groups: readonly string[] | null) =>
      signInBySaml(sso, email, groups === null ? {} : { attributes: { [GROUPS]: groups } });
    await as([`${org}:Backend`, `${org}:On call`]);
    expect(await standing(email)).toEqual([`${org} member jit`, `${org}:Backend jit`, `${org}:On call jit`]);
    await as([`${org}:backend`]);
    expect(await standing(email)).toEqual([`${org} member jit`, `${org}:Backend jit`]);
    await as(null);
    expect(await standing(email)).toEqual([`${org} member jit`, `${org}:Backend jit`]);
    await as([`${org}:Backend`, 'Domain Users']);
    expect((await failuresOf(sso))[0]).toBe('group_format');
    expect(await standing(email)).toEqual([`${org} member jit`, `${org}:Backend jit`]);
    await signInBySaml(sso, email, {
      attributes: { 'http://schemas.microsoft.com/claims/groups.link': ['https://graph'] },
    });
    expect((await failuresOf(sso))[0]).toBe('groups_overage');
    expect(await standing(email)).toEqual([`${org} member jit`, `${org}:Backend jit`]);
    await as([]);
    expect(await standing(email)).toEqual([`${org} member jit`]);
    const events = await database.db
      .selectFrom('audit_events')
      .select(['action', 'target_label'])
      .where('target_kind', '=', 'team')
      .where('organization_id', '=', sso.organizationId)
      .where('action', 'like', 'team.%-member')
      .orderBy('id')
      .execute();
    expect(events.map(({ action, target_label: team }) => `${action} ${team}`)).toEqual([
      'team.add-member Backend',
      'team.add-member On call',
      'team.remove-member On call',
      'team.remove-member Backend',
    ]);
  });

  it('leaves all groups out when one is of another form or too many to send, and takes nothing away then', async () => {
    const sso = await createTestSso(hub, database);
    const email = `odd@${sso.domain}`;
    await signInBySaml(sso, email, { attributes: { groups: [`${sso.organization}:Core`] } });
    const core = [`${sso.organization} member jit`, `${sso.organization}:Core jit`];
    const more = [`${sso.organization}:More`, 'CN=Everybody,OU=Groups'];
    await signInBySaml(sso, email, { attributes: { groups: more } });
    expect([(await failuresOf(sso))[0], await standing(email)]).toEqual(['group_format', core]);
    const link = 'http://schemas.microsoft.com/claims/groups.link';
    const overage = { groups: [`${sso.organization}:More`], [link]: ['https://graph.example/groups'] };
    await signInBySaml(sso, email, { attributes: overage });
    expect([(await failuresOf(sso))[0], await standing(email)]).toEqual(['groups_overage', core]);
    // Who is new is placed by default all the same.
    await signInBySaml(sso, `new@${sso.domain}`, { attributes: { groups: more } });
    expect(await standing(`new@${sso.domain}`)).toEqual([`${sso.organization} member jit`]);
  });

  it('never takes away a place that somebody gave by hand', async () => {
    const sso = await createTestSso(hub, database);
    const email = `hand@${sso.domain}`;
    await signInBySaml(sso, email, { attributes: { groups: [`${sso.organization}:Backend`] } });
    await database.db
      .updateTable('team_members')
      .set({ origin: 'manual', connection_id: null })
      .where('organization_id', '=', sso.organizationId)
      .execute();
    await signInBySaml(sso, email, { attributes: { groups: [] } });
    expect(await standing(email)).toContain(`${sso.organization}:Backend manual`);
  });

  it('never takes away a place that SCIM or another connection gave', async () => {
    const sso = await createTestSso(hub, database);
    const other = await createTestSso(hub, database);
    const email = `both@${sso.domain}`;
    await signInBySaml(sso, email, { attributes: { groups: [`${sso.organization}:Own`] } });
    const { id } = await database.db
      .selectFrom('users')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirstOrThrow();
    const given = [
      { name: 'By SCIM', origin: 'scim', connection: sso.connectionId },
      { name: 'By another', origin: 'jit', connection: other.connectionId },
    ] as const;
    for (const { name, origin, connection } of given) {
      const team = await database.db
        .insertInto('teams')
        .values({ organization_id: sso.organizationId, name, created_at: new Date() })
        .returning('id')
        .executeTakeFirstOrThrow();
      await database.db
        .insertInto('team_members')
        .values({
          organization_id: sso.organizationId,
          team_id: team.id,
          user_id: id,
          origin,
          added_at: new Date(),
          connection_id: connection,
        })
        .execute();
    }
    await signInBySaml(sso, email, { attributes: { groups: [] } });
    expect(await standing(email)).toEqual([
      `${sso.organization} member jit`,
      `${sso.organization}:By SCIM scim`,
      `${sso.organization}:By another jit`,
    ]);
  });

  it('provisions into another organization only once its owner has accepted', async () => {
    const sso = await createTestSso(hub, database);
    const other = await createTestOrganization(database, `other-${sso.domain.split('.')[0]}`, []);
    const email = `multi@${sso.domain}`;
    const attributes = { groups: [`${other.name}:Guests`, `${sso.organization}:Core`] };
    await signInBySaml(sso, email, { attributes });
    expect((await failuresOf(sso))[0]).toBe('organization_not_allowed');
    expect(await standing(email)).toEqual([`${sso.organization} member jit`, `${sso.organization}:Core jit`]);
    // That it accepted somebody else's connection changes nothing.
    const stranger = await createTestSso(hub, database);
    await acceptConnection(database.db, OPERATOR, { ...stranger, organizationId: other.id });
    await signInBySaml(sso, email, { attributes });
    await signInBySaml(sso, `guest@${sso.domain}`, { attributes: { dockerOrg: [other.name] } });
    expect((await standing(email)).join()).not.toContain(other.name);
    expect((await standing(`guest@${sso.domain}`)).join()).not.toContain(other.name);
    await acceptConnection(database.db, OPERATOR, {
      organizationId: other.id,
      connectionId: sso.connectionId,
    });
    await signInBySaml(sso, email, { attributes });
    expect(await standing(email)).toContain(`${other.name}:Guests jit`);
  });

  it('follows role attributes the first time only, and grants owner in its own organization only', async () => {
    const sso = await createTestSso(hub, database);
    const other = await createTestOrganization(database, `roles-${sso.domain.split('.')[0]}`, []);
    await acceptConnection(database.db, OPERATOR, {
      organizationId: other.id,
      connectionId: sso.connectionId,
    });
    const at = (name: string, attributes: Record<string, string[]>) =>
      signInBySaml(sso, `${name}@${sso.domain}`, { attributes });
    await at('boss', { dockerRole: ['owner'], dockerTeam: ['Board'] });
    expect(await standing(`boss@${sso.domain}`)).toEqual([
      `${sso.organization} owner jit`,
      `${sso.organization}:Board jit`,
    ]);
    await at('sly', {});
    await at('sly', { dockerRole: ['owner'] });
    expect(await standing(`sly@${sso.domain}`)).toEqual([`${sso.organization} member jit`]);
    // Removed, and provisioned again: it is not the first time.
    const sly = database.db.selectFrom('users').select('id').where('email', '=', `sly@${sso.domain}`);
    await database.db.deleteFrom('memberships').where('user_id', '=', sly).execute();
    await at('sly', { dockerRole: ['owner'], dockerTeam: ['Board'] });
    expect(await standing(`sly@${sso.domain}`)).toEqual([`${sso.organization} member jit`]);
    await at('guest', { dockerRole: ['owner'], dockerOrg: [other.name], dockerTeam: ['Guests'] });
    expect(await standing(`guest@${sso.domain}`)).toEqual([
      `${other.name} member jit`,
      `${other.name}:Guests jit`,
    ]);
    expect(await failuresOf(sso)).toContain('organization_not_allowed');
  });

  it('accepts a pending invitation with its role and team', async () => {
    const sso = await createTestSso(hub, database);
    const email = `invited@${sso.domain}`;
    await invite(sso, email.toUpperCase(), 'editor', 'Design');
    await signInBySaml(sso, email);
    expect(await standing(email)).toEqual([
      `${sso.organization} editor invitation`,
      `${sso.organization}:Design invitation`,
    ]);
  });

  it('makes one account of many sign-ins at once', async () => {
    const sso = await createTestSso(hub, database);
    const email = `crowd@${sso.domain}`;
    const all = await Promise.all([1, 2, 3, 4].map(() => signInBySaml(sso, email)));
    expect(all.map(({ visited }) => visited.status)).toEqual([200, 200, 200, 200]);
    expect(await standing(email)).toEqual([`${sso.organization} member jit`]);
  });
});

describe('just-in-time provisioning off', () => {
  it('lets members and invited people in, and refuses everybody else without a trace', async () => {
    const sso = await createTestSso(hub, database, { jit: false });
    const stranger = await signInBySaml(sso, `stranger@${sso.domain}`);
    expect(stranger.visited.status).toBe(403);
    expect(stranger.visited.body).toContain('Access denied');
    expect((await failuresOf(sso))[0]).toBe('not_assigned');
    expect(
      await database.db
        .selectFrom('users')
        .select('id')
        .where('email', '=', `stranger@${sso.domain}`)
        .execute(),
    ).toEqual([]);
    // An account that is no member is refused as well, and keeps what it had.
    const outsider = await createAccount(database, `outsider@${sso.domain}`);
    await signInBySaml(sso, outsider.email);
    const kept = await database.db
      .selectFrom('users')
      .select('password_hash')
      .where('id', '=', outsider.id)
      .executeTakeFirstOrThrow();
    expect(kept.password_hash).not.toBeNull();
    await invite(sso, `invited@${sso.domain}`, 'member');
    const invited = await signInBySaml(sso, `invited@${sso.domain}`, {
      attributes: { groups: [`${sso.organization}:Nope`] },
    });
    expect(await whoIs(sso, invited.browser)).toBe(`invited@${sso.domain}`);
    expect(await standing(`invited@${sso.domain}`)).toEqual([`${sso.organization} member invitation`]);
  });
});

describe('SCIM beside sign-in', () => {
  it('whom SCIM deactivated is refused and never brought back', async () => {
    const sso = await createTestSso(hub, database);
    const email = `gone@${sso.domain}`;
    await scimUser(sso, email, false);
    const { visited } = await signInBySaml(sso, email, {
      attributes: { groups: [`${sso.organization}:Team`] },
    });
    expect(visited.status).toBe(403);
    expect((await failuresOf(sso))[0]).toBe('deactivated');
    expect(await standing(email)).toEqual([]);
  });

  it('wins where the owner said so', async () => {
    const sso = await createTestSso(hub, database, { scim: true });
    const email = `managed@${sso.domain}`;
    await scimUser(sso, email, true);
    const attributes = { ...names('Sign', 'In'), groups: [`${sso.organization}:Team`] };
    const name = async () =>
      (
        await database.db
          .selectFrom('users')
          .select('name')
          .where('email', '=', email)
          .executeTakeFirstOrThrow()
      ).name;
    await change(sso, { scimWins: true });
    await signInBySaml(sso, email, { attributes });
    expect([await name(), await standing(email)]).toEqual([
      `Name of ${email}`,
      [`${sso.organization} member scim`],
    ]);
    await change(sso, { scimWins: false });
    await signInBySaml(sso, email, { attributes });
    expect([await name(), await standing(email)]).toEqual([
      'Sign In',
      [`${sso.organization} member scim`, `${sso.organization}:Team jit`],
    ]);
  });
});

describe('linking an account that was there before', () => {
  it('never in a domain that is claimed and not proved, nor in one that another organization proved', async () => {
    const sso = await createTestSso(hub, database);
    const other = await createTestSso(hub, database);
    const claimed = `claimed.${sso.domain}`;
    await database.db
      .insertInto('domains')
      .values({ organization_id: sso.organizationId, name: claimed, challenge: 'not there' })
      .execute();
    for (const email of [`ceo@${claimed}`, `ceo@${other.domain}`]) {
      const victim = await createAccount(database, email);
      const { visited, browser } = await signInBySaml(sso, `evil@${sso.domain}`, { email });
      expect([visited.status, await whoIs(sso, browser)]).toEqual([403, null]);
      expect((await failuresOf(sso))[0]).toBe('domain_not_verified');
      const row = database.db.selectFrom('users').select('password_hash').where('id', '=', victim.id);
      expect((await row.executeTakeFirstOrThrow()).password_hash).not.toBeNull();
    }
  });

  it('never outside the domains that an owner limited the connection to, verified or not', async () => {
    const sso = await createTestSso(hub, database);
    const second = `second.${sso.domain}`;
    await verifyDomain(database, sso.organizationId, second);
    await change(sso, { domains: [sso.domain.toUpperCase()] });
    const boss = await createAccount(database, `boss@${second}`);
    for (const email of [`boss@${second}`, `new@${second}`]) {
      const { visited, browser } = await signInBySaml(sso, `evil@${sso.domain}`, { email });
      expect([visited.status, await whoIs(sso, browser)]).toEqual([403, null]);
      expect((await failuresOf(sso))[0]).toBe('domain_not_verified');
      expect(await standing(email)).toEqual([]);
    }
    const row = database.db.selectFrom('users').select('password_hash').where('id', '=', boss.id);
    expect((await row.executeTakeFirstOrThrow()).password_hash).not.toBeNull();
    // Its own domain goes on, and without a limit it serves both.
    const ada = await signInBySaml(sso, `ada@${sso.domain}`);
    expect(await whoIs(sso, ada.browser)).toBe(`ada@${sso.domain}`);
    await change(sso, { domains: [] });
    const { browser } = await signInBySaml(sso, `new@${second}`);
    expect(await whoIs(sso, browser)).toBe(`new@${second}`);
  });

  it('takes its password, links to choose one, second factors, sessions and API tokens: who made it keeps no way in', async () => {
    const sso = await createTestSso(hub, database);
    const squatter = await createAccount(database, `ceo@${sso.domain}`);
    const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
    await updateConnection(place, OPERATOR, sso, { domains: ['elsewhere.example'] });
    await signInDesktop(hub, squatter.email);
    await updateConnection(place, OPERATOR, sso, { domains: [] });
    const home = await createTestOrganization(database, `home-${sso.domain.split('.')[0]}`, [squatter]);
    const context = {
      ...OPERATOR,
      actor: { kind: 'user', userId: squatter.id, email: squatter.email, via: 'session' },
    } as const;
    await createApiToken(database.db, context, home.id, { name: 'old', role: 'member', days: 10 });
    await database.db
      .insertInto('passkeys')
      .values({
        user_id: squatter.id,
        credential_id: `of ${squatter.id}`,
        public_key: Buffer.from('key'),
        transports: [],
        name: 'Old',
        created_at: new Date(),
      })
      .execute();
    const link = await database.db.transaction().execute((trx) =>
      createSetupLink(trx, {
        publicUrl: hub.url,
        at: new Date(),
        purpose: 'password',
        userId: squatter.id,
      }),
    );
    expect((await createBrowser(hub.url).get(link.url)).status).toBe(200);
    const { browser } = await signInBySaml(sso, squatter.email);
    expect(await whoIs(sso, browser)).toBe(squatter.email);
    expect((await createBrowser(hub.url).get(link.url)).status).toBe(404);
    const { db } = database;
    expect(await db.selectFrom('passkeys').select('id').where('user_id', '=', squatter.id).execute()).toEqual(
      [],
    );
    const user = await db
      .selectFrom('users')
      .selectAll()
      .where('id', '=', squatter.id)
      .executeTakeFirstOrThrow();
    expect(user.password_hash).toBeNull();
    expect(
      await db.selectFrom('device_sessions').select('id').where('user_id', '=', squatter.id).execute(),
    ).toEqual([]);
    const browsers = db
      .selectFrom('browser_sessions')
      .select('id')
      .where('user_id', '=', squatter.id)
      .where('ended_reason', 'is', null);
    expect(await browsers.execute()).toHaveLength(1);
    const tokens = await db
      .selectFrom('api_tokens')
      .select('revoked_at')
      .where('created_by', '=', squatter.id)
      .execute();
    expect(tokens.map((token) => token.revoked_at === null)).toEqual([false]);
    // Only the first time: a session of a later sign-in leaves the others.
    await signInBySaml(sso, squatter.email);
    expect(await browsers.execute()).toHaveLength(2);
  });

  it('is opened by no organization whose domain it is not in: the person may come back', async () => {
    const sso = await createTestSso(hub, database);
    const gone = await createAccount(database, `gone@${sso.domain}`);
    const other = await createTestOrganization(database, `other-${sso.domain.split('.')[0]}`, [gone]);
    const link = (organizationId: string) =>
      makePasswordLink(database.db, OPERATOR, { organizationId, userId: gone.id }, hub.url);
    await expect(link(other.id)).rejects.toThrow('is in a domain of another organization');
    // The organization whose domain it is may.
    await database.pool.query('update memberships set organization_id = $1 where user_id = $2', [
      sso.organizationId,
      gone.id,
    ]);
    expect(await link(sso.organizationId)).toMatchObject({ email: gone.email });
  });

  it('does not give an address that was freed by a rename to whom had it before', async () => {
    const sso = await createTestSso(hub, database);
    const [old, renamed] = [`alice@${sso.domain}`, `alicia@${sso.domain}`];
    await signInBySaml(sso, old);
    const alicia = await database.db
      .updateTable('users')
      .set({ email: renamed })
      .where('email', '=', old)
      .returning('id')
      .executeTakeFirstOrThrow();
    // Another person, hired since, has the address now.
    const { browser } = await signInBySaml(sso, old);
    expect(await whoIs(sso, browser)).toBe(old);
    const account = await database.db
      .selectFrom('users')
      .select('id')
      .where('email', '=', old)
      .executeTakeFirstOrThrow();
    expect(account.id).not.toBe(alicia.id);
    expect(await whoIs(sso, (await signInBySaml(sso, renamed)).browser)).toBe(renamed);
    expect(await whoIs(sso, (await signInBySaml(sso, old)).browser)).toBe(old);
  });

  it('refuses an account that is disabled', async () => {
    const sso = await createTestSso(hub, database);
    const account = await createAccount(database, `off@${sso.domain}`);
    await database.db
      .updateTable('users')
      .set({ disabled_at: new Date() })
      .where('id', '=', account.id)
      .execute();
    const { visited, browser } = await signInBySaml(sso, account.email);
    expect([visited.status, await whoIs(sso, browser)]).toEqual([403, null]);
    expect((await failuresOf(sso))[0]).toBe('deactivated');
  });
});
