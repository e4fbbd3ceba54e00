import { beforeAll, expect, test } from 'vitest';
import { DRIFTED, type ReportingDevice, signInDevice } from './devices.ts';
import { consoleForFile } from './open-console.ts';

const { hub, open } = consoleForFile();
let desk: ReportingDevice;
let laptop: ReportingDevice;

beforeAll(async () => {
  desk = await signInDevice(hub, 'developer', 'Dana’s desk');
  laptop = await signInDevice(hub, 'designer', 'Dave’s laptop');
  await desk.report();
  await laptop.report(DRIFTED);
});

test('who follows their policy: found, filtered, said in words, and kept up to date while the page is open', async () => {
  const { page, go, complaints, close } = await open('owner');
  try {
    await go('compliance');
    const table = page.getByRole('table', { name: 'Compliance' });
    await table
      .getByRole('row', { name: /Dana’s desk/ })
      .getByText('Compliant', { exact: true })
      .waitFor();
    await page.getByText('1 of 3 follow their policy (33%).').waitFor();
    await page.getByLabel('Hide compliant').check();
    await table.getByRole('link', { name: 'Dana’s desk' }).waitFor({ state: 'detached' });
    await page.getByText('2 rows', { exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('hide')).toBe('1');
    await page.getByRole('button', { name: 'Non-compliant: 1. Show only these' }).click();
    await page.getByText('1 row', { exact: true }).waitFor();
    // A device mends itself elsewhere: the open page shows it without anybody asking.
    await go('compliance?sort=-status');
    await table.getByText('Non-compliant').waitFor();
    await laptop.report();
    await table.getByText('Non-compliant').waitFor({ state: 'detached' });
    await page.getByText('2 of 3 follow their policy (67%).').waitFor();
    await page.getByText('The first day that was counted is today').waitFor();
    await page.getByText('The same as a table').click();
    await page.getByRole('table', { name: 'Trend' }).getByRole('row').nth(1).waitFor();
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});

test('the columns sort, by mouse and keyboard, and the link says how', async () => {
  const { page, go, close } = await open('owner');
  try {
    await go('compliance');
    const head = page.getByRole('columnheader', { name: 'Device' });
    const names = () =>
      page.getByRole('table', { name: 'Compliance' }).locator('tbody td:nth-child(2)').allTextContents();
    await head.getByRole('button').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL('**sort=device');
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    await page.keyboard.press('Enter');
    await page.waitForURL('**sort=-device');
    await expect.poll(names).toEqual(['Dave’s laptop', 'Dana’s desk', 'No device yet']);
    await page.reload();
    await expect.poll(names).toEqual(['Dave’s laptop', 'Dana’s desk', 'No device yet']);
  } finally {
    await close();
  }
});

test('the file has the rows of the filter', async () => {
  const { page, go, close } = await open('owner');
  try {
    await go('compliance?search=dave&hide=');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Export CSV' }).click(),
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk));
    const lines = Buffer.concat(chunks).toString('utf8').trim().split('\r\n');
    expect(lines[0]).toContain('What to do');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain('Dave’s laptop');
  } finally {
    await close();
  }
});

test('one device: what to do, who decided what, what was put right; named, and forgotten with what is lost', async () => {
  await laptop.report({ ...DRIFTED, reportId: crypto.randomUUID() });
  const { page, go, complaints, close } = await open('owner');
  try {
    await go('compliance');
    await page.getByRole('link', { name: 'Dave’s laptop' }).click();
    await page.getByRole('heading', { level: 1, name: 'Dave’s laptop' }).waitFor();
    await page.getByText('The device could not apply all of the policy').waitFor();
    await page.getByText('The file is not valid JSON: line 3 ends too early.').waitFor();
    const settings = page.getByRole('table', { name: 'Managed settings' });
    await settings
      .getByRole('row', { name: /Send usage data.*Organization policy.*Locked.*In force/ })
      .waitFor();
    await page
      .getByRole('table', { name: 'Drift' })
      .getByRole('row', { name: /Send usage data.*On.*Off/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Rename', exact: true }).click();
    await page.getByRole('dialog').getByRole('textbox', { name: 'Name of the device' }).fill('Studio');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Studio' }).waitFor();
    await page.getByRole('button', { name: 'Forget' }).click();
    await page.getByText('Its reports, repairs and name are lost.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Forget' }).click();
    await page.waitForURL('**/o/acme/compliance');
    await page.getByRole('link', { name: 'Studio' }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  } finally {
    await close();
  }
});
