import { readFile } from 'node:fs/promises';
import type { Browser, Locator } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { diagnosticsAnswerSchema } from '../../src/shared/contracts/local-api.ts';
import { launchBrowser } from '../browser.ts';
import { type BuiltDashboard, buildDashboard } from './build-dashboard.ts';
import { HTML, hostileWorld, LONG } from './hostile-world.ts';
import {
  breakDiagnostics,
  GROUNDS,
  type Ground,
  type OpenDashboard,
  openDashboard,
  PLANTED_FAULT,
} from './open-dashboard.ts';
import { labelOf } from './sample-settings.ts';
import { emptyWorld, frozenWorld, managedWorld, type World, walledWorld } from './stand-in-world.ts';

/** Names and values of a part's facts, in the order in which they stand. */
async function facts(part: Locator): Promise<readonly string[]> {
  const [names, values] = await Promise.all([
    part.locator('dt').allInnerTexts(),
    part.locator('dd').allInnerTexts(),
  ]);
  return names.map((name, at) => `${name}: ${values[at]}`);
}

describe('the pages', () => {
  let browser: Browser;
  let built: BuiltDashboard;

  beforeAll(async () => {
    [browser, built] = await Promise.all([launchBrowser(), buildDashboard()]);
  });
  afterAll(async () => {
    await browser.close();
    await built.remove();
  });

  async function visit(
    world: World,
    look: (dashboard: OpenDashboard) => Promise<void>,
    ground: Ground = 'in a browser',
  ): Promise<void> {
    const dashboard = await openDashboard(browser, built.folder, world, { ground });
    try {
      await look(dashboard);
      expect(dashboard.complaints).toEqual([]);
    } finally {
      await dashboard.close();
    }
  }

  const onBoth = (name: string, world: () => World, look: (dashboard: OpenDashboard) => Promise<void>) =>
    test.each(GROUNDS)(`${name}, %s`, (ground) => visit(world(), look, ground));

  onBoth(
    '"Why is this locked?" names winner, losers, reasons, policy, revision and contact',
    managedWorld,
    async ({ page }) => {
      await page.locator('[data-setting="analyticsEnabled"] button[aria-haspopup="dialog"]').click();
      const dialog = page.getByRole('dialog', { name: 'Why is this locked?' });
      await dialog.getByText('Engineering workstations', { exact: true }).waitFor();
      const layers = await dialog.getByRole('listitem').allInnerTexts();
      expect(layers.map((layer) => layer.split('\n')[0])).toEqual([
        'Your policy',
        'Organization policy',
        'admin-settings.json',
        'Your choice',
      ]);
      expect(layers[0]).toContain('Decides');
      expect(layers[2]).toContain('Overridden');
      expect(layers[2]).toContain('is stronger and decides it');
      expect(layers[3]).toContain('locks it');
      await dialog.getByText('Kept. It comes back when the lock is gone.').waitFor();
      expect(await dialog.getByRole('link').getAttribute('href')).toBe('https://help.acme.example/desktop');
      expect(await facts(dialog)).toEqual([
        'Layer: Your policy',
        'Policy: Engineering workstations',
        'Organization: acme',
        'Revision: 27',
        'Since: 2 hours ago',
        'Read from: https://hub.acme.example',
        'Setting: analyticsEnabled',
        'In a policy document: analyticsEnabled.value',
        'In settings-store.json: AnalyticsEnabled',
      ]);
      expect(await dialog.textContent()).toMatch(/Value in forceOff\s*Your own choiceOn\s*Kept/);
      // What each layer wanted, the overridden ones too.
      const wanted = layers.map((layer) => layer.split('\n').find((line) => line === 'On' || line === 'Off'));
      expect(wanted).toEqual(['Off', 'Off', 'On', 'On']);
    },
  );

  test('the policy page shows precedence, sources, problems, conflicts, documents and repairs', () =>
    visit(managedWorld(), async ({ page, go }) => {
      await page.route('**/v1/policy', async (route) => {
        const answer = await route.fetch();
        const body = z.looseObject({ problems: z.array(z.unknown()) }).parse(await answer.json());
        const place = { source: 'admin-settings', path: '', line: 12, column: 3 };
        const said = {
          severity: 'warning',
          code: 'lenient_json',
          message: 'A comma ends the list. Remove the comma.',
        };
        await route.fulfill({ json: { ...body, problems: [...body.problems, { ...place, ...said }] } });
      });
      await go('policy');
      const ranks = await page
        .getByRole('region', { name: 'Who decides' })
        .getByRole('listitem')
        .allInnerTexts();
      expect(ranks.length).toBe(6);
      expect(ranks[0]).toContain('Nothing here');
      expect(ranks[1]).toContain('Engineering workstations (Acme Corporation)');
      const current = page.getByRole('region', { name: 'Engineering workstations' });
      await current.getByText('docker.io, registry.acme.example Delivered, not enforced').waitFor();
      await current.getByText('Official images, of-a-newer-hub Delivered, not enforced').waitFor();
      const sources = page.getByRole('region', { name: 'Sources' });
      expect(await facts(sources)).toEqual([
        'Read from: /Library/Managed Preferences/dev.mooring.desktop.plist',
        'Last attempt: 2 minutes ago',
        'Last success: Never',
        'Read from: https://hub.acme.example',
        'Last attempt: 4 minutes ago',
        'Last success: 4 minutes ago',
        'Read from: /Library/Application Support/dev.mooring.desktop/admin-settings.json',
        'Last attempt: 2 minutes ago',
        'Last success: 2 minutes ago',
      ]);
      const problems = page.getByRole('region', { name: 'Problems' });
      await problems.getByText('Remove the comma.').waitFor();
      await problems.getByText('admin-settings.json, line 12, column 3').waitFor();
      await problems.getByText('Did you mean "extensionsEnabled"?').waitFor();
      const row = page.getByRole('row', { name: labelOf('analyticsEnabled') });
      expect(await row.getByRole('cell').allInnerTexts()).toEqual([
        'Off',
        'Your policy',
        'Locked',
        'In force',
        '1 overridden',
      ]);
      await page.getByLabel('Filter managed settings').fill('analyticsEnabled');
      await expect.poll(() => page.getByRole('row').count()).toBe(2);
      await page.locator('summary').first().click();
      await page
        .getByRole('region', { name: 'Document of Mooring Hub' })
        .getByText('"registry.acme.example/ci/dind:latest"')
        .waitFor();
      const repairs = page.getByRole('region', { name: 'Repairs' });
      await repairs.getByText('26 minutes ago').waitFor();
    }));

  test('a browser that does not let a page copy is said', () =>
    visit(managedWorld(), async ({ page, go }) => {
      await go('policy');
      await page.evaluate(
        'navigator.clipboard.writeText = () => Promise.reject(new Error("refused by a policy of the browser"))',
      );
      await page.getByRole('button', { name: 'Copy JSON' }).click();
      await page.getByRole('button', { name: 'Not copied: select the text and copy it by hand' }).waitFor();
    }));

  test('the exported JSON holds the page, and none of the user’s own choices', () =>
    visit(managedWorld(), async ({ page, go }) => {
      await go('policy');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'Export JSON' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('mooring-policy.json');
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      await page.getByRole('button', { name: 'Copy JSON' }).click();
      const file = await readFile(await download.path(), 'utf8');
      await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(file);
      const exported = z
        .object({ precedence: z.array(z.unknown()), managed: z.array(z.record(z.string(), z.unknown())) })
        .parse(JSON.parse(file));
      expect(exported.managed.length).toBe(28);
      expect(exported.managed.some((setting) => 'choice' in setting)).toBe(false);
      const chosen = exported.managed.filter((setting) => setting.source === 'user');
      expect(chosen.map((setting) => setting.id)).toEqual(['theme', 'memoryMiB']);
      expect(chosen.every((setting) => !('value' in setting) && setting.status === 'chosen')).toBe(true);
      expect(JSON.stringify(exported)).not.toContain('12288');
    }));

  test('an error in a document is said on every page, and the way to it shown', () =>
    visit(managedWorld(), async ({ page, agent, go }) => {
      agent.become({ documents: { 'admin-settings': { cpus: { locked: true, value: 'many' } } } });
      const notice = page.getByText('A policy document has an error.');
      await notice.waitFor();
      await go('account');
      await notice.waitFor();
      await page.getByRole('link', { name: 'Show what is wrong' }).click();
      await page.getByRole('region', { name: 'Problems' }).getByText(/cpus/).first().waitFor();
      expect(await notice.count()).toBe(0);
    }));

  onBoth('a sync tells its outcome', managedWorld, async ({ page, go, agent }) => {
    await go('policy');
    const main = page.getByRole('main');
    await main.getByRole('button', { name: 'Sync now' }).click();
    await main.getByText('You already have the current policy.').waitFor();
    agent.world.sync = {
      ...agent.world.sync,
      state: 'failed',
      error: { code: 'unreachable', message: 'The hub did not answer.' },
    };
    await main.getByRole('button', { name: 'Sync now' }).first().click();
    await main.getByText('The hub did not answer.').first().waitFor();
  });

  onBoth('a sign-in by code shows the code, and ends by itself', emptyWorld, async ({ page, go, agent }) => {
    await go('account');
    await page.getByRole('button', { name: 'Use another device' }).click();
    await page.getByText('BDWP-HQPK').waitFor();
    expect(await page.getByRole('link', { name: /hub.acme.example/ }).getAttribute('href')).toBe(
      'https://hub.acme.example/device',
    );
    agent.world.account = managedWorld().account;
    agent.endLogin({ state: 'done', account: agent.world.account });
    await page.getByRole('heading', { name: 'Margarethe von Hohenstein-Ødegård' }).waitFor();
  });

  test('a sign-in that fails says why and can be tried again', () =>
    visit(emptyWorld(), async ({ page, go, agent }) => {
      await go('account');
      await page.getByRole('button', { name: 'Sign in with the browser' }).click();
      await page.getByText('Continue in your browser').waitFor();
      agent.endLogin({
        state: 'failed',
        error: { code: 'unreachable', message: 'The hub did not answer.', help: 'Check the address.' },
      });
      await page.getByText('The hub did not answer. Check the address.').waitFor();
      expect(await page.getByRole('button', { name: 'Sign in with the browser' }).isEnabled()).toBe(true);
    }));

  test('another key of the hub is trusted only by a person who compared both fingerprints', () =>
    visit(emptyWorld(), async ({ page, go, agent }) => {
      await go('account');
      await page.getByRole('button', { name: 'Sign in with the browser' }).click();
      await page.getByText('Continue in your browser').waitFor();
      const details = { pinned: ['SHA256:old'], offered: ['SHA256:new'] };
      const error = { code: 'conflict' as const, message: 'Another key.', details };
      agent.endLogin({ state: 'failed', error });
      await page.getByText('Another key.').waitFor();
      const keys = page.getByRole('alert').locator('dl > div');
      expect(await keys.allInnerTexts()).toEqual([
        expect.stringMatching(/Pinned on this device\s+SHA256:old/),
        expect.stringMatching(/Offered by the hub now\s+SHA256:new/),
      ]);
      const trust = page.getByRole('button', { name: 'Trust the offered key and sign in' });
      expect(await trust.isDisabled()).toBe(true);
      await page.getByRole('checkbox', { name: /^I compared/ }).check();
      await trust.click();
      await page.getByText('Continue in your browser').waitFor();
      expect(agent.trustedKeys).toEqual([undefined, 'SHA256:new']);
    }));

  onBoth('signing out asks first; another organization can be chosen', managedWorld, async ({ page, go }) => {
    await go('account');
    expect(await facts(page.getByRole('main'))).toEqual([
      'Name: margarethe-mbp-16',
      'Device ID: dev_9f2c71ab-5c07-4d0b-8f43-0be9c1d3f1e7',
      'Hub address: https://hub.acme.example',
      'User ID: usr_01J8ZQ4T5N6W7X8Y9Z',
      'Signed in: 12 days ago',
      'Ends: In 78 days',
      'Kept in: The system’s keychain',
    ]);
    const [acme = ''] = await page
      .getByRole('region', { name: 'Organizations' })
      .getByRole('listitem')
      .allTextContents();
    expect(acme).toMatch(/^Acme Corporation\s*Editor\s*Teams: Platform, Container Runtime, .*Active here$/);
    await page.getByRole('button', { name: /^Use here: Acme Research/ }).click();
    await expect.poll(() => page.getByRole('button', { name: 'Use here: Acme Corporation' }).count()).toBe(1);
    await page.getByRole('button', { name: 'Sign out' }).click();
    const dialog = page.getByRole('dialog', { name: /Sign out of/ });
    await dialog.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'You are not signed in' }).waitFor();
  });

  test('a session in memory is said everywhere', async () => {
    const world = managedWorld();
    world.account = {
      ...world.account,
      sessionStorage: 'memory',
      sessionStorageReason: 'No keychain is installed.',
    };
    await visit(world, async ({ page, go }) => {
      await page.getByText('Session in memory only').waitFor();
      await go('account');
      await page.getByText('Your session lasts only as long as the agent').waitFor();
      await page.getByText('No keychain is installed.').waitFor();
    });
  });

  onBoth(
    'behind the wall there are only sign-in, proxy, policy and diagnostics',
    walledWorld,
    async ({ page, go, agent }) => {
      await page.getByRole('heading', { name: 'Sign in to continue' }).waitFor();
      await page.getByText('acme and acme-research').waitFor();
      await page.getByText('/Library/Managed Preferences/dev.mooring.desktop.plist').waitFor();
      expect(await page.getByRole('navigation', { name: 'Pages' }).getByRole('link').allInnerTexts()).toEqual(
        ['Sign in', 'Network proxy', 'Policy', 'Diagnostics'],
      );
      await page.evaluate(`location.hash = '#/settings'`);
      await page.getByRole('heading', { name: 'Sign in to continue' }).waitFor();
      expect(await page.locator('[data-setting]').count()).toBe(0);
      await go('proxy');
      await page.locator('[data-setting="proxyHttp"] input').fill('http://proxy.example:3128');
      expect(await page.locator('[data-setting]').count()).toBe(7);
      await page.getByRole('button', { name: 'Apply' }).click();
      await page.getByText('1 setting saved').waitFor();
      expect(agent.changes).toEqual([{ set: { proxyHttp: 'http://proxy.example:3128' } }]);
      agent.become(managedWorld());
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
    },
  );

  test('a wall whose own file is broken says how to mend it', async () => {
    const world = walledWorld();
    const problem = 'registry.json cannot be read: line 3. Mend or remove it.';
    world.account = { ...world.account, signIn: { ...world.account.signIn, organizations: [], problem } };
    await visit(world, async ({ page }) => {
      await page.getByText(problem).waitFor();
    });
  });

  test('frozen settings, an ended session and a lost hub are said above every page', () =>
    visit(frozenWorld(), async ({ page, go }) => {
      for (const place of ['settings', 'policy', 'account', 'diagnostics']) {
        await go(place);
        await page.getByText('Settings are frozen').waitFor();
        await page.getByText(/was last fetched 9 days ago/).waitFor();
        await page.getByText('Your session has ended. The last policy stays in force.').waitFor();
      }
    }));

  test('a session that ended because single sign-on is required now says so', async () => {
    const world = managedWorld();
    world.account = { ...world.account, state: 'sign-in-again', sessionEnd: 'sso_required' };
    await visit(world, async ({ page, go }) => {
      await page.getByText('now requires single sign-on, so the session that began with a').waitFor();
      await go('account');
      await page.getByText('but new ones cannot be fetched').waitFor();
    });
  });

  test('a computer that nobody manages says so, and has nothing to explain', () =>
    visit(emptyWorld(), async ({ page, go }) => {
      await page.getByText('Nothing on this computer is managed. Every setting is yours.').waitFor();
      expect(await page.locator('[data-padlock]').count()).toBe(0);
      expect(await page.getByText('Test paths').count()).toBe(0);
      await page.getByLabel('Managed only').check();
      await page.getByRole('heading', { name: 'Nothing is managed here' }).waitFor();
      await go('policy');
      await page.getByText('No layer manages a setting.').waitFor();
      await page.getByText('Nobody edited a locked setting.').waitFor();
    }));

  test('an agent that never answers shows how to start it, and the page goes on when it does', () =>
    visit(managedWorld(), async ({ page, agent }) => {
      await page.route('**/v1/status', (route) => route.abort());
      await page.reload();
      await page.getByRole('heading', { name: 'The agent is not answering' }).waitFor();
      await page.unroute('**/v1/status');
      await page.getByRole('button', { name: 'Try again' }).first().click();
      await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
      expect(agent.changes).toEqual([]);
    }));

  test('nothing is read twice when the page opens, and everything again when its events were interrupted', () =>
    visit(managedWorld(), async ({ page, agent }) => {
      const asked: string[] = [];
      page.on('request', (request) => {
        const path = new URL(request.url()).pathname;
        if (path.startsWith('/v1/') && path !== '/v1/events') asked.push(path);
      });
      await page.reload();
      await page.locator('[data-setting]').first().waitFor();
      expect(asked.toSorted()).toEqual(['/v1/catalog', '/v1/settings', '/v1/status']);
      const again = page.waitForRequest('**/v1/settings');
      agent.dropStreams();
      await again;
    }));

  test('what could not be read again is said to be old, until it can', () =>
    visit(managedWorld(), async ({ page, go, agent }) => {
      await go('diagnostics');
      const old = page.getByRole('alert').filter({ hasText: 'This page is old' });
      expect(await old.count()).toBe(0);
      const message = 'The agent met a fault of its own (reference 5C2D).';
      await page.route('**/v1/doctor', (route) =>
        route.fulfill({ status: 500, json: { error: { code: 'internal', message } } }),
      );
      await page.getByRole('button', { name: 'Run again' }).click();
      await old.filter({ hasText: message }).waitFor();
      await page.getByRole('heading', { name: 'The hub answers' }).waitFor();
      await page.unroute('**/v1/doctor');
      await old.getByRole('button', { name: 'Try again' }).click();
      await old.waitFor({ state: 'detached' });
      // An agent of another version answers for the one that was there.
      await page.route('**/v1/status', (route) => route.fulfill({ json: { version: '99.0.0' } }));
      agent.emit({ type: 'status' });
      await old.filter({ hasText: 'They may be of different versions' }).waitFor();
    }));

  test('a policy page whose settings could not be read exports nothing rather than "nothing is managed"', () =>
    visit(managedWorld(), async ({ page, go }) => {
      await page.route('**/v1/settings', (route) => route.fulfill({ json: {} }));
      await page.reload();
      await go('policy');
      await page.getByRole('button', { name: 'Import policy file' }).waitFor();
      await page.getByRole('heading', { level: 2, name: 'This could not be read' }).waitFor();
      expect(await page.getByRole('button', { name: /JSON/ }).count()).toBe(0);
    }));

  test('the managed settings are filtered by what the table says of them, and by their category', () =>
    visit(managedWorld(), async ({ page, go }) => {
      await go('policy');
      for (const [query, ids] of [
        ['admin-settings', ['desktopTerminalEnabled']],
        ['your choice instead', ['theme', 'memoryMiB']],
        ['1 overridden locked', ['analyticsEnabled', 'cpus']],
        ['12,288', ['memoryMiB']],
        ['file sharing', ['filesharingAllowedDirectories']],
      ] as const) {
        await page.getByLabel('Filter managed settings').fill(query);
        await expect
          .poll(() => page.locator('table tbody code').allTextContents(), { message: query })
          .toEqual(ids);
      }
    }));

  test('a page that breaks leaves the way to the others', async () => {
    const dashboard = await openDashboard(browser, built.folder, managedWorld());
    const { page } = dashboard;
    try {
      await breakDiagnostics(page);
      const to = (name: string) => page.getByRole('navigation').getByRole('link', { name }).click();
      const title = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
      await to('Diagnostics');
      await title('This page met a fault of its own');
      await to('Account');
      await title('Account');
      expect(dashboard.complaints.filter((each) => !each.includes(PLANTED_FAULT))).toEqual([]);
    } finally {
      await dashboard.close();
    }
  });

  test('a page whose events never come is shown all the same', () =>
    visit(managedWorld(), async ({ page }) => {
      await page.route('**/v1/events', () => {});
      await page.reload();
      await page.locator('[data-setting]').first().waitFor();
    }));

  test('an answer of another version is not taken for the contract', () =>
    visit(managedWorld(), async ({ page }) => {
      await page.route('**/v1/settings', (route) => route.fulfill({ json: { settings: 'all of them' } }));
      await page.reload();
      await page.getByRole('heading', { name: 'This could not be read' }).waitFor();
      await page.getByText('They may be of different versions').waitFor();
    }));

  test.each([
    ['settings', '**/v1/settings', 'Settings'],
    ['policy', '**/v1/policy', 'Policy'],
    ['account', '**/v1/account', 'Account'],
    ['diagnostics', '**/v1/doctor', 'Diagnostics'],
  ])(
    '%s says that it is read, that it could not be, and why, and is there when it can',
    (place, path, title) =>
      visit(managedWorld(), async ({ page }) => {
        await page.evaluate(`location.hash = '#/${place}'`);
        const heading = page.getByRole('heading', { level: 1, name: title, exact: true });
        await heading.waitFor();

        const message = 'The agent met a fault of its own (reference 7F3A).';
        const json = { error: { code: 'internal', message } };
        const reading = Promise.withResolvers<void>();
        let broken = true;
        // A request that the page has given up itself meanwhile cannot be answered any more.
        await page.route(path, async (route) => {
          await reading.promise;
          await (broken ? route.fulfill({ status: 500, json }) : route.continue()).catch(() => undefined);
        });
        await page.reload();
        await page.getByRole('status', { name: 'Loading…' }).waitFor();
        expect(await heading.count()).toBe(0);

        reading.resolve();
        await page.getByRole('heading', { name: 'This could not be read' }).waitFor();
        await page.getByText(message).waitFor();

        broken = false;
        await page.getByRole('main').getByRole('button', { name: 'Try again' }).click();
        await heading.waitFor();
      }),
  );

  test('diagnostics are saved as a file, and a fault in collecting them is told', () =>
    visit(managedWorld(), async ({ page }) => {
      await page.getByRole('link', { name: 'Diagnostics' }).click();
      await page.getByText('2 checks failed and 1 warning').waitFor();
      const checks = await page.getByRole('main').getByRole('listitem').allTextContents();
      const results = checks.map((check) => /(Failed|Warning|OK|Not checked)/.exec(check)?.[0]);
      // What needs a person comes first, with what it means and how to mend it.
      expect(results.slice(0, 4)).toEqual(['Failed', 'Failed', 'Warning', 'OK']);
      expect(checks[2]).toMatch(
        /can be written by others.*What it means Other users .*What to do Run: chmod go-w/,
      );
      const again = page.waitForRequest('**/v1/doctor');
      await page.getByRole('button', { name: 'Run again' }).click();
      await again;
      const button = page.getByRole('button', { name: 'Export diagnostics' });
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      expect(download.suggestedFilename()).toBe('mooring-diagnostics-1970-01-01.json');
      const text = await readFile(await download.path(), 'utf8');
      expect(diagnosticsAnswerSchema.parse(JSON.parse(text)).status.version).not.toBe('');
      const message = 'The agent met a fault of its own (reference 8A4B).';
      await page.route('**/v1/diagnostics', (route) =>
        route.fulfill({ status: 500, json: { error: { code: 'internal', message } } }),
      );
      await button.click();
      await page.getByRole('alert').filter({ hasText: message }).waitFor();
    }));

  test.each(['settings', 'policy', 'account', 'diagnostics'])(
    'hostile texts are shown as text: %s',
    (place) =>
      visit(hostileWorld(), async ({ page, go }) => {
        await go(place);
        if (place === 'settings') {
          await page.locator('[data-setting="proxyHttps"] button[aria-haspopup="dialog"]').click();
          await page.getByRole('dialog').waitFor();
        }
        if (place === 'policy')
          for (const summary of await page.locator('summary').all()) await summary.click();
        expect(await page.evaluate('window.broken')).toBeUndefined();
        expect(await page.locator('img[src="x"], main script, a[href^="javascript:"]').count()).toBe(0);
        const text = await page.locator('body').textContent();
        expect(text).toContain(HTML.slice(0, 30));
        expect(text).toContain(LONG.slice(0, 200));
        await page.setViewportSize({ width: 320, height: 640 });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
      }),
  );
});
