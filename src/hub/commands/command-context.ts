import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { ChangeContext } from '../audit/record.ts';
import { systemClock } from '../clock.ts';
import { type HubDatabase, joinHubDatabase } from '../hub-database.ts';
import { createLogger } from '../logging.ts';
import type { Output } from './output.ts';

/** The process around a command. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** A program asked: `--json` is among the words, before or after the command's name. */
  readonly json: boolean;
  readonly stdin: NodeJS.ReadStream;
  write(text: string): void;
  writeError(text: string): void;
}

/** Options that every command has. */
export interface CommonOptions {
  readonly data?: string;
  readonly databaseUrl?: string;
  readonly postgresUser?: string;
}

/** Adds them to a command. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--data <dir>', 'data directory (default: MOORING_HUB_DATA, else one by user)')
    .option('--database-url <url>', 'PostgreSQL server to use (default: DATABASE_URL, else the embedded one)')
    .option('--postgres-user <name>', 'user that the embedded database runs as when started by root')
    .option('--json', 'answer for programs');
}

/** Where the hub's data lies unless somebody says otherwise: a system directory for root, else one of the user. */
export function dataDirectory(options: CommonOptions, env: NodeJS.ProcessEnv): string {
  const named = options.data ?? env.MOORING_HUB_DATA;
  if (named !== undefined && named !== '') return resolve(named);
  return process.getuid?.() === 0 ? '/var/lib/mooring-hub' : join(homedir(), '.mooring', 'hub');
}

/** The server named by option or environment. */
export function databaseUrl(options: CommonOptions, env: NodeJS.ProcessEnv): string | undefined {
  const named = options.databaseUrl ?? env.DATABASE_URL;
  return named === '' ? undefined : named;
}

export function outputOf(around: Surroundings): Output {
  return {
    json: around.json,
    write: (text) => around.write(text),
    writeError: (text) => around.writeError(text),
  };
}

/** Who the audit log names for a command on the hub's own machine. */
export function operator(): ChangeContext {
  const name = `command line (${userInfo().username})`;
  return { actor: { kind: 'system', name }, sourceAddress: null, at: new Date(systemClock.now()) };
}

/** Options of every opening of the database by a command; warnings of the database go to standard error. */
export function databaseOptions(options: CommonOptions, around: Surroundings, purpose: string) {
  return {
    dataDirectory: dataDirectory(options, around.env),
    databaseUrl: databaseUrl(options, around.env),
    postgresUser: options.postgresUser,
    log: createLogger({ level: 'fatal' }),
    purpose: `mooring-hub ${purpose}`,
  };
}

/** Runs with the hub's database: the running hub's, else one started for this command. */
export async function withDatabase<Value>(
  wanted: {
    readonly options: CommonOptions;
    readonly around: Surroundings;
    readonly purpose: string;
    readonly create?: boolean;
  },
  run: (database: HubDatabase) => Promise<Value>,
): Promise<Value> {
  const { options, around, purpose, create = false } = wanted;
  const database = await joinHubDatabase({ ...databaseOptions(options, around, purpose), create });
  try {
    return await run(database);
  } finally {
    await database.stop();
  }
}
