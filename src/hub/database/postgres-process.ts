import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { platform } from 'node:os';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { starterMark } from './ownership.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { PostgresUser } from './postgres-user.ts';

/** Where a cluster listens: a directory for its unix socket, or a loopback port. */
export interface PostgresEndpoint {
  readonly host: string;
  readonly port: number;
}

export interface PostgresProcessOptions {
  readonly binaries: PostgresBinaries;
  readonly directory: string;
  readonly endpoint: PostgresEndpoint;
  readonly user: PostgresUser | null;
  /** Further `name=value` settings of the server. */
  readonly settings?: readonly string[];
  /** One line of the server's log. */
  readonly onLog?: (line: string) => void;
}

/** A running postmaster that is our child. */
export interface PostgresProcess {
  readonly pid: number;
  /** Settles when the server ends, whoever ended it. */
  readonly exited: Promise<void>;
  /** Ends the sessions, writes a checkpoint, waits for the end. Safe to call twice. */
  stop(): Promise<void>;
}

/** Never our own environment: it may hold secrets, and `PG*` variables would change the server. */
function postgresEnvironment(): NodeJS.ProcessEnv {
  const kept = platform() === 'win32' ? ['SystemRoot', 'SystemDrive', 'TEMP', 'TMP', 'PATH'] : ['PATH'];
  const environment: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC' };
  for (const name of kept) if (process.env[name] !== undefined) environment[name] = process.env[name];
  return environment;
}

/** Options of a spawn as the unprivileged user; its own session, so that Ctrl-C reaches the hub alone. */
function runAs(user: PostgresUser | null) {
  return { ...(user === null ? {} : { uid: user.uid, gid: user.gid }), env: postgresEnvironment() };
}

const READY = 'database system is ready to accept connections';

/** Starts the server and waits until it accepts connections. */
export async function startPostgres(options: PostgresProcessOptions): Promise<PostgresProcess> {
  const child = spawn(options.binaries.postgres, serverArguments(options), {
    ...runAs(options.user),
    cwd: options.directory,
    detached: platform() !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lastLines: string[] = [];
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const ready = new Promise<boolean>((resolve) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      options.onLog?.(line);
      lastLines.push(line);
      if (lastLines.length > 12) lastLines.shift();
      if (line.includes(READY)) resolve(true);
    });
    void exited.then(() => resolve(false));
  });
  if (!(await ready) || child.pid === undefined) {
    throw new RefusalError({
      code: 'storage_failed',
      message: `PostgreSQL did not start in ${options.directory}: ${lastLines.join(' | ') || 'it ended without a word'}`,
      help: 'The lines above are its own log. Check free disk space and the permissions of the data directory.',
    });
  }
  return { pid: child.pid, exited, stop: () => stopChild(child, exited, options) };
}

function serverArguments(options: PostgresProcessOptions): string[] {
  const { host, port } = options.endpoint;
  const settings = host.startsWith('/')
    ? ['listen_addresses=', `unix_socket_directories=${host}`, 'unix_socket_permissions=0700']
    : [`listen_addresses=${host}`, 'unix_socket_directories='];
  settings.push(
    `cluster_name=${starterMark()}`,
    'shared_buffers=32MB',
    'max_connections=100',
    'timezone=UTC',
    'log_timezone=UTC',
  );
  settings.push(
    'logging_collector=off',
    'log_destination=stderr',
    'lc_messages=C',
    ...(options.settings ?? []),
  );
  return ['-D', options.directory, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
}

async function stopChild(
  child: ChildProcess,
  exited: Promise<void>,
  options: PostgresProcessOptions,
): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    if (platform() === 'win32') await pgCtlStop(options);
    else child.kill('SIGINT'); // "fast": sessions are ended, nothing committed is lost
  }
  await exited;
}

async function pgCtlStop(options: PostgresProcessOptions): Promise<void> {
  await promisify(execFile)(options.binaries.pgCtl, ['stop', '-D', options.directory, '-m', 'fast', '-w']);
}

/** Creates a cluster in an empty directory that the user owns. */
export async function initialisePostgres(options: {
  readonly binaries: PostgresBinaries;
  readonly directory: string;
  readonly user: PostgresUser | null;
  readonly superuser: string;
  /** A file that the user can read; holds the superuser's password. */
  readonly passwordFile: string;
  readonly durable: boolean;
}): Promise<void> {
  const child = spawn(
    options.binaries.initdb,
    [
      ...['-D', options.directory, '-U', options.superuser, '--auth=scram-sha-256'],
      ...[`--pwfile=${options.passwordFile}`, '--encoding=UTF8', '--locale=C', '--data-checksums'],
      // Names are ordered by their bytes and folded as Unicode says: JÖRG and jörg are one person.
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
      ...(options.durable ? [] : ['--no-sync', '--wal-segsize=1']),
    ],
    {
      ...runAs(options.user),
      cwd: options.directory,
      stdio: ['ignore', 'ignore', 'pipe'],
      windowsHide: true,
    },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  if (code === 0) return;
  throw new RefusalError({
    code: 'storage_failed',
    message: `PostgreSQL could not create its files in ${options.directory}: ${said.trim()}`,
    help: 'Check free disk space and the permissions of the data directory, or use DATABASE_URL.',
  });
}
