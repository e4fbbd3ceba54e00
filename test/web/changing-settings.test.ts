import type { Browser, Locator } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchBrowser } from '../browser.ts';
import { type BuiltDashboard, buildDashboard } from './build-dashboard.ts';
import { GROUNDS, type Ground, type OpenDashboard, openDashboard } from './open-dashboard.ts';
import { labelOf } from './sample-settings.ts';
import { managedWorld, walledWorld } from './stand-in-world.ts';

let browser: Browser;
let built: BuiltDashboard;
let dashboard: OpenDashboard;

beforeAll(async () => {
  [browser, built] = await Promise.all([launchBrowser(), buildDashboard()]);
});
afterAll(async () => {
  await browser?.close();
  await built?.remove();
});

const row = (id: string): Locator => dashboard.page.locator(`[data-setting="${id}"]`);
const button = (name: string | RegExp): Locator => dashboard.page.getByRole('button', { name, exact: true });
const toggle = (id: string) => row(id).locator('[role="switch"] + span').click();
const apply = async () => {
  await button('Apply').click();
  await dashboard.page.getByText(/settings? saved/).waitFor();
};

/** A dashboard of its own for every test of this part. */
function openEach(ground: Ground): void {
  beforeEach(async () => {
    dashboard = await openDashboard(browser, built.folder, managedWorld(), { ground });
  });
  afterEach(async () => {
    const { complaints } = dashboard;
    await dashboard.close();
    expect(complaints).toEqual([]);
  });
}

describe.each(GROUNDS)('changing settings %s', (ground) => {
  openEach(ground);

  test('every kind of control changes its setting, and one request carries all', async () => {
    const { page, agent } = dashboard;
    await toggle('resourceSaver');
    await row('swapMiB').locator('input').fill('2048');
    await row('containerTerminal').locator('select').selectOption('system');
    await row('diskImageLocation').locator('input').fill('/Volumes/Fast');
    await row('engineInsecureRegistries')
      .getByRole('button', { name: /Add entry/ })
      .click();
    await row('engineInsecureRegistries').locator('input').fill('registry.lan:5000');
    await page.keyboard.press('Enter');
    await page.keyboard.type('second.lan:5000');
    await row('builders')
      .getByRole('button', { name: /Add entry/ })
      .click();
    await row('builders')
      .getByLabel(/entry 1: Name/)
      .fill('remote-arm');
    await row('containersProxyEmbeddedPac').locator('textarea').fill('function FindProxyForURL() {}');
    await expect.poll(() => page.getByText('7 unsaved changes').count()).toBe(1);
    await apply();
    expect(agent.changes).toEqual([
      {
        set: {
          resourceSaver: false,
          swapMiB: 2048,
          containerTerminal: 'system',
          diskImageLocation: '/Volumes/Fast',
          engineInsecureRegistries: ['registry.lan:5000', 'second.lan:5000'],
          builders: [expect.objectContaining({ name: 'remote-arm' })],
          containersProxyEmbeddedPac: 'function FindProxyForURL() {}',
        },
      },
    ]);
    await expect.poll(() => row('swapMiB').locator('input').inputValue()).toBe('2048');
    await expect.poll(() => page.locator('[data-changed]').count()).toBe(0);
  });

  test('Cancel puts everything back and asks the agent nothing', async () => {
    await toggle('resourceSaver');
    await row('swapMiB').locator('input').fill('4096');
    await button('Cancel').click();
    await expect.poll(() => row('resourceSaver').getByRole('switch').isChecked()).toBe(true);
    await expect.poll(() => row('swapMiB').locator('input').inputValue()).toBe('1024');
    await expect.poll(() => dashboard.page.getByRole('region', { name: 'Unsaved changes' }).count()).toBe(0);
    expect(dashboard.agent.changes).toEqual([]);
  });

  test('what is plainly wrong is said at the control before anything is sent', async () => {
    const { page } = dashboard;
    await row('memoryMiB').locator('input').fill('99');
    await row('memoryMiB').getByText('Enter a whole number of 512 or more.').waitFor();
    await expect.poll(() => row('memoryMiB').locator('input').getAttribute('aria-invalid')).toBe('true');
    await expect.poll(() => button('Apply').isDisabled()).toBe(true);
    await page.getByText('1 entry needs mending first').waitFor();
    await row('memoryMiB').locator('input').fill('4096');
    await expect.poll(() => row('memoryMiB').locator('[role="alert"]').count()).toBe(0);
    await expect.poll(() => button('Apply').isEnabled()).toBe(true);
  });

  test('what is no whole number stays as it was typed, and is never taken for another one', async () => {
    const { page, agent } = dashboard;
    const memory = row('memoryMiB').locator('input');
    for (const [typed, shown] of [
      ['4.5', '4.5'],
      ['-1', '-1'],
      ['8,5', '8.5'],
      ['90071992547409930', '90071992547409930'],
    ] as const) {
      await memory.fill('');
      await memory.pressSequentially(typed);
      expect(await memory.inputValue()).toBe(shown);
      await row('memoryMiB').getByText('Enter a whole number of 512 or more.').waitFor();
      await expect.poll(() => button('Apply').isDisabled()).toBe(true);
    }
    await memory.fill('');
    await memory.pressSequentially('06144');
    await expect.poll(() => memory.inputValue()).toBe('6144');
    await page.keyboard.press('ArrowUp');
    await apply();
    expect(agent.changes).toEqual([{ set: { memoryMiB: 6145 } }]);
  });

  test('a refusal stands at its control, the others are kept back, and nothing is lost', async () => {
    const { page, agent } = dashboard;
    await row('containersProxyTransparentPorts').locator('input').fill('80,notaport');
    await toggle('resourceSaver');
    await button('Apply').click();
    await page.getByText('1 change was refused, so nothing was saved.').waitFor();
    await row('containersProxyTransparentPorts')
      .getByText(/It has to be/)
      .waitFor();
    expect(agent.world.choices.has('resourceSaver')).toBe(false);
    await expect.poll(() => row('resourceSaver').getByRole('switch').isChecked()).toBe(false);
    await button('Show').click();
    const focused = row('containersProxyTransparentPorts').locator('input:focus');
    await focused.waitFor();
    await row('containersProxyTransparentPorts').locator('input').fill('80,443');
    await apply();
    expect(agent.world.choices.get('containersProxyTransparentPorts')).toBe('80,443');
    expect(agent.world.choices.get('resourceSaver')).toBe(false);
  });

  test('Reset returns to the suggestion, not to the built-in default', async () => {
    const { agent } = dashboard;
    await row('memoryMiB').getByRole('button', { name: 'Reset to suggested value' }).click();
    await expect.poll(() => row('memoryMiB').locator('input').inputValue()).toBe('8192');
    await row('memoryMiB').getByText('Will return to 8,192 MiB').waitFor();
    await apply();
    expect(agent.changes).toEqual([{ reset: ['memoryMiB'] }]);
    await expect.poll(() => row('memoryMiB').locator('[data-reset]').count()).toBe(0);
  });

  test('a change made elsewhere appears by itself', async () => {
    const { agent } = dashboard;
    agent.world.choices.set('swapMiB', 3072);
    agent.emit({ type: 'settings', changed: ['swapMiB'] });
    await expect.poll(() => row('swapMiB').locator('input').inputValue()).toBe('3072');
  });

  test('a lock that comes while editing drops the edit and says so', async () => {
    const { page, agent } = dashboard;
    await row('swapMiB').locator('input').fill('4096');
    agent.become({ documents: { 'user-policy': { swapMiB: { locked: true, value: 512 } } } });
    await page.getByText(`Your unsaved change to ${labelOf('swapMiB')} was dropped`).waitFor();
    await expect.poll(() => row('swapMiB').locator('input').inputValue()).toBe('512');
    await expect.poll(() => row('swapMiB').locator('input').isDisabled()).toBe(true);
    await expect.poll(() => button('Apply').count()).toBe(0);
  });
});

describe('changing settings', () => {
  openEach('in a browser');

  test('a control keeps what was applied while an event has the settings read once more', async () => {
    const { page, agent } = dashboard;
    const swap = row('swapMiB').locator('input');
    await swap.fill('4096');
    const held = Promise.withResolvers<void>();
    const asked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    // The event that the change itself makes is too early or too late for this, as it happens to come.
    agent.silence(true);
    let reads = 0;
    await page.route('**/v1/settings', async (route) => {
      if (route.request().method() !== 'GET') return route.continue();
      asked[reads]?.resolve();
      reads += 1;
      await held.promise;
      // The one that was given up cannot be answered.
      await route.continue().catch(() => undefined);
    });
    await button('Apply').click();
    await asked[0]?.promise;
    agent.silence(false);
    agent.emit({ type: 'settings', changed: ['swapMiB'] });
    await asked[1]?.promise;
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    expect(await swap.inputValue()).toBe('4096');
    held.resolve();
    await page.getByText('1 setting saved').waitFor();
    expect(await swap.inputValue()).toBe('4096');
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });

  test('what has to be mended is shown wherever a search, a filter or another category hides it', async () => {
    const { page } = dashboard;
    const ports = row('containersProxyTransparentPorts').locator('input');
    await ports.fill('80,notaport');
    await button('Apply').click();
    await page.getByText('1 change was refused').waitFor();
    await page.getByLabel('Search settings').fill('theme');
    await ports.waitFor({ state: 'hidden' });
    await button('Show').click();
    await ports.and(page.locator(':focus')).waitFor();
    await ports.fill('80');
    await row('memoryMiB').locator('input').fill('1');
    await dashboard.go('settings/Cloud');
    await page.getByLabel('Managed only').setChecked(true);
    await row('memoryMiB').waitFor({ state: 'hidden' });
    await button('Show').click();
    await row('memoryMiB').locator('input:focus').waitFor();
    expect(await page.getByLabel('Managed only').isChecked()).toBe(false);
  });

  test('an entry that is added has the focus, and its lines lose what is empty in them', async () => {
    const { page, agent } = dashboard;
    await row('builders')
      .getByRole('button', { name: /Add entry/ })
      .click();
    await page.keyboard.type('remote-arm');
    const platforms = row('builders').locator('textarea');
    await platforms.fill('');
    await platforms.pressSequentially('linux/arm64\n\n linux/amd64 \n');
    // From within the field, which is left for it and has the focus again.
    await page.keyboard.press('Control+s');
    await page.getByText('1 setting saved').waitFor();
    expect(await platforms.evaluate('document.activeElement.tagName')).toBe('TEXTAREA');
    const platformsSent = { platforms: ['linux/arm64', 'linux/amd64'] };
    expect(agent.changes).toEqual([
      { set: { builders: [expect.objectContaining({ name: 'remote-arm', ...platformsSent })] } },
    ]);
  });

  test('lines that are pasted become entries, behind the one where they are pasted', async () => {
    const mirrors = row('engineRegistryMirrors').locator('input');
    const paste = (text: string) =>
      dashboard.page.evaluate(
        `(() => { const clipboardData = new DataTransfer(); clipboardData.setData('text', ${JSON.stringify(text)});
        document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })); })()`,
      );
    const entries = async () => Promise.all((await mirrors.all()).map((entry) => entry.inputValue()));
    await mirrors.first().focus();
    await paste('one\r\n\n two \n');
    await expect.poll(entries).toEqual(['https://mirror.gcr.io', 'one', 'two']);
    await dashboard.page.keyboard.press('Enter');
    await paste('three\nfour');
    await expect.poll(entries).toEqual(['https://mirror.gcr.io', 'one', 'two', 'three', 'four']);
  });

  test('a field without what it needs says so, and no more as soon as that is chosen', async () => {
    const { agent } = dashboard;
    agent.become({ documents: {} });
    const http = row('proxyHttp');
    const idle = `No effect now: needs “${labelOf('proxyMode')}” set to manual`;
    await http.getByText(idle, { exact: true }).waitFor();
    expect(await http.locator('input').isEnabled()).toBe(true);
    await row('proxyMode').locator('select').selectOption('manual');
    await http.getByText(`Matters only with “${labelOf('proxyMode')}” set to manual`).waitFor();
    expect(await dashboard.page.locator('[data-setting="proxyHttp"][data-idle]').count()).toBe(0);
    await button('Cancel').click();
    await http.getByText(idle, { exact: true }).waitFor();
  });

  test('what an entry lacks is marked at its field', async () => {
    await row('builders')
      .getByRole('button', { name: /Add entry/ })
      .click();
    const name = row('builders').getByLabel(/entry 1: Name/);
    await expect.poll(() => name.getAttribute('aria-invalid')).toBe('true');
    await name.fill('arm');
    await expect.poll(() => name.getAttribute('aria-invalid')).toBe(null);
  });

  test('a choice can be left to the computer only where nothing else is suggested', async () => {
    const options = () => row('containersProxyMode').locator('option').allTextContents();
    await expect.poll(options).toEqual(['Not set', 'system', 'manual']);
    await row('containersProxyMode').locator('select').selectOption('manual');
    await apply();
    await row('containersProxyMode').locator('select').selectOption({ label: 'Not set' });
    await apply();
    expect(dashboard.agent.changes).toEqual([
      { set: { containersProxyMode: 'manual' } },
      { reset: ['containersProxyMode'] },
    ]);
    const containersProxy = { locked: false, mode: 'manual' };
    dashboard.agent.become({ documents: { 'user-policy': { containersProxy } } });
    await expect.poll(options).toEqual(['system', 'manual']);
  });

  test('what was changed before everything is held waits, while the value in force is shown', async () => {
    const { page, agent } = dashboard;
    const swap = row('swapMiB').locator('input');
    await swap.fill('4096');
    agent.become({ freeze: { code: 'policy_stale', source: 'user-policy' } });
    await row('swapMiB').getByText('Held at its present value').waitFor();
    await expect.poll(() => swap.inputValue()).toBe('1024');
    await page.getByText('Settings are held at present.').waitFor();
    expect(await button('Apply').isDisabled()).toBe(true);
    agent.become({ freeze: null });
    await expect.poll(() => swap.inputValue()).toBe('4096');
    await apply();
    expect(agent.changes).toEqual([{ set: { swapMiB: 4096 } }]);
  });

  test('changes begun before the wall rose wait behind it, and the proxy is applied without them', async () => {
    const { page, agent } = dashboard;
    const { account } = agent.world;
    await row('swapMiB').locator('input').fill('4096');
    agent.become({ account: walledWorld().account, documents: {} });
    await page.getByRole('heading', { name: 'Sign in to continue' }).waitFor();
    await dashboard.go('proxy');
    expect(await button('Apply').count()).toBe(0);
    await row('proxyHttp').locator('input').fill('http://proxy.example:3128');
    await page.getByText('1 unsaved change').waitFor();
    await button('Cancel').click();
    await row('proxyHttp').locator('input').fill('http://proxy.example:3129');
    await apply();
    expect(agent.changes).toEqual([{ set: { proxyHttp: 'http://proxy.example:3129' } }]);
    agent.become({ account });
    await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    await expect.poll(() => row('swapMiB').locator('input').inputValue()).toBe('4096');
  });

  test('a list of thousands scrolls by itself, by the keyboard too, and what follows stays near', async () => {
    const { page, agent } = dashboard;
    const exclude = Array.from({ length: 2_000 }, (_, index) => `host-${index}.example`);
    agent.become({ documents: { 'user-policy': { proxy: { locked: true, exclude } } } });
    await dashboard.go('settings/Proxies');
    await expect.poll(() => row('proxyExclude').locator('input').count()).toBe(exclude.length);
    const size = async () => (await row('proxyExclude').boundingBox())?.height;
    expect(await size()).toBeLessThan(600);
    const list = row('proxyExclude').locator('[role="group"]');
    await list.focus();
    await page.keyboard.press('End');
    await expect.poll(() => row('proxyExclude').locator('input').last().isVisible()).toBe(true);
    const seen = () =>
      page.evaluate(
        `(({ scrollTop, clientHeight, scrollHeight }) => scrollTop + clientHeight >= scrollHeight - 2)(document.activeElement)`,
      );
    await expect.poll(seen).toBe(true);
  });

  test('a tab with unsaved changes is not left without being asked, and any other is', async () => {
    const leaves = () =>
      dashboard.page.evaluate(`dispatchEvent(new Event('beforeunload', { cancelable: true }))`);
    expect(await leaves()).toBe(true);
    await row('swapMiB').locator('input').fill('4096');
    await dashboard.page.getByText('1 unsaved change').waitFor();
    expect(await leaves()).toBe(false);
    await button('Cancel').click();
    await expect.poll(leaves).toBe(true);
  });

  test('a number stands with its unit and its range, a group with its lock, a category with its locks', async () => {
    const { page } = dashboard;
    expect(await row('memoryMiB').textContent()).toMatch(/At least 512 MiB/);
    expect(await row('memoryMiB').getByText('MiB', { exact: true }).count()).toBe(1);
    await row('diskSizeMiB').locator('input').fill('1');
    await row('diskSizeMiB').getByText('MiB', { exact: true }).waitFor();
    const nodes = row('kubernetesNodesCount');
    await nodes.getByText('node', { exact: true }).waitFor();
    await nodes.locator('input').fill('2');
    await nodes.getByText('nodes', { exact: true }).waitFor();
    expect(await page.getByText('These settings share one lock').count()).toBeGreaterThan(1);
    const proxies = page
      .getByRole('navigation', { name: 'Categories' })
      .getByRole('link', { name: /^Proxies/ });
    expect(await proxies.textContent()).toBe('Proxies77 locked');
  });

  test('an edit that is taken back by hand leaves nothing to apply', async () => {
    await toggle('resourceSaver');
    await toggle('resourceSaver');
    expect(await button('Apply').count()).toBe(0);
  });

  test('unsaved changes outlive a look at another page', async () => {
    await row('swapMiB').locator('input').fill('4096');
    await dashboard.go('policy');
    await dashboard.go('settings/Resources');
    expect(await row('swapMiB').locator('input').inputValue()).toBe('4096');
    expect(await dashboard.page.getByText('1 unsaved change').count()).toBe(1);
  });

  test('broken JSON is shown with its line and column', async () => {
    dashboard.agent.become({ documents: {} });
    const options = row('linuxDaemonOptions').locator('textarea');
    await expect.poll(() => options.isEnabled()).toBe(true);
    await options.fill('{\n  "debug": tru\n}');
    await row('linuxDaemonOptions')
      .getByText(/line 2, column 12/)
      .waitFor();
    await options.fill('{ "debug": true }');
    await apply();
    expect(dashboard.agent.changes).toEqual([{ set: { linuxDaemonOptions: '{ "debug": true }' } }]);
  });

  test('emptying a setting that the computer decides returns it to that', async () => {
    const { agent } = dashboard;
    agent.world.choices.set('diskImageLocation', '/Volumes/Fast');
    agent.emit({ type: 'settings', changed: ['diskImageLocation'] });
    const folder = row('diskImageLocation').locator('input');
    await expect.poll(() => folder.inputValue()).toBe('/Volumes/Fast');
    await folder.fill('');
    await apply();
    expect(agent.changes).toEqual([{ reset: ['diskImageLocation'] }]);
  });

  test('Reset all asks first and leaves locked settings alone', async () => {
    const { page, agent } = dashboard;
    await row('swapMiB').locator('input').fill('4096');
    await button('Reset all').click();
    const dialog = page.getByRole('dialog', { name: 'Reset all settings?' });
    await dialog.getByText('All your 3 choices').waitFor();
    await dialog.getByRole('button', { name: 'Reset all' }).click();
    await page.getByText(/settings? saved/).waitFor();
    expect(agent.changes).toEqual([{ resetAll: true }]);
    expect(await page.locator('[data-reset]').count()).toBe(0);
    // What is typed and not applied is no choice.
    expect(await row('swapMiB').locator('input').inputValue()).toBe('4096');
    expect(await page.getByText('1 unsaved change').count()).toBe(1);
  });

  test('the page looks as the setting says, until its reader chooses otherwise for this tab', async () => {
    const { page, agent } = dashboard;
    const looks = (scheme: string) => page.locator(`html[data-mantine-color-scheme="${scheme}"]`).waitFor();
    await page.emulateMedia({ colorScheme: 'light' });
    await looks('dark');
    agent.become({ documents: { 'user-policy': { theme: { locked: true, value: 'light' } } } });
    await page.emulateMedia({ colorScheme: 'dark' });
    await looks('light');
    await page.getByTitle('System').click();
    await looks('dark');
    agent.become({ documents: {} });
    agent.world.choices.set('theme', 'light');
    agent.emit({ type: 'settings', changed: ['theme'] });
    await page.locator('[data-setting="theme"] [data-reset]').waitFor();
    await looks('dark');
  });

  test('while the agent is away the page says so, applies nothing, and recovers by itself', async () => {
    const { page } = dashboard;
    await row('swapMiB').locator('input').fill('4096');
    await page.context().setOffline(true);
    const away = page.getByText('The agent is not answering. You see what was last known');
    // A stream may just have been on its way.
    await expect
      .poll(() => {
        dashboard.agent.dropStreams();
        return away.isVisible();
      })
      .toBe(true);
    expect(await button('Apply').isDisabled()).toBe(true);
    await page.context().setOffline(false);
    await away.waitFor({ state: 'detached' });
    expect(await row('swapMiB').locator('input').inputValue()).toBe('4096');
    await apply();
  });
});

describe.each(GROUNDS)('finding settings %s', (ground) => {
  beforeAll(async () => {
    dashboard = await openDashboard(browser, built.folder, managedWorld(), { ground });
  });
  afterAll(async () => {
    await dashboard?.close();
  });
  afterEach(async () => {
    await dashboard.page.getByLabel('Search settings').fill('');
    await dashboard.page.getByLabel('Managed only').setChecked(false);
    await dashboard.go('settings');
    expect(dashboard.complaints).toEqual([]);
  });

  // The browser draws the marks over the text; in the document they are nowhere.
  const MARKED_IN_LABEL = `[...(CSS.highlights.get('found') ?? [])]
    .filter(({ startContainer }) => startContainer.parentElement.closest('label') !== null)
    .map(({ startContainer, startOffset, endOffset }) => startContainer.data.slice(startOffset, endOffset))`;

  const MARKED_IN_HEADINGS = `[...(CSS.highlights.get('found') ?? [])]
    .filter(({ startContainer }) => startContainer.parentElement.closest('h2') !== null)
    .map(({ startContainer, startOffset, endOffset }) => startContainer.data.slice(startOffset, endOffset))`;

  const ids = () =>
    dashboard.page.evaluate(
      `[...document.querySelectorAll('[data-setting]')].filter((row) => row.checkVisibility()).map((row) => row.dataset.setting)`,
    );

  test('"/" puts the cursor into the search, whose words are marked where they are found', async () => {
    const { page } = dashboard;
    // From a switch, too: it takes no letters.
    await page.locator('[data-setting="resourceSaver"]').getByRole('switch').focus();
    await page.keyboard.press('/');
    await page.locator('input[type="search"]:focus').waitFor();
    const words = labelOf('analyticsEnabled').split(' ');
    const query = words.map((word) => word.toUpperCase()).join(' ');
    await page.keyboard.type(query);
    await expect.poll(ids).toEqual(['analyticsEnabled']);
    await expect.poll(() => page.evaluate(MARKED_IN_LABEL)).toEqual(words);
    await page.getByText(`1 setting for “${query}”`).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(async () => count(await ids())).toBeGreaterThan(50);
    await expect.poll(() => page.evaluate(MARKED_IN_LABEL)).toEqual([]);
  });

  test('a setting is found by its id, its category and its store key, in whatever category one is', async () => {
    const { page } = dashboard;
    await dashboard.go('settings/General');
    for (const [query, id] of [
      ['enableInferenceTCPPort', 'enableInferenceTCPPort'],
      ['ContainersOverrideProxyEmbeddedPAC', 'containersProxyEmbeddedPac'],
    ]) {
      await page.getByLabel('Search settings').fill(query ?? '');
      await expect.poll(ids).toEqual([id]);
    }
    await page.getByLabel('Search settings').fill('kubernetes');
    await expect.poll(ids).toContain('kubernetesNodesCount');
    // Where only the category is called so, that says why it was found.
    await expect.poll(() => page.evaluate(MARKED_IN_HEADINGS)).toContain('Kubernetes');
    await page.getByLabel('Search settings').fill('');
    await expect.poll(ids).toContain('theme');
    expect(await ids()).not.toContain('kubernetesNodesCount');
  });

  test('"/" is a letter where one types', async () => {
    const { page } = dashboard;
    const field = page.locator('[data-setting="diskImageLocation"] input');
    await field.fill('');
    await field.pressSequentially('/data');
    expect(await field.inputValue()).toBe('/data');
    await page.getByRole('button', { name: 'Cancel' }).click();
  });

  test('signs of pattern languages are letters, and nothing found offers the way back', async () => {
    const { page } = dashboard;
    await dashboard.go('settings/Cloud');
    await page.getByLabel('Search settings').fill('.*[(+');
    await page.getByRole('heading', { name: 'No setting matches' }).waitFor();
    await page.getByRole('button', { name: 'Show all settings' }).click();
    await expect.poll(async () => count(await ids())).toBeGreaterThan(50);
  });

  test('"Managed only" leaves exactly what a layer decides', async () => {
    const { page } = dashboard;
    await page.getByLabel('Managed only').setChecked(true);
    await expect.poll(async () => count(await ids())).toBe(28);
    const notes = page.locator('[data-setting]:visible button[aria-haspopup="dialog"]');
    expect(await notes.count()).toBe(28);
  });

  /** Length of a list that came from the page. */
  function count(list: unknown): number {
    return Array.isArray(list) ? list.length : -1;
  }
});
