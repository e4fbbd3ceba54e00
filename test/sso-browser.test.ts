import type { Browser, BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../src/agent/clock.ts';
import { applySettings, updateConnection } from '../src/hub/connections/connection-service.ts';
import { readIdpMetadata } from '../src/hub/connections/idp-metadata.ts';
import { databaseForFile } from '../src/hub/database/test-database.ts';
import { freePort, OPERATOR, startTestHub, type TestHub } from '../src/hub/identity/test-hub.ts';
import { setDefaultPolicy } from '../src/hub/policies/assignment-service.ts';
import { createPolicy } from '../src/hub/policies/policy-service.ts';
import { createOutbound } from '../src/hub/sso/outbound.ts';
import { startTestProvider, type TestProvider } from '../src/hub/sso/test-openid-provider.ts';
import { createTestSso, failuresOf, type TestSso } from '../src/hub/sso/test-sso-hub.ts';
import { loginAnswerSchema } from '../src/shared/contracts/local-api.ts';
import { violationsOf } from './accessibility.ts';
import { type Machine, makeMachine, type RunningAgent } from './agent-at-hub.ts';
import { launchBrowser } from './browser.ts';
import { isInstalled, type SimpleSamlPhp, startSimpleSamlPhp } from './simplesamlphp.ts';

/*
 * The whole way of a desktop's sign-in by an identity provider: agent, system browser (a real one), hub, identity
 * provider, and back to the agent's loopback address; or by a code that is allowed in the browser. The hub is called
 * `localhost` and the identity providers `127.0.0.1`, so that for the browser they are different sites.
 */
const database = databaseForFile();
let hub: TestHub;
let browser: Browser;
let machine: Machine;
let agent: RunningAgent;
const outbound = createOutbound(['127.0.0.0/8']);

beforeAll(async () => {
  const port = await freePort();
  const publicUrl = `http://localhost:${port}`;
  hub = { ...(await startTestHub(database, { port, publicUrl, outbound })), url: publicUrl };
  browser = await launchBrowser();
  machine = await makeMachine({ clock: systemClock() });
  agent = await machine.launch({ schedule: false });
}, 120_000);
afterAll(async () => {
  await machine?.end();
  await browser?.close();
  await hub?.stop();
});

interface Seat {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly complaints: readonly string[];
}

async function seat(options: Parameters<Browser['newContext']>[0] = {}): Promise<Seat> {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) complaints.push(message.text());
  });
  return { page, context, complaints };
}

/** What `mooring login` asks of the agent. */
async function login(method: 'browser' | 'device' = 'browser') {
  const { body } = await agent.ask('POST', '/v1/account/login', { hub: hub.url, method, openBrowser: false });
  const begun = loginAnswerSchema.parse(body);
  return {
    ...begun,
    ended: async () =>
      loginAnswerSchema.parse((await agent.ask('GET', `/v1/account/login/${begun.id}?wait=30000`)).body),
  };
}

/** A policy that every member receives. */
async function withPolicy(sso: TestSso, memoryMiB: number): Promise<void> {
  const policy = await createPolicy(database.db, OPERATOR, sso.organizationId, {
    name: 'Everyone',
    description: '',
    document: { configurationFileVersion: 2, memoryMiB: { locked: true, value: memoryMiB } },
    reason: '',
  });
  await setDefaultPolicy(database.db, OPERATOR, sso.organizationId, policy.id);
}

const setTo = (sso: TestSso, change: Parameters<typeof updateConnection>[3]) =>
  updateConnection({ db: database.db, secret: hub.secret, publicUrl: hub.url }, OPERATOR, sso, change);

async function typeAddress(page: Page, email: string): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function membership(email: string) {
  return database.db
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['u.name', 'm.origin', 'm.role', 'm.organization_id'])
    .where('u.email', '=', email)
    .execute();
}

describe.runIf(isInstalled)('SAML, by SimpleSAMLphp', () => {
  let sso: TestSso;
  let idp: SimpleSamlPhp;
  beforeAll(async () => {
    sso = await createTestSso(hub, database);
    const email = (name: string) => [`${name}@${sso.domain}`];
    const person = (name: string) => ({ email: email(name), givenname: [name], surname: ['Person'] });
    idp = await startSimpleSamlPhp(
      {
        'ada:secret': { ...person('ada'), groups: [`${sso.organization}:Backend`] },
        'code:secret': person('code'),
        'late:secret': person('late'),
        'eve:secret': { email: ['eve@other.example'] },
      },
      [sso.addresses],
    );
    await applySettings(
      { db: database.db, secret: hub.secret, publicUrl: hub.url },
      OPERATOR,
      sso,
      readIdpMetadata(await outbound.text(idp.metadataUrl)),
    );
    await withPolicy(sso, 3072);
  });
  afterAll(() => idp?.stop());

  /** Name and password on the identity provider's own page. */
  const answer = async (page: Page, name: string) => {
    await page.locator('#username').fill(name);
    await page.locator('#password').fill('secret');
    await page.locator('#password').press('Enter');
  };

  it('signs a desktop in: the account is made, the team joined, the policy arrives', async () => {
    const { page, context, complaints } = await seat();
    const begun = await login();
    await page.goto(begun.url);
    await typeAddress(page, `ada@${sso.domain}`);
    await answer(page, 'ada');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('You are signed in').waitFor();
    expect(await begun.ended()).toMatchObject({ state: 'done' });
    expect(await agent.status()).toMatchObject({
      account: {
        state: 'signed-in',
        account: { email: `ada@${sso.domain}`, organization: sso.organization },
      },
    });
    expect(await membership(`ada@${sso.domain}`)).toEqual([
      { name: 'ada Person', origin: 'jit', role: 'member', organization_id: sso.organizationId },
    ]);
    await agent.sync();
    expect(await agent.setting('memoryMiB')).toMatchObject({ value: 3072 });
    expect([complaints, await failuresOf(sso)]).toEqual([[], []]);
    await context.close();
  });

  it('signs a device in by a code that is allowed in the browser', async () => {
    const { page, context } = await seat();
    const begun = await login('device');
    await page.goto(begun.url);
    await page.getByLabel('Code').fill(begun.userCode ?? '');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await typeAddress(page, `code@${sso.domain}`);
    await answer(page, 'code');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('The device is signed in').waitFor();
    expect(await begun.ended()).toMatchObject({ state: 'done' });
    expect((await agent.status()).account).toMatchObject({ account: { email: `code@${sso.domain}` } });
    await context.close();
  });

  it('says what is wrong on pages that anybody can read, and writes the class down', async () => {
    const seen: [string, string][] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, context } = await seat({ colorScheme, viewport: { width: 360, height: 740 } });
      const look = async (name: string, says: string) => {
        await page.getByRole('alert').filter({ hasText: says }).waitFor();
        expect(await violationsOf(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
        const kept = process.env.MOORING_TEST_SHOTS;
        if (kept !== undefined) await page.screenshot({ path: `${kept}/${name}-${colorScheme}.png` });
        seen.push([name, (await failuresOf(sso))[0] ?? '']);
      };
      const through = async (address: string, name: string) => {
        await context.clearCookies();
        await page.goto(`${hub.url}/sign-in`);
        await typeAddress(page, address);
        await answer(page, name);
      };
      await through(`eve@${sso.domain}`, 'eve');
      await look('unverified-domain', 'has not verified the domain');
      await setTo(sso, { jit: false });
      await through(`late@${sso.domain}`, 'late');
      await look('access-denied', 'Access denied');
      await setTo(sso, { jit: true });
      // The identity provider begins: its own address for that, and nobody here had asked.
      await page.goto(
        `${idp.metadataUrl.replace('metadata.php?output=xml', 'SSOService.php')}?spentityid=${encodeURIComponent(sso.addresses.entityId)}`,
      );
      await look('idp-initiated', 'Sign-in cannot begin at your identity provider');
      await context.close();
    }
    const each = [
      ['unverified-domain', 'domain_not_verified'],
      ['access-denied', 'not_assigned'],
      ['idp-initiated', 'idp_initiated'],
    ];
    expect(seen).toEqual([...each, ...each]);
  });
});

describe('OpenID Connect, by a second oidc-provider', () => {
  let sso: TestSso;
  let provider: TestProvider;
  beforeAll(async () => {
    sso = await createTestSso(hub, database, { kind: 'oidc', saml: undefined });
    provider = await startTestProvider([sso.addresses.redirectUri]);
    const { issuer, clientId, clientSecret } = provider;
    await setTo(sso, { oidc: { issuer, clientId, clientSecret } });
    await withPolicy(sso, 5120);
  });
  afterAll(() => provider?.stop());

  it('signs a desktop in, and the policy arrives', async () => {
    const { page, context, complaints } = await seat();
    const email = `grace@${sso.domain}`;
    provider.seat({
      subject: 'grace',
      claims: { email, email_verified: true, given_name: 'Grace', family_name: 'Hopper' },
    });
    const begun = await login();
    await page.goto(begun.url);
    await typeAddress(page, email);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('You are signed in').waitFor();
    expect(await begun.ended()).toMatchObject({ state: 'done' });
    expect(await membership(email)).toEqual([
      { name: 'Grace Hopper', origin: 'jit', role: 'member', organization_id: sso.organizationId },
    ]);
    await agent.sync();
    expect(await agent.setting('memoryMiB')).toMatchObject({ value: 5120 });
    expect([complaints, await failuresOf(sso)]).toEqual([[], []]);
    await context.close();
  });

  it('is asked to sign the person in anew when they confirm that it is them', async () => {
    const { page, context } = await seat();
    const email = `confirm@${sso.domain}`;
    provider.seat({ subject: 'confirm', claims: { email, email_verified: true } });
    await page.goto(`${hub.url}/sign-in`);
    await typeAddress(page, email);
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    const asked = page.waitForRequest((request) => request.url().startsWith(`${provider.issuer}/auth?`));
    await page.goto(`${hub.url}/sign-in/confirm?next=/account`);
    await page.getByRole('button', { name: 'Continue' }).click();
    expect(new URL((await asked).url()).searchParams.get('prompt')).toBe('login');
    await page.getByRole('heading', { name: 'Your account' }).waitFor();
    await context.close();
  });
});
