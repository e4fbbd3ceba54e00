import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type LaunchOptions, type Page } from '@playwright/test';

/** A browser of this machine and how it has to be started. */
export interface FoundBrowser {
  /** Where it came from: Playwright's own, one that is installed, or the one that npm brought. */
  readonly origin: 'playwright' | 'installed' | 'bundled';
  readonly executablePath: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** A test's browser talks to loopback only: nothing at start that goes to the network or updates itself. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Debian's build of Chromium that draws no windows: the same engine for two thirds of the processor's time. */
const WITHOUT_WINDOWS = 'chromium-headless-shell';

/**
 * Finds a Chromium: Playwright's own, else an installed Chrome or Chromium (`MOORING_TEST_BROWSER` names another
 * one), else the one of the package @sparticuz/chromium, unpacked once into node_modules/.cache.
 * @throws Error that says what to install, when there is none
 */
export async function findBrowser(): Promise<FoundBrowser> {
  // A sandbox needs either another user than root or a set-uid helper; tests in containers have neither.
  const args = process.getuid?.() === 0 ? [...QUIET, '--no-sandbox'] : QUIET;
  const wanted = process.env.MOORING_TEST_BROWSER;
  if (wanted === 'bundled') return bundled(args);
  if (wanted !== undefined) return { origin: 'installed', executablePath: wanted, args, env: {} };
  const own = chromium.executablePath();
  if (await isExecutable(own)) return { origin: 'playwright', executablePath: own, args, env: {} };
  const installed = await firstExecutable(installedPlaces());
  if (installed !== null) return { origin: 'installed', executablePath: installed, args, env: {} };
  return bundled(args);
}

/**
 * How long a page is waited for, in milliseconds: on two cores that others use too, half a minute (the driver's own
 * bound) has passed once before a page had heard of a change. Below the bound of a test, so that what is missing is named.
 */
const PATIENCE_MS = 90_000;

/** Starts that browser without a window. Close it when done. */
export async function launchBrowser(options: Omit<LaunchOptions, 'executablePath'> = {}): Promise<Browser> {
  const found = await findBrowser();
  const environment = Object.entries({ ...process.env, ...found.env }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const browser = await chromium.launch({
    ...options,
    executablePath: found.executablePath,
    args: [...found.args, ...(options.args ?? [])],
    env: Object.fromEntries(environment),
    chromiumSandbox: false,
  });
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}

/** What a page complains of from now on, call this before it opens: violations of its content security policy, errors. */
export async function complaintsOf(page: Page): Promise<readonly string[]> {
  const complaints: string[] = [];
  await page.exposeFunction('reportViolation', (text: string) => complaints.push(text));
  await page.addInitScript(
    `addEventListener('securitypolicyviolation', (event) => reportViolation(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample))`,
  );
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A refused or unanswered request is logged by the browser itself; the page shows it where it matters.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  return complaints;
}

function installedPlaces(): readonly string[] {
  if (platform() === 'darwin') {
    return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (platform() === 'win32') {
    const bases = ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].map(
      (name) => process.env[name] ?? '',
    );
    const ends = ['Google/Chrome/Application/chrome.exe', 'Microsoft/Edge/Application/msedge.exe'];
    return bases.filter((base) => base !== '').flatMap((base) => ends.map((end) => join(base, end)));
  }
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const names = [WITHOUT_WINDOWS, 'google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

async function firstExecutable(files: readonly string[]): Promise<string | null> {
  for (const file of files) if (await isExecutable(file)) return file;
  return null;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const PACKAGE = '@sparticuz/chromium';

/** The browser that npm brought, with the libraries and fonts that a bare machine lacks. */
async function bundled(args: readonly string[]): Promise<FoundBrowser> {
  if (platform() !== 'linux' || arch() !== 'x64') {
    throw new Error('No browser was found. Install Chrome, or run "npx playwright install chromium".');
  }
  const folder = await unpacked();
  const libraries = join(folder, 'al2023', 'lib');
  const env = {
    ...(['libnss3.so', 'libexpat.so.1'].every(hasLibrary) ? {} : { LD_LIBRARY_PATH: libraries }),
    ...(hasFonts() ? {} : { FONTCONFIG_PATH: join(folder, 'fonts') }),
  };
  return {
    origin: 'bundled',
    executablePath: join(folder, 'chromium'),
    args: [...args, '--no-zygote', '--headless=shell'],
    env,
  };
}

/** Unpacks the package's archives. Several test processes may do so at once: the first to finish wins. */
async function unpacked(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve(PACKAGE);
  const bin = join(dirname(entry), '..', 'bin');
  const { version } = JSON.parse(readFileSync(join(bin, '..', 'package.json'), 'utf8'));
  const cache = join(root, 'node_modules', '.cache', 'mooring-browser');
  const done = join(cache, String(version));
  if (existsSync(done)) return done;
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(join(cache, 'unpacking-'));
  try {
    // It unpacks into the temporary folder, so it runs in a process that has one of its own.
    const archives = readdirSync(bin).map((name) => join(bin, name));
    const script = `const { inflate } = await import(${JSON.stringify(PACKAGE)}); for (const file of ${JSON.stringify(archives)}) await inflate(file);`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: root,
      env: { ...process.env, TMPDIR: staging },
    });
    await rename(staging, done).catch((error: unknown) => {
      if (!existsSync(done)) throw error;
    });
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return done;
}

const LIBRARY_FOLDERS = ['/usr/lib/x86_64-linux-gnu', '/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'];

const hasLibrary = (name: string) => LIBRARY_FOLDERS.some((folder) => existsSync(join(folder, name)));

function hasFonts(): boolean {
  return ['/usr/share/fonts', '/usr/local/share/fonts'].some(
    (folder) => existsSync(folder) && readdirSync(folder).length > 0,
  );
}
