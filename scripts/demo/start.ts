import { endProcess, followSignals, unlessInterrupted } from './interruption.ts';
import { type Telling, tell } from './telling.ts';
import { createWorld, type Desktop, type World } from './world.ts';

/* `npm start`: the world of the demonstration, running until Ctrl-C, with dashboards and the Admin Console. */

const LOCAL_FILE = {
  configurationFileVersion: 2,
  disableUpdate: { locked: true, value: true },
  allowBetaFeatures: { locked: false, value: true },
};

async function main(): Promise<void> {
  const story = tell();
  const interruption = followSignals();
  story.say('Starting a hub with the organization acme, and two desktops …');
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
  const dana = await signedIn(world, 'dana', { email: hub.developerEmail, password: hub.developerPassword });
  const dave = await signedIn(world, 'dave', { email: hub.designerEmail, password: hub.designerPassword });
  story.say('');
  story.table([
    ['what', 'where'],
    ["dana's dashboard (she has a policy of her own)", dana.dashboard ?? ''],
    ["dave's dashboard (the default is his)", dave.dashboard ?? ''],
    ['Admin Console of the hub', hub.url],
    ['  sign in there as the owner', `${hub.ownerEmail}  ${hub.ownerPassword}`],
    ["dana's settings-store.json", dana.paths.store],
    ["dana's admin-settings.json", dana.paths.adminSettings],
  ]);
  story.say('');
  story.say('A dashboard link is good once, for 60 s. For a new one, or to type commands as dana:');
  const root = `MOORING_ROOT=${dana.env.MOORING_ROOT ?? ''}`;
  story.typed(`${root} npm run --silent mooring -- agent run --headless --dashboard`);
  story.typed(`${root} npm run --silent mooring -- settings list --managed`);
  story.say('To change a policy without the console:');
  story.typed(`npm run --silent mooring-hub -- policy list --organization acme --data ${world.hubData}`);
  story.say('');
  story.say('Ctrl-C ends it and removes everything.');
}

async function signedIn(world: World, name: string, person: Desktop['person']): Promise<Desktop> {
  const desktop = await world.desktop(name, person, LOCAL_FILE, { dashboard: true });
  const login = await desktop.signIn();
  if (login.code !== 0) throw new Error(`The sign-in of ${name} failed: ${login.stderr}`);
  return desktop;
}

try {
  await main();
  // A request of the pages that was kept open must not keep us.
  endProcess();
} catch (error) {
  endProcess(error);
}
