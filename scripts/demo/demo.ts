import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import {
  type SettingState,
  type StatusAnswer,
  settingsAnswerSchema,
  statusAnswerSchema,
} from '../../src/shared/contracts/local-api.ts';
import { endProcess, followSignals, unlessInterrupted } from './interruption.ts';
import { askAgent } from './processes.ts';
import { type Telling, tell } from './telling.ts';
import { createWorld, type Desktop, type World } from './world.ts';

/*
 * `npm run demo`: the product does its job once, on a real hub and two real agents, and says what happens. It checks
 * what it claims: a claim that does not hold ends it with exit code 1.
 */

const LOCAL_FILE = {
  configurationFileVersion: 2,
  disableUpdate: { locked: true, value: true },
  analyticsEnabled: { locked: false, value: true },
  allowBetaFeatures: { locked: false, value: true },
};

const STRICTER = {
  configurationFileVersion: 2,
  analyticsEnabled: { locked: true, value: false },
  exposeDockerAPIOnTCP2375: { locked: true, value: false },
  theme: { locked: true, value: 'light' },
};

const storeSchema = z.record(z.string(), z.json());
const readStore = ({ paths }: Desktop) => storeSchema.parse(JSON.parse(readFileSync(paths.store, 'utf8')));

async function main(): Promise<void> {
  const story = tell();
  const started = performance.now();
  const interruption = followSignals();
  story.say('Mooring: an organization decides settings once, and every desktop follows.');
  story.step('A hub starts, with the organization acme');
  const world = await createWorld(interruption);
  try {
    await unlessInterrupted(acts(story, world), interruption);
  } finally {
    await world.end();
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  story.say('');
  story.say(
    `Done in ${seconds} s: ${story.checks()} claims checked. Every process has ended and every file is gone.`,
  );
}

async function acts(story: Telling, world: World): Promise<void> {
  const { hub } = world;
  story.say(
    `It answers at ${hub.url}. Everybody in acme gets the policy "Everyone"; dana has a policy of her own, "Developers"; dave has none.`,
  );
  const dana = await world.desktop(
    'dana',
    { email: hub.developerEmail, password: hub.developerPassword },
    LOCAL_FILE,
  );
  const dave = await world.desktop(
    'dave',
    { email: hub.designerEmail, password: hub.designerPassword },
    LOCAL_FILE,
  );
  await signIn(story, [dana, dave]);
  await showWinners(story, [dana, dave]);
  showStore(story, dana);
  await refuseLocked(story, dana);
  await acceptUnlocked(story, dave);
  await followTheHub(story, world, dave);
  await giveBack(story, world, dave);
}

async function signIn(story: Telling, desktops: readonly Desktop[]): Promise<void> {
  story.step('Two desktops, each with an admin-settings.json of its own, sign in');
  story.shown(JSON.stringify(LOCAL_FILE, null, 2));
  for (const desktop of desktops) {
    story.typed('mooring login');
    const login = await desktop.signIn();
    story.check(
      `${desktop.person.email} signed in through the hub's own pages (authorization code with PKCE)`,
      login.code === 0,
    );
    const status = await desktop.mooring('status');
    story.typed('mooring status');
    story.shown(status.stdout);
  }
}

async function showWinners(story: Telling, desktops: readonly Desktop[]): Promise<void> {
  story.step('Which layer won, for each managed setting');
  for (const desktop of desktops) {
    const settings = await settingsOf(desktop);
    const managed = settings.filter((setting) =>
      setting.contributions.some((one) => one.source !== 'user' && one.source !== 'default'),
    );
    story.say(`On ${desktop.name}'s desktop:`);
    story.table([['setting', 'value', 'level', 'decided by', 'overridden'], ...managed.map(winnerRow)]);
  }
  const [dana, dave] = await Promise.all(desktops.map(settingsOf));
  const analytics = (settings: readonly SettingState[] | undefined) =>
    settings?.find(({ id }) => id === 'analyticsEnabled');
  story.check('dana follows her own policy', analytics(dana)?.source === 'user-policy');
  story.check("dave follows the organization's default", analytics(dave)?.source === 'organization-policy');
  story.check(
    'the local file still decides what no policy mentions',
    dave?.find(({ id }) => id === 'disableUpdate')?.source === 'admin-settings',
  );
}

function winnerRow({ id, value, locked, managedBy, contributions }: SettingState): readonly string[] {
  const lost = contributions.filter(({ outcome }) => outcome === 'overridden').map(({ source }) => source);
  return [id, short(value), locked ? 'locked' : 'suggested', managedBy?.label ?? '', lost.join(', ')];
}

function short(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 34 ? `${text.slice(0, 33)}…` : text;
}

function showStore(story: Telling, dana: Desktop): void {
  story.step("The effective values are in dana's settings-store.json, which other programs read");
  const store = readStore(dana);
  const shown = [
    'AllowBetaFeatures',
    'AnalyticsEnabled',
    'DisableUpdate',
    'EnhancedContainerIsolation',
    'KubernetesEnabled',
  ];
  story.shown(shown.map((key) => `"${key}": ${JSON.stringify(store[key])}`).join('\n'));
  story.say(`(${Object.keys(store).length} keys in all.)`);
  story.check(
    'it holds what the policies lock',
    store.AnalyticsEnabled === false && store.EnhancedContainerIsolation === true,
  );
}

async function refuseLocked(story: Telling, dana: Desktop): Promise<void> {
  story.step('A locked setting is refused, whichever way it is tried');
  const answer = await askAgent(dana.paths.socket, 'PATCH', '/v1/settings', {
    set: { analyticsEnabled: true },
  });
  story.typed('PATCH /v1/settings {"set":{"analyticsEnabled":true}}   (the local API)');
  story.shown(errorOf(answer.body));
  story.check(
    'the API answers 423 setting_locked',
    answer.status === 423 && answer.body.includes('setting_locked'),
  );
  const set = await dana.mooring('settings', 'set', 'analyticsEnabled', 'true');
  story.typed('mooring settings set analyticsEnabled true');
  story.shown(set.stderr);
  story.check('the command line ends with exit code 4', set.code === 4);
  writeFileSync(
    dana.paths.store,
    readFileSync(dana.paths.store, 'utf8').replace('"AnalyticsEnabled": false', '"AnalyticsEnabled": true'),
  );
  story.say('Now somebody edits settings-store.json by hand: "AnalyticsEnabled": true.');
  await until(() => readStore(dana).AnalyticsEnabled === false);
  story.check('the file is repaired', true);
  const { stdout } = await dana.mooring('status', '--verbose', '--json');
  story.check('and the repair is recorded as drift', stdout.includes('analyticsEnabled'));
}

function errorOf(body: string): string {
  const parsed = z
    .object({ error: z.object({ code: z.string(), message: z.string(), help: z.string().optional() }) })
    .safeParse(JSON.parse(body));
  if (!parsed.success) return body;
  const { code, message, help = '' } = parsed.data.error;
  return `${code}: ${message}\n${help}`;
}

async function acceptUnlocked(story: Telling, dave: Desktop): Promise<void> {
  story.step('An unlocked setting is his to choose');
  const set = await dave.mooring('settings', 'set', 'theme', 'dark');
  story.typed('mooring settings set theme dark');
  story.shown(set.stdout);
  story.check(
    'dave chose the dark theme, and the store has it',
    set.code === 0 && readStore(dave).ThemeSource === 'dark',
  );
}

async function followTheHub(story: Telling, world: World, dave: Desktop): Promise<void> {
  story.step('The policy changes at the hub, and the desktop follows by itself');
  await until(async () => (await statusOf(dave)).sync.push === 'connected');
  const file = join(world.folder, 'stricter.json');
  writeFileSync(file, JSON.stringify(STRICTER, null, 2));
  await operator(story, world, ['policy', 'set', 'Everyone', file, '--reason', 'One theme for the workshop']);
  await until(() => readStore(dave).ThemeSource === 'light');
  const inForce = statSync(dave.paths.store).mtimeMs;
  const saved = Date.parse((await statusOf(dave)).policy?.updatedAt ?? '');
  story.check('nobody typed anything on that desktop: the hub said so, and it fetched', inForce >= saved);
  story.say(
    `From saving it at the hub until it was in the file on the desktop: ${Math.round(inForce - saved)} ms.`,
  );
  story.check(
    'the theme is light now, and locked: his own choice is kept, but hidden',
    (await settingOf(dave, 'theme'))?.locked === true,
  );
  const explain = await dave.mooring('settings', 'explain', 'theme');
  story.typed('mooring settings explain theme');
  story.shown(explain.stdout);
}

async function giveBack(story: Telling, world: World, dave: Desktop): Promise<void> {
  story.step("The policy is removed, and the user's own value comes back");
  await operator(story, world, ['policy', 'default', '--none']);
  await until(() => readStore(dave).ThemeSource === 'dark');
  const theme = await settingOf(dave, 'theme');
  story.check(
    'the theme is dark again, by his own choice',
    theme?.value === 'dark' && theme.source === 'user' && !theme.locked,
  );
  story.check(
    'and the local file suggests again what the policy had locked',
    (await settingOf(dave, 'analyticsEnabled'))?.source === 'admin-settings',
  );
}

async function operator(story: Telling, world: World, args: readonly string[]): Promise<void> {
  story.typed(
    `mooring-hub ${args.map((arg) => (arg.includes(' ') ? `"${arg}"` : arg.startsWith(world.folder) ? 'stricter.json' : arg)).join(' ')} --organization acme`,
  );
  const ended = await world.operator(...args);
  if (ended.code !== 0)
    throw new Error(`mooring-hub ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}`);
  story.shown(ended.stdout);
}

async function statusOf(desktop: Desktop): Promise<StatusAnswer> {
  const { body } = await askAgent(desktop.paths.socket, 'GET', '/v1/status');
  return statusAnswerSchema.parse(JSON.parse(body));
}

async function settingsOf(desktop: Desktop): Promise<readonly SettingState[]> {
  const { body } = await askAgent(desktop.paths.socket, 'GET', '/v1/settings');
  return settingsAnswerSchema.parse(JSON.parse(body)).settings;
}

async function settingOf(desktop: Desktop, id: string): Promise<SettingState | undefined> {
  return (await settingsOf(desktop)).find((setting) => setting.id === id);
}

/** Waits for something that the agent does by itself; a file may be read while it is being replaced. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    try {
      if (await holds()) return;
    } catch {
      // Read again: the next version is complete.
    }
    if (performance.now() > deadline) throw new Error('The desktop did not follow within 15 s.');
    await wait(20);
  }
}

try {
  await main();
} catch (error) {
  endProcess(error);
}
