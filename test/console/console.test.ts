import type { Page } from '@playwright/test';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { consoleForFile, type OpenConsole, settled } from './open-console.ts';

const { hub, browser, visit } = consoleForFile();

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: typeof name === 'string' });
const policyShape = z.object({
  id: z.string(),
  revision: z.int(),
  document: z.record(z.string(), z.unknown()),
  text: z.string(),
});

/** A policy of its own for a test, made through the API. */
async function newPolicy({ api }: OpenConsole, name: string): Promise<z.infer<typeof policyShape>> {
  const text =
    '{\n  // kept\n  "configurationFileVersion": 2,\n  "analyticsEnabled": { "locked": true, "value": false }\n}\n';
  return policyShape.parse(await api('POST', '/policies', { name, text }));
}

describe('who may see what', () => {
  test('without a session the hub asks to sign in and then leads back to the page that was wanted', async () => {
    const context = await browser().newContext({ baseURL: hub.said.url });
    const page = await context.newPage();
    await page.goto('/o/acme/members?role=owner');
    await page.waitForURL('**/sign-in?next=**');
    await page.locator('input[name="email"]').fill(hub.said.ownerEmail);
    await page.locator('form:has(input[name="email"]) button[type="submit"]').first().click();
    await page.locator('input[name="password"]').fill(hub.said.ownerPassword);
    await page.locator('form:has(input[name="password"]) button[type="submit"]').first().click();
    await page.waitForURL('**/o/acme/members?role=owner');
    await page.getByText('1 member', { exact: true }).waitFor();
    await context.close();
  });

  test('a member sees their own settings and nothing else', async () => {
    await visit('developer', async ({ page, go }) => {
      await settled(page);
      expect(await page.locator('nav a').allTextContents()).toEqual(['My settings']);
      await page
        .getByRole('row', { name: /Send usage data/ })
        .first()
        .waitFor();
      await go('tokens');
      await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor();
    });
  });

  test('an editor works on policies and sees neither tokens nor the audit log', async () => {
    await visit('owner', async ({ api }) => {
      const found = z.object({ members: z.array(z.object({ userId: z.string() })) });
      const { members } = found.parse(await api('GET', `/members?search=${hub.said.designerEmail}`));
      await api('PATCH', `/members/${members[0]?.userId}`, { role: 'editor' });
    });
    await visit('designer', async ({ page, go }) => {
      const links = await page.locator('nav a').allTextContents();
      expect(links).toContain('Policies');
      expect(links).not.toContain('API tokens');
      expect(links).not.toContain('Audit log');
      await go('members');
      await page.getByRole('table', { name: 'Members' }).waitFor();
      expect(await button(page, 'Add member').count()).toBe(0);
      await go('audit');
      await page.getByRole('heading', { level: 1, name: 'There is nothing here' }).waitFor();
    });
  });

  test('signing out ends the session', async () => {
    await visit('secondOwner', async ({ page }) => {
      await page.getByRole('link', { name: 'Sign out' }).click();
      await page.locator('form button[type="submit"], form button').first().click();
      await page.goto('/');
      await page.waitForURL('**/sign-in?*');
    });
  });
});

describe('policies', () => {
  test('a choice in the editor changes only its own place, and becomes a revision with its reason', async () => {
    await visit('owner', async (opened) => {
      const { page, go, api } = opened;
      const policy = await newPolicy(opened, 'Edited');
      await go(`policies/${policy.id}`);
      const analytics = page.locator('[data-setting="analyticsEnabled"] select');
      expect(await analytics.inputValue()).toBe('always-off');
      await analytics.selectOption('on');
      const memory = page.locator('[data-setting="memoryMiB"]');
      await memory.locator('select').selectOption('locked');
      await memory.locator('input').fill('4096');
      await page.getByRole('textbox', { name: 'Reason' }).fill('More room');
      await button(page, 'Save as new revision').click();
      await page.getByText('Saved as revision 2.').waitFor();
      const saved = policyShape.parse(await api('GET', `/policies/${policy.id}`));
      expect(saved.document).toMatchObject({
        analyticsEnabled: { locked: false, value: true },
        memoryMiB: { locked: true, value: 4096 },
      });
      expect(saved.text).toContain('// kept');
      await page.getByRole('link', { name: 'History' }).click();
      await page.getByRole('row', { name: /More room/ }).waitFor();
      await button(page, 'Roll back to revision 1').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
      await page.getByRole('row', { name: /^3/ }).waitFor();
      const back = policyShape.parse(await api('GET', `/policies/${policy.id}`));
      expect(back.text).toBe(policy.text);
    });
  });

  test('a value that is out of range is named at its setting and cannot be saved', async () => {
    await visit('owner', async (opened) => {
      const { page, go } = opened;
      const policy = await newPolicy(opened, 'Out of range');
      await go(`policies/${policy.id}`);
      const memory = page.locator('[data-setting="memoryMiB"]');
      await memory.locator('select').selectOption('suggested');
      await memory.locator('input').fill('1');
      await memory.getByRole('alert').waitFor();
      expect(await button(page, 'Save as new revision').isDisabled()).toBe(true);
    });
  });

  test('two people save at once: the second keeps what they typed and decides', async () => {
    await visit('owner', async (first) => {
      const policy = await newPolicy(first, 'Contended');
      await first.go(`policies/${policy.id}`);
      await first.page.locator('[data-setting="analyticsEnabled"] select').selectOption('open');
      await visit('designer', async (second) => {
        await second.api(
          'PATCH',
          `/policies/${policy.id}`,
          { document: { disableUpdate: { locked: true, value: true } } },
          { 'if-match': '*' },
        );
      });
      // The page hears of it by itself, before anybody tries to save.
      const { page } = first;
      await page.getByText('Somebody else saved revision 2 meanwhile').waitFor();
      expect(await page.locator('[data-setting="analyticsEnabled"] select').inputValue()).toBe('open');
      expect(await button(page, 'Save as new revision').isDisabled()).toBe(true);
      await page.getByRole('link', { name: 'Compare yours with theirs' }).click();
      await page.getByRole('table', { name: 'Differences by setting' }).waitFor();
      await button(page, 'Keep mine, over theirs').click();
      await button(page, 'Save as new revision').click();
      await page.getByText('Saved as revision 3.').waitFor();
      const saved = policyShape.parse(await first.api('GET', `/policies/${policy.id}`));
      expect(saved.document).toEqual({ configurationFileVersion: 2 });
    });
  });

  test('what was typed outlives a hub out of reach and a look at another page', async () => {
    await visit('owner', async (opened) => {
      const { page, go, context } = opened;
      const policy = await newPolicy(opened, 'Offline');
      await go(`policies/${policy.id}`);
      await page.locator('[data-setting="analyticsEnabled"] select').selectOption('on');
      await context.setOffline(true);
      await button(page, 'Save as new revision').click();
      // Said once, where somebody waits for it.
      await expect
        .poll(() => page.getByText('The hub cannot be reached.').count(), { timeout: 20_000 })
        .toBe(1);
      await context.setOffline(false);
      await page.getByRole('link', { name: 'Teams', exact: true }).click();
      await page.getByRole('heading', { level: 1, name: 'Teams' }).waitFor();
      await page.goBack();
      expect(await page.locator('[data-setting="analyticsEnabled"] select').inputValue()).toBe('on');
      await button(page, 'Save as new revision').click();
      await page.getByText('Saved as revision 2.').waitFor();
    });
  });

  test('says once that what is shown could not be read again, and reads it at the next press', async () => {
    await visit('owner', async ({ page, go, api }) => {
      await go('teams');
      const addresses = /\/v1\/orgs\/acme\/teams/;
      const internal = { code: 'internal', message: 'Something went wrong in the hub (reference 7).' };
      await page.route(addresses, (route) => route.fulfill({ status: 500, json: { error: internal } }));
      await api('POST', '/teams', { name: 'Made elsewhere' });
      const notice = page.getByRole('status').filter({ hasText: 'could not be read again' });
      await notice.getByText(internal.message).waitFor();
      expect(await page.getByText(internal.message).count()).toBe(1);
      await page.unroute(addresses);
      await button(page, 'Try again').click();
      await page.getByRole('link', { name: 'Made elsewhere' }).waitFor();
      await notice.waitFor({ state: 'detached' });
    });
  });

  test('an import shows its problems by line and is not taken while it has errors', async () => {
    await visit('owner', async ({ page, go }) => {
      await go('policies');
      await button(page, 'New policy').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: 'Name' }).fill('Imported');
      await dialog.getByLabel('Begin with').selectOption('import');
      const text = dialog.getByRole('textbox', { name: 'Document' });
      await text.fill('{\n  "configurationFileVersion": 2,\n  "cpus": { "locked": true, "value": "two" }\n}');
      await dialog.getByText('line 3').waitFor();
      const create = dialog.getByRole('button', { name: 'New policy' });
      expect(await create.isDisabled()).toBe(true);
      await text.fill('{\n  "configurationFileVersion": 2,\n  "cpus": { "locked": true, "value": 2 }\n}');
      await create.click();
      await page.getByRole('heading', { level: 1, name: 'Imported' }).waitFor();
      await page.getByLabel('Only what this policy sets').check();
      await page.getByText('1 setting', { exact: true }).waitFor();
    });
  });

  test('a pasted list says line by line what would happen, and whom it moves from which policy, before it does', async () => {
    await visit('owner', async (opened) => {
      const { page, go, api } = opened;
      const former = await newPolicy(opened, 'Former');
      const { members } = z
        .object({ members: z.array(z.object({ userId: z.string() })) })
        .parse(await api('GET', `/members?search=${hub.said.designerEmail}`));
      await api('PUT', `/members/${members[0]?.userId}/policy`, { policyId: former.id });
      const policy = await newPolicy(opened, 'Assigned');
      await go(`policies/${policy.id}/assigned`);
      await page
        .getByLabel('E-mail addresses')
        .fill(`Dave <${hub.said.designerEmail}>, nobody@acme.example\n\nnot an address`);
      await button(page, 'Look at each line').click();
      const table = page.getByRole('table', { name: 'What happens to each line' });
      await table.getByRole('row', { name: `1 ${hub.said.designerEmail} Moves from “Former”` }).waitFor();
      await table.getByRole('row', { name: '1 nobody@acme.example Not a member' }).waitFor();
      await table.getByRole('row', { name: '3 not an address Not an e-mail address' }).waitFor();
      expect(await api('GET', `/policies/${policy.id}/users`)).toMatchObject({ users: [] });
      await button(page, 'Assign to 1 user').click();
      await page.getByText('1 user has the policy now.').waitFor();
      await page.getByRole('table', { name: 'Users' }).getByText(hub.said.designerEmail).waitFor();
    });
  });
});

describe('the other pages', () => {
  test('members: found by the address alone, added with a link, their policy explained, removed with what is lost', async () => {
    await visit('owner', async ({ page, go }) => {
      await go('members?search=dana');
      await page.getByText('1 member', { exact: true }).waitFor();
      await page.getByRole('link', { name: 'Dana Developer' }).click();
      await page.getByRole('heading', { level: 1, name: 'Dana Developer' }).waitFor();
      const effective = page.getByRole('table', { name: 'Effective policy' });
      await effective.locator('summary').first().click();
      await effective
        .getByRole('listitem')
        .filter({ hasText: /^User policy: .+ – The user's policy/ })
        .first()
        .waitFor();
      await go('members');
      await button(page, 'Add member').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('textbox', { name: 'E-mail address' }).fill('not an address');
      await dialog.getByRole('button', { name: 'Add member' }).click();
      await dialog.getByText('must be an e-mail address').waitFor();
      await dialog.getByRole('textbox', { name: 'E-mail address' }).fill('nora@acme.example');
      await dialog.getByRole('textbox', { name: 'Name' }).fill('Nora New');
      await dialog.getByRole('button', { name: 'Add member' }).click();
      await page.getByText('nora@acme.example is a member now').waitFor();
      await button(page, 'Copy the link').waitFor();
      await page.getByRole('link', { name: 'Nora New' }).click();
      await button(page, 'Password link').click();
      await dialog.getByRole('button', { name: 'Make the link' }).click();
      await dialog.getByText('No letter was sent: hand the link over.').waitFor();
      expect(await dialog.locator('code').textContent()).toMatch(/\/setup\/\S{20,}$/);
      // The cross beside the title says the same.
      await dialog.getByRole('button', { name: 'Close' }).last().click();
      await dialog.waitFor({ state: 'detached' });
      await button(page, 'Remove member').click();
      await page.getByText('This is lost:').waitFor();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove member' }).click();
      await page.waitForURL('**/o/acme/members');
    });
  });

  test('a token’s secret is shown once', async () => {
    await visit('owner', async ({ page, go }) => {
      await go('tokens');
      await button(page, 'New token').click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Robot');
      await page.getByRole('dialog').getByRole('button', { name: 'New token' }).click();
      await page.getByText('Copy it now: it is shown only this once.').waitFor();
      const secret = await page.locator('code').first().textContent();
      const answer = await fetch(`${hub.said.url}/v1/orgs/acme`, {
        headers: { authorization: `Bearer ${secret}` },
      });
      expect(answer.status).toBe(200);
      await go('tokens');
      expect(await page.content()).not.toContain(secret);
      await button(page, 'Revoke “Robot”').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
      await page.getByRole('row', { name: /Robot/ }).waitFor({ state: 'detached' });
    });
  });

  test('domains, teams, organization and the audit log of it all', async () => {
    await visit('owner', async ({ page, go }) => {
      await go('domains');
      await button(page, 'Add domain').click();
      const domain = page.getByRole('dialog').getByRole('textbox', { name: 'Domain' });
      // Only the hub knows whose a domain cannot be, and it is said at the field.
      await domain.fill('gmail.com');
      await page.getByRole('dialog').getByRole('button', { name: 'Add domain' }).click();
      await page.getByText('gmail.com is a mail domain that anybody can get an address in').waitFor();
      await domain.and(page.locator('[aria-invalid="true"]')).waitFor();
      await domain.fill('new.acme-example.com');
      await page.getByRole('dialog').getByRole('button', { name: 'Add domain' }).click();
      await page.getByRole('region', { name: 'new.acme-example.com' }).getByText('TXT').waitFor();
      await go('teams');
      await button(page, 'New team').click();
      await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Harbour');
      await page.getByRole('dialog').getByRole('button', { name: 'New team' }).click();
      await page.getByRole('heading', { level: 1, name: 'Harbour' }).waitFor();
      await page.getByLabel('Search members').fill('dana');
      await button(page, `Add: ${hub.said.developerEmail}`).click();
      await page.getByRole('link', { name: 'Dana Developer' }).waitFor();
      await go('organization');
      await page.getByRole('textbox', { name: 'Contact', exact: true }).fill('IT Help');
      await page.getByRole('textbox', { name: 'Address of the contact' }).fill('javascript:alert(1)');
      await button(page, 'Save').click();
      await page.getByText('must be an http, https or mailto address').waitFor();
      const wrong = page.getByRole('textbox', { name: 'Address of the contact' });
      await wrong.and(page.locator(':focus')).waitFor();
      await page.getByRole('textbox', { name: 'Address of the contact' }).fill('mailto:it@acme.example');
      await button(page, 'Save').click();
      await page.getByText('Saved.').waitFor();
      await go('audit?kind=organization.');
      await button(page, /^Show organization.update/)
        .first()
        .click();
      await page.getByRole('dialog').getByText('IT Help').waitFor();
    });
  });
});
