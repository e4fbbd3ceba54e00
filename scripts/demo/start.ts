import { endProcess, followSignals, unlessInterrupted } from './interruption.ts';
import { type Telling, tell } from './telling.ts';
import { createWorld, type World } from './world.ts';

/* `npm start`: the world of the demonstration, running until Ctrl-C, with a dashboard in the browser. */

const LOCAL_FILE = {
  configurationFileVersion: 2,
  disableUpdate: { locked: true, value: true },
  allowBetaFeatures: { locked: false, value: true },
};

async function main(): Promise<void> {
  const story = tell();
  const interruption = followSignals();
  story.say('Starting a hub with the organization acme, and one desktop …');
  const world = await createWorld(interruption);
  try {
    await unlessInterrupted(open(story, world), interruption);
    await interruption;
  } finally {
    await world.end();
  }
}

async function open(story: Telling, world: World): Promise<void> {
  const { hub } = world;
  const person = { email: hub.developerEmail, password: hub.developerPassword };
  const desktop = await world.desktop('dana', person, LOCAL_FILE, { dashboard: true });
  const login = await desktop.signIn();
  if (login.code !== 0) throw new Error(`The sign-in failed: ${login.stderr}`);
  story.say('');
  story.table([
    ['what', 'where'],
    ["dana's dashboard (good once, for 60 s)", desktop.dashboard ?? ''],
    ['the hub', hub.url],
    ['owner of acme', `${hub.ownerEmail}  ${hub.ownerPassword}`],
    ['dana', `${hub.developerEmail}  ${hub.developerPassword}`],
    ['settings-store.json', desktop.paths.store],
    ['admin-settings.json', desktop.paths.adminSettings],
  ]);
  story.say('');
  story.say(
    `To type commands as dana: MOORING_ROOT=${desktop.env.MOORING_ROOT ?? ''} npm run --silent mooring -- settings list --managed`,
  );
  story.say(
    `To change the policy: npm run --silent mooring-hub -- policy list --organization acme --data ${world.hubData}`,
  );
  story.say('Ctrl-C ends it and removes everything.');
}

try {
  await main();
  // A request of the pages that was kept open must not keep us.
  endProcess();
} catch (error) {
  endProcess(error);
}
