import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';
import { afterAll, beforeAll, expect } from 'vitest';
import { z } from 'zod';
import { complaintsOf, launchBrowser } from '../browser.ts';
import { begunDataDirectory, type HubProcess, startHubProcess } from '../hub-process.ts';

const saidSchema = z.object({
  url: z.string(),
  ownerEmail: z.string(),
  ownerPassword: z.string(),
  developerEmail: z.string(),
  developerPassword: z.string(),
  designerEmail: z.string(),
  designerPassword: z.string(),
  defaultPolicyId: z.string(),
  userPolicyId: z.string(),
  connectionId: z.string(),
  secondOwnerEmail: z.string(),
  secondOwnerPassword: z.string(),
});

/** A real hub with the demo's organizations, for the console's tests. */
export interface ConsoleHub {
  readonly said: z.infer<typeof saidSchema>;
  readonly process: HubProcess;
  /** Its data directory, for commands beside it. */
  readonly data: string;
  stop(): Promise<void>;
}

/** `more`: further options of `mooring-hub start`. */
export async function startConsoleHub(more: readonly string[] = []): Promise<ConsoleHub> {
  const data = await begunDataDirectory();
  const hub = await startHubProcess(data.path, ['--demo', ...more]);
  return {
    said: saidSchema.parse(hub.said),
    process: hub,
    data: data.path,
    stop: async () => {
      await hub.end('SIGTERM');
      await data.remove();
    },
  };
}

export type Who = 'owner' | 'developer' | 'designer' | 'secondOwner';

/** The console in a browser of its own, as one person sees it. */
export interface OpenConsole {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Violations of the content security policy, and errors of the page: there should be none. */
  readonly complaints: readonly string[];
  /** Goes to a page of the organization, such as `policies`, and waits until it is there. */
  go(place: string): Promise<void>;
  /** Asks the API as this person. */
  api(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens the console, signing in on the hub's own pages on the way. */
export async function openConsole(
  browser: Browser,
  hub: ConsoleHub,
  who: Who,
  options: BrowserContextOptions = {},
): Promise<OpenConsole> {
  const { url } = hub.said;
  const context = await browser.newContext({
    locale: 'en-GB',
    reducedMotion: 'reduce',
    baseURL: url,
    ...options,
  });
  const page = await context.newPage();
  const complaints = await complaintsOf(page);
  await page.goto('/');
  await signIn(page, hub, who);
  await page.getByRole('navigation', { name: 'Pages', exact: true }).waitFor();
  const organization = who === 'secondOwner' ? 'globex' : 'acme';
  return {
    page,
    context,
    complaints,
    go: async (place) => {
      await page.goto(`/o/${organization}${place === '' ? '' : `/${place}`}`);
      await settled(page);
    },
    api: async (method, path, body, headers = {}) => {
      const response = await context.request.fetch(`/v1/orgs/${organization}${path}`, {
        method,
        headers: { origin: url, ...headers },
        ...(body === undefined ? {} : { data: body }),
      });
      const text = await response.text();
      return text === '' ? undefined : JSON.parse(text);
    },
    close: () => context.close(),
  };
}

/** What the tests of one file share: a hub and a browser, begun before the first and ended after the last. */
export interface ConsoleForFile {
  readonly hub: ConsoleHub;
  browser(): Browser;
  open(who: Who, options?: BrowserContextOptions): Promise<OpenConsole>;
  /** One person's visit; whatever they do, the browser has nothing to complain of. */
  visit(who: Who, act: (console: OpenConsole) => Promise<void>): Promise<void>;
}

/**
 * `more`: further options of `mooring-hub start`, asked for when it starts.
 * ```
 * const { hub, open, visit } = consoleForFile();
 * ```
 */
export function consoleForFile(more: () => readonly string[] = () => []): ConsoleForFile {
  let startedHub: ConsoleHub | undefined;
  let launched: Browser | undefined;
  beforeAll(async () => {
    startedHub = await startConsoleHub(more());
    launched = await launchBrowser();
  });
  afterAll(async () => {
    await launched?.close();
    await startedHub?.stop();
  });
  const begun = <T>(part: T | undefined): T => {
    if (part === undefined) throw new Error('Hub and browser begin with the tests of the file, not before.');
    return part;
  };
  const hub: ConsoleHub = {
    get said() {
      return begun(startedHub).said;
    },
    get process() {
      return begun(startedHub).process;
    },
    get data() {
      return begun(startedHub).data;
    },
    stop: () => begun(startedHub).stop(),
  };
  const browser = () => begun(launched);
  const open = (who: Who, options?: BrowserContextOptions) => openConsole(browser(), hub, who, options);
  return {
    ...{ hub, browser, open },
    visit: async (who, act) => {
      const opened = await open(who);
      try {
        await act(opened);
        expect(opened.complaints).toEqual([]);
      } finally {
        await opened.close();
      }
    },
  };
}

/** Waits until a page shows what it read. */
export async function settled(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.getByRole('status', { name: 'Loading…' }).first().waitFor({ state: 'detached' });
}

/** Types address and password into the hub's own pages. */
export async function signIn(page: Page, hub: ConsoleHub, who: Who): Promise<void> {
  await page.waitForURL('**/sign-in?*');
  await typePassword(page, hub, who);
}

/** The same, on whatever page asks for the address first. */
export async function typePassword(page: Page, hub: ConsoleHub, who: Who): Promise<void> {
  await page.locator('input[name="email"]').fill(hub.said[`${who}Email`]);
  await page.locator('form:has(input[name="email"]) button[type="submit"]').first().click();
  await page.locator('input[name="password"]').fill(hub.said[`${who}Password`]);
  await page.locator('form:has(input[name="password"]) button[type="submit"]').first().click();
}
