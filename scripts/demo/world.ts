import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { statusAnswerSchema } from '../../src/shared/contracts/local-api.ts';
import { type Interruption, unlessInterrupted } from './interruption.ts';
import { type Person, signInThroughPages } from './person.ts';
import {
  type Ended,
  type Environment,
  mooring,
  mooringHub,
  type Running,
  startProgram,
} from './processes.ts';

/*
 * The world of the demonstration: a real hub and two real agents, as processes of their own, with every file beneath
 * one temporary folder.
 */

const hubLine = z.object({
  url: z.string(),
  organization: z.string(),
  ownerEmail: z.string(),
  ownerPassword: z.string(),
  developerEmail: z.string(),
  developerPassword: z.string(),
  designerEmail: z.string(),
  designerPassword: z.string(),
});

const loginLine = z.object({ url: z.string() });
const agentLine = z.object({ dashboard: z.string().optional(), url: z.string().optional() });

/** One desktop: its agent, its person, its files. */
export interface Desktop {
  readonly name: string;
  readonly person: Person;
  readonly env: Environment;
  readonly paths: {
    readonly store: string;
    readonly choices: string;
    readonly adminSettings: string;
    readonly socket: string;
  };
  /** Address of its dashboard, where it was asked for. */
  readonly dashboard: string | undefined;
  /** `mooring …` as this person types it. */
  mooring(...args: readonly string[]): Promise<Ended>;
  signIn(): Promise<Ended>;
}

export interface World {
  readonly folder: string;
  readonly hub: z.infer<typeof hubLine>;
  readonly hubData: string;
  /** `mooring-hub …` on the hub's own machine, for the organization of the demonstration. */
  operator(...args: readonly string[]): Promise<Ended>;
  /** Starts the agent of a desktop whose machine has this admin-settings.json. */
  desktop(
    name: string,
    person: Person,
    adminSettings: unknown,
    options?: { readonly dashboard?: boolean },
  ): Promise<Desktop>;
  /** Ends every process and removes every file. */
  end(): Promise<void>;
}

const NEVER: Interruption = new Promise(() => undefined);

/** What runs in a world: where its files are, its programs, and its commands that have not ended yet. */
interface Stage {
  readonly folder: string;
  readonly running: Running[];
  readonly commands: Set<Promise<unknown>>;
  ended: boolean;
}

/**
 * Starts the hub with the demonstration's organization.
 * @throws InterruptedError when asked to end before the hub stands; nothing is left then
 */
export async function createWorld(interruption: Interruption = NEVER): Promise<World> {
  // The embedded database runs as an unprivileged user when started by root, who must be able to pass through.
  const folder = mkdtempSync(join(tmpdir(), 'mooring-demo-'));
  chmodSync(folder, 0o711);
  const hubData = join(folder, 'hub');
  const stage: Stage = { folder, running: [], commands: new Set(), ended: false };
  const end = async () => {
    stage.ended = true;
    for (const program of stage.running.toReversed()) await program.stop();
    // One that still runs would write its files again behind us.
    await Promise.allSettled(stage.commands);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const hub = startProgram('mooring-hub', ['start', '--demo', '--data', hubData, '--port', '0', '--json']);
    stage.running.push(hub);
    const line = hubLine.parse(JSON.parse(await unlessInterrupted(hub.firstLine(), interruption)));
    return {
      folder,
      hub: line,
      hubData,
      operator: (...args) =>
        command(stage, () => mooringHub([...args, '--organization', 'acme', '--data', hubData])),
      desktop: (name, person, adminSettings, options = {}) =>
        startDesktop(stage, line.url, { name, person, adminSettings, dashboard: options.dashboard === true }),
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Runs a command that the end of the world waits for; none is started once it has ended. */
function command<T>(stage: Stage, start: () => Promise<T>): Promise<T> {
  if (stage.ended) return Promise.reject(new Error('The demonstration has ended.'));
  const work = start();
  stage.commands.add(work);
  const forget = () => stage.commands.delete(work);
  work.then(forget, forget);
  return work;
}

async function startDesktop(
  stage: Stage,
  hubUrl: string,
  wanted: {
    readonly name: string;
    readonly person: Person;
    readonly adminSettings: unknown;
    readonly dashboard: boolean;
  },
): Promise<Desktop> {
  const { name, person } = wanted;
  const home = join(stage.folder, name);
  const env: Environment = { MOORING_ROOT: home };
  const paths = await command(stage, () => {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    return pathsOf(env);
  });
  const agent = await command(stage, async () => {
    mkdirSync(dirname(paths.adminSettings), { recursive: true });
    writeFileSync(paths.adminSettings, `${JSON.stringify(wanted.adminSettings, null, 2)}\n`);
    const options = wanted.dashboard ? ['--dashboard'] : [];
    const started = startProgram('mooring', ['agent', 'run', '--headless', '--json', ...options], env);
    stage.running.push(started);
    return started;
  });
  const line = agentLine.parse(JSON.parse(await agent.firstLine()));
  return {
    name,
    person,
    env,
    paths,
    dashboard: line.dashboard ?? line.url,
    mooring: (...args) => command(stage, () => mooring(args, env)),
    signIn: () =>
      command(stage, () =>
        mooring(['login', '--hub', hubUrl, '--no-browser', '--json'], env, (text) => {
          const address = readLogin(text);
          if (address !== null)
            void signInThroughPages(address, person).catch((error: unknown) =>
              process.stderr.write(`${String(error)}\n`),
            );
        }),
      ),
  };
}

function readLogin(line: string): string | null {
  try {
    return loginLine.parse(JSON.parse(line)).url;
  } catch {
    return null;
  }
}

async function pathsOf(env: Environment): Promise<Desktop['paths']> {
  const { stdout } = await mooring(['status', '--json'], env);
  const { paths } = statusAnswerSchema.parse(JSON.parse(stdout));
  return { ...paths, socket: join(dirname(paths.state), 'run', 'agent.sock') };
}
