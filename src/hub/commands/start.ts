import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { type Command, InvalidArgumentError } from 'commander';
import ipaddr from 'ipaddr.js';
import { pino } from 'pino';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { systemClock } from '../clock.ts';
import type { HubOptions, RunningHub } from '../hub.ts';
import { createLogger, type Logger } from '../logging.ts';
import {
  type CommonOptions,
  databaseUrl,
  dataDirectory,
  type Surroundings,
  withCommonOptions,
} from './command-context.ts';

interface StartOptions extends CommonOptions {
  readonly host: string;
  readonly port: number;
  readonly publicUrl?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly trustProxy: readonly string[];
  readonly idpNetwork: readonly string[];
  readonly nameServer: readonly string[];
  readonly logLevel: string;
  readonly demo?: boolean;
  readonly smtpUrl?: string;
  readonly mailFrom: string;
}

const LEVELS = ['debug', 'info', 'warn', 'error'];

/** `mooring-hub start`: runs until it is told to stop. */
export function startCommand(program: Command, around: Surroundings, done: (code: number) => void): void {
  withCommonOptions(program.command('start'))
    .description('run the hub until it is stopped (Ctrl-C, SIGTERM)')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', port, 8443)
    .option('--public-url <url>', 'address that people and devices use; required off loopback')
    .option('--tls-cert <file>', 'certificate chain in PEM')
    .option('--tls-key <file>', 'its private key in PEM')
    .option('--trust-proxy <cidr...>', 'proxies whose X-Forwarded-* headers count', network, [])
    .option('--idp-network <cidr...>', 'private networks where identity providers may be asked', network, [])
    .option('--name-server <address...>', 'where the records of domains are looked up', nameServer, [])
    .option('--log-level <level>', `one of ${LEVELS.join(', ')}`, level, 'info')
    .option('--smtp-url <url>', 'mail server, as smtp://user:password@host:587 (default: MOORING_SMTP_URL)')
    .option('--mail-from <address>', 'sender of letters', 'mooring-hub@localhost')
    .option('--demo', 'make the demo world; without --data in a directory that goes with the hub')
    .action(async (options: StartOptions) => done(await run(options, around)));
}

async function run(options: StartOptions, around: Surroundings): Promise<number> {
  const temporary = options.demo === true && options.data === undefined ? temporaryDirectory() : null;
  // Structured lines belong on standard error: standard output holds the one line that says where the hub is.
  const log = createLogger({
    level: options.logLevel,
    destination: pino.destination({ dest: 2, sync: true }),
  });
  try {
    const stopWanted = new StopWanted();
    // Loaded only here: the other commands need none of the server, and answer sooner without it.
    const { startHub } = await import('../hub.ts');
    const hub = await startHub(hubOptions(options, around, { log, stopWanted, temporary }));
    try {
      await announceStart(hub, options, around, log);
      const reason = await stopWanted.reason;
      log.info({ reason: reason.text }, 'stopping');
      return reason.exit;
    } finally {
      await hub.stop();
      stopWanted.forget();
      log.info('stopped');
    }
  } finally {
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true });
  }
}

function hubOptions(
  options: StartOptions,
  around: Surroundings,
  inner: { readonly log: Logger; readonly stopWanted: StopWanted; readonly temporary: string | null },
): HubOptions {
  return {
    dataDirectory: inner.temporary ?? dataDirectory(options, around.env),
    host: options.host,
    port: options.port,
    publicUrl: options.publicUrl,
    tls: readTls(options),
    trustProxy: options.trustProxy,
    idpNetworks: options.idpNetwork,
    nameServers: options.nameServer,
    mail: mailOf(options, around),
    databaseUrl: databaseUrl(options, around.env),
    postgresUser: options.postgresUser,
    secret: around.env.MOORING_HUB_SECRET,
    metricsToken: around.env.MOORING_METRICS_TOKEN || undefined,
    log: inner.log,
    clock: systemClock,
    onFatal: (message) => inner.stopWanted.ask({ text: message, exit: 5 }),
  };
}

/** A password is better given by the environment: arguments can be seen by others on the machine. */
function mailOf(options: StartOptions, around: Surroundings): HubOptions['mail'] {
  const url = options.smtpUrl ?? around.env.MOORING_SMTP_URL;
  return url === undefined || url === '' ? undefined : { url, from: options.mailFrom };
}

async function announceStart(
  hub: RunningHub,
  options: StartOptions,
  around: Surroundings,
  log: Logger,
): Promise<void> {
  const listening = { url: hub.publicUrl, port: hub.port, pid: process.pid };
  const scimBaseUrl = `${hub.publicUrl}/scim/v2`;
  if (options.demo === true) {
    const { db } = hub.database;
    const { createDemoWorld } = await import('../demo.ts');
    const world = await createDemoWorld({
      db,
      clock: systemClock,
      hashPassword: (password) => hub.identity.passwords.hash(password),
    });
    around.write(`${JSON.stringify({ ...listening, scimBaseUrl, ...world })}\n`);
  } else if (around.json) around.write(`${JSON.stringify(listening)}\n`);
  else around.write(`Mooring Hub answers at ${hub.publicUrl}\n`);
  log.info({ url: hub.publicUrl, port: hub.port }, 'listening');
}

interface StopReason {
  readonly text: string;
  readonly exit: number;
}

/** The first reason to stop: a signal, or a fault that ends the hub. */
class StopWanted {
  readonly reason: Promise<StopReason>;
  ask: (reason: StopReason) => void = () => undefined;
  readonly #onSignal = (signal: NodeJS.Signals): void => this.ask({ text: signal, exit: 0 });

  constructor() {
    this.reason = new Promise((resolve) => {
      this.ask = resolve;
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, this.#onSignal);
  }

  /** After this a signal ends the process as it does by itself. */
  forget(): void {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, this.#onSignal);
  }
}

function readTls(options: StartOptions): { cert: string; key: string } | undefined {
  if (options.tlsCert === undefined && options.tlsKey === undefined) return undefined;
  if (options.tlsCert === undefined || options.tlsKey === undefined) {
    throw new RefusalError({
      code: 'bad_request',
      message: 'TLS needs both the certificate and its key.',
      help: 'Give --tls-cert FILE and --tls-key FILE.',
    });
  }
  const tls = { cert: readPem(options.tlsCert), key: readPem(options.tlsKey) };
  try {
    createSecureContext(tls);
  } catch (error) {
    throw new RefusalError({
      code: 'bad_request',
      message: `${options.tlsCert} and ${options.tlsKey} are no certificate with its key: ${error instanceof Error ? error.message : String(error)}`,
      help: 'Both are PEM files; the first holds the certificate chain, the second the private key of its first certificate, without a passphrase.',
    });
  }
  return tls;
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new RefusalError({
      code: 'storage_failed',
      message: `${file} could not be read: ${error instanceof Error ? error.message : String(error)}`,
      help: 'Check the path, and that the user who runs the hub may read it.',
    });
  }
}

/** mkdtemp makes it 0700; the database's user has to pass through when root starts the hub. */
function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'mooring-hub-demo-'));
  chmodSync(directory, 0o711);
  return directory;
}

function port(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number > 65_535)
    throw new InvalidArgumentError('It is a number from 0 to 65535.');
  return number;
}

/** Adds one name server to those named before: an address, with a port where it is not 53. */
function nameServer(text: string, before: readonly string[]): readonly string[] {
  const [, host = text] = /^\[?(.+?)\]?:\d{1,5}$/.exec(isIP(text) === 6 ? '' : text) ?? [];
  if (isIP(host) === 0)
    throw new InvalidArgumentError('It is an address such as 10.0.0.53, 10.0.0.53:5353 or [fd00::53]:5353.');
  return [...before, text];
}

/** Adds one network to those named before; an address is the network of it alone. */
function network(text: string, before: readonly string[]): readonly string[] {
  if (ipaddr.isValidCIDR(text)) return [...before, text];
  if (!ipaddr.isValid(text))
    throw new InvalidArgumentError('It is a network such as 10.0.0.0/8, or an address.');
  return [...before, `${text}/${ipaddr.parse(text).kind() === 'ipv4' ? 32 : 128}`];
}

function level(text: string): string {
  if (!LEVELS.includes(text)) throw new InvalidArgumentError(`It is one of ${LEVELS.join(', ')}.`);
  return text;
}
