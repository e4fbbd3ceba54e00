import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { DRIFTED, signInDevice } from './devices.ts';
import { type ConsoleHub, openConsole, settled, startConsoleHub } from './open-console.ts';

let hub: ConsoleHub;
let browser: Browser;

beforeAll(async () => {
  [hub, browser] = await Promise.all([startConsoleHub(), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await hub?.stop();
});

test('the first page: numbers, first steps, and what needs attention as it happens', async () => {
  const { page, go, complaints, close } = await openConsole(browser, hub, 'owner');
  try {
    await settled(page);
    await page.getByText('0 of 3 follow their policy (0 %).').waitFor();
    await page.getByText('Nothing needs attention.').waitFor();
    const steps = page.getByRole('region', { name: 'First steps' });
    await steps.getByRole('listitem').filter({ hasText: 'Verify a domain' }).getByText('Done').waitFor();
    await steps.getByRole('button', { name: 'Mark “Enforce sign-in on devices” as done' }).click();
    await page.getByText('All first steps are done.').waitFor();
    await steps.getByRole('button', { name: 'Mark “Enforce sign-in on devices” as not done' }).click();
    await page.getByText('All first steps are done.').waitFor({ state: 'detached' });
    const desk = await signInDevice(hub, 'designer', 'Desk');
    await desk.report(DRIFTED);
    await page.getByText('1 device cannot read a policy file or apply a setting').waitFor();
    await page.getByText('1 device had locked settings edited in the last week').waitFor();
    await page.getByRole('link', { name: 'Look at it' }).first().click();
    await page.waitForURL('**/compliance?hide=1');
    await go('');
    await page
      .getByRole('region', { name: 'Recent changes' })
      .getByText('organization.checklist')
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

test('the audit log: found by who and what, before beside after, oldest first, and as files', async () => {
  const { page, go, api, complaints, close } = await openConsole(browser, hub, 'owner');
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
    const [before, after] = [
      await dialog.getByRole('region', { name: 'Before' }).boundingBox(),
      await dialog.getByRole('region', { name: 'After' }).boundingBox(),
    ];
    expect(before?.y).toBe(after?.y);
    expect(after?.x ?? 0).toBeGreaterThan(before?.x ?? 0);
    await dialog.getByText('Acme Works').waitFor();
    await page.keyboard.press('Escape');
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
