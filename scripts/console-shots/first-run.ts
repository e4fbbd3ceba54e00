import type { Browser } from '@playwright/test';
import { z } from 'zod';
import { settled } from '../../test/console/open-console.ts';
import { choosePassword, setUpAuthenticator, signIn } from '../../test/console/password-pages.ts';
import { runHubCommand, startHubProcess, temporaryDataDirectory } from '../../test/hub-process.ts';
import type { Album } from './album.ts';

const PAGES = {
  overview: '',
  policies: 'policies',
  members: 'members',
  invitations: 'invitations',
  teams: 'teams',
  compliance: 'compliance',
  domains: 'domains',
  sso: 'sso',
  tokens: 'tokens',
  audit: 'audit',
  jobs: 'member-jobs',
  me: 'me',
} as const;

/** A hub that was just installed: every list is empty, and the first page says how to begin. */
export async function takeFirstRun(album: Album, browser: Browser): Promise<void> {
  const data = temporaryDataDirectory();
  const at = ['--public-url', 'http://127.0.0.1/', '--data', data.path, '--json'];
  const made = await runHubCommand(['init', '--organization', 'acme', ...at]);
  const { setupLink } = z.object({ setupLink: z.string() }).parse(JSON.parse(made.stdout));
  const hub = await startHubProcess(data.path);
  try {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', baseURL: hub.url });
    const page = await context.newPage();
    await choosePassword(page, new URL(setupLink).pathname, {
      email: 'olivia@acme.example',
      name: 'Olivia Owner',
    });
    await page.goto('/');
    await signIn(page, 'olivia@acme.example');
    await setUpAuthenticator(page);
    await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
    for (const [name, place] of Object.entries(PAGES)) {
      await album.reach(page, `first-${name}`, async () => {
        await page.goto(`/o/acme/${place}`);
        await settled(page);
      });
    }
  } finally {
    await hub.end('SIGTERM');
    await data.remove();
  }
}
