import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { metadataOf } from '../../src/hub/connections/test-metadata.ts';
import { selfSigned } from '../../src/hub/connections/test-self-signed.ts';
import { startTestNameServer, type TestAnswer } from '../../src/hub/domains/test-name-server.ts';
import { DRIFTED, signInDevice } from './devices.ts';
import { consoleForFile, type OpenConsole, settled } from './open-console.ts';

const made = z.object({ id: z.string() });
const answers = new Map<string, TestAnswer>();
let domainId = '';
let proof: readonly string[] = [];
let names: Awaited<ReturnType<typeof startTestNameServer>>;

beforeAll(async () => {
  names = await startTestNameServer(answers);
});
const { hub, open } = consoleForFile(() => ['--name-server', names.address]);
afterAll(async () => {
  await names?.stop();
});

test('the first page: numbers, first steps, and what needs attention as it happens', async () => {
  const { page, go, api, complaints, close } = await open('owner');
  const attention = page.getByRole('region', { name: 'Needs attention' });
  try {
    await settled(page);
    await page.getByText('0 of 3 follow their policy (0%).').waitFor();
    await attention.getByText('Nobody can sign in with it yet').waitFor();
    await api('DELETE', `/connections/${hub.said.connectionId}`);
    await attention.getByText('Nobody can sign in with it yet').waitFor({ state: 'detached' });
    // The demo's owner has a password and nothing else, which is said as long as nobody asks for more.
    const owner = attention
      .locator('[data-tone]')
      .filter({ hasText: '1 owner signs in with a password alone.' });
    await owner.getByRole('link', { name: 'Look at it' }).click();
    await page.getByText('Owners with a password need a second factor').waitFor();
    await page.goBack();
    const steps = page.getByRole('region', { name: 'First steps' });
    await steps.getByRole('listitem').filter({ hasText: 'Verify a domain' }).getByText('Done').waitFor();
    await steps.getByRole('button', { name: 'Mark as done: Enforce sign-in on devices' }).click();
    await page.getByText('All first steps are done.').waitFor();
    await steps.getByRole('button', { name: 'Not done yet: Enforce sign-in on devices' }).click();
    await page.getByText('All first steps are done.').waitFor({ state: 'detached' });
    const desk = await signInDevice(hub, 'designer', 'Desk');
    await desk.report(DRIFTED);
    await attention.getByText('1 device cannot read a policy file or apply a setting.').waitFor();
    await attention.getByText('1 device had locked settings edited in the last week.').waitFor();
    await attention.getByRole('link', { name: 'Look at it' }).first().click();
    await page.waitForURL('**/compliance?hide=1');
    await go('');
    await page
      .getByRole('region', { name: 'Recent changes' })
      .getByText('First step ticked')
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

test('each failure of sign-in, provisioning and domains is said, and leads to where it is mended', async () => {
  const { page, go, api, complaints, close } = await open('owner');
  const attention = page.getByRole('region', { name: 'Needs attention' });
  try {
    const { id } = made.parse(await api('POST', '/connections', { name: 'Works IdP', kind: 'saml' }));
    const days = (count: number) => new Date(Date.now() + count * 86_400_000);
    const metadata = metadataOf([
      selfSigned('ends-soon', days(-300), days(5)),
      selfSigned('has-ended', days(-300), days(-1)),
    ]);
    await api('PUT', `/connections/${id}/metadata`, { xml: metadata });
    await failProvisioning(id, api);
    await failSignIn(id);
    await failDomain(api);
    await go('');
    const expected = [
      ['The certificate CN=has-ended ended on', `sso/${id}`],
      ['The certificate CN=ends-soon ends on', `sso/${id}`],
      ['The DNS record that proves acme-works.example was not found.', 'domains'],
      ['Works IdP: SCIM refused 1 request in the last day', `sso/${id}/scim`],
      ['Works IdP: 1 sign-in failed in the last day', `sso/${id}/errors`],
    ] as const;
    for (const [said, place] of expected) {
      const notice = attention.locator('[data-tone]').filter({ hasText: said });
      expect(await notice.getAttribute('data-tone'), said).toBe(said.includes('has-ended') ? 'bad' : 'warn');
      await notice.getByRole('link', { name: 'Look at it' }).click();
      await page.waitForURL(`**/o/acme/${place}`);
      await page.goBack();
    }
    answers.set('acme-works.example', proof);
    await api('POST', `/domains/${domainId}/verify`);
    await attention.getByText('acme-works.example was not found').waitFor({ state: 'detached' });
    // Else the next sign-in of these tests would go to it.
    await api('DELETE', `/connections/${id}`);
    await attention.getByText('Works IdP').first().waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

/** A user without a name, as a badly mapped client sends it. */
async function failProvisioning(id: string, api: OpenConsole['api']): Promise<void> {
  await api('PATCH', `/connections/${id}/scim`, { enabled: true });
  const { secret } = z
    .object({ secret: z.string() })
    .parse(await api('POST', `/connections/${id}/scim/tokens`));
  const answer = await fetch(`${hub.said.url}/scim/v2/Users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify({ schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'] }),
  });
  expect(answer.status).toBe(400);
}

/** An answer that no identity provider signed. */
async function failSignIn(id: string): Promise<void> {
  const answer = await fetch(`${hub.said.url}/sso/${id}/acs`, {
    method: 'POST',
    body: new URLSearchParams({
      SAMLResponse: Buffer.from('<nonsense/>').toString('base64'),
      RelayState: 'x',
    }),
  });
  expect(answer.status).toBeGreaterThanOrEqual(400);
}

/** Proved once; then the record goes. */
async function failDomain(api: OpenConsole['api']): Promise<void> {
  const shape = z.object({ id: z.string(), record: z.object({ value: z.string() }) });
  const domain = shape.parse(await api('POST', '/domains', { name: 'acme-works.example' }));
  domainId = domain.id;
  proof = [domain.record.value];
  answers.set('acme-works.example', proof);
  await api('POST', `/domains/${domainId}/verify`);
  answers.delete('acme-works.example');
  await api('POST', `/domains/${domainId}/verify`);
}

test('the audit log: found by who and what, before beside after, oldest first, and as files', async () => {
  const { page, go, api, complaints, close } = await open('owner');
  try {
    await api('PATCH', '', { displayName: 'Acme Works' });
    await go('audit');
    await page.getByLabel('By', { exact: true }).fill('olivia');
    await page.getByLabel('Kind').selectOption('organization.');
    await page.getByRole('row', { name: /demo/ }).first().waitFor({ state: 'detached' });
    await page
      .getByRole('button', { name: /^Show organization.update/ })
      .first()
      .click();
    const dialog = page.getByRole('dialog');
    // Side by side, and of all lines only the one that changed is marked.
    const lines = dialog.getByRole('region', { name: 'Before and after' });
    await lines.locator('tr[data-changed]', { hasText: 'displayName' }).waitFor();
    expect(await lines.locator('tr[data-changed]').allInnerTexts()).toEqual([
      '  "displayName": "Acme",\t  "displayName": "Acme Works",',
    ]);
    await dialog.getByRole('button', { name: 'Everything by them' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.waitForURL('**/audit?actor=*');
    await page
      .getByRole('row', { name: /^Connection removed/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await page.getByLabel('By', { exact: true }).fill('olivia');
    await page.getByLabel('Kind').selectOption('organization.');
    await page.getByRole('columnheader', { name: 'When' }).getByRole('button').click();
    await page.waitForURL('**sort=at');
    for (const [label, name] of [
      ['Export CSV', 'acme-audit.csv'],
      ['Export JSON', 'acme-audit.jsonl'],
    ] as const) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: label }).click(),
      ]);
      expect(download.suggestedFilename()).toBe(name);
      const chunks: Buffer[] = [];
      for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
      const text = Buffer.concat(chunks).toString('utf8');
      expect(text).toContain('organization.update');
      expect(text).not.toContain('member.add');
    }
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

test('a change that falls between the page’s first reading and its first hearing is shown', async () => {
  const { page, go, api, close } = await open('owner');
  const hold = Promise.withResolvers<void>();
  try {
    await page.route('**/v1/orgs/acme/changes', async (route) => {
      await hold.promise;
      await route.continue();
    });
    await go('teams');
    await api('POST', '/teams', { name: 'Unheard of' });
    expect(await page.getByText('Unheard of').count()).toBe(0);
    hold.resolve();
    await page.getByText('Unheard of').waitFor();
  } finally {
    hold.resolve();
    await close();
  }
});
