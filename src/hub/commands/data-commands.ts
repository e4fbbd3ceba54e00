import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { organizationNameSchema } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { VERSION } from '../../shared/version.ts';
import { verifyBackup, writeBackup } from '../database/backup.ts';
import { makeFolder } from '../database/make-folder.ts';
import { appliedMigrations } from '../database/migrate.ts';
import { restoreBackup } from '../database/restore.ts';
import { openBareDatabase } from '../hub-database.ts';
import { awaitFirstOwner } from '../organizations/first-owner.ts';
import {
  type CommonOptions,
  databaseOptions,
  dataDirectory,
  operator,
  outputOf,
  type Surroundings,
  withCommonOptions,
  withDatabase,
} from './command-context.ts';
import { answer } from './output.ts';

/** `init`, `migrate`, `backup`, `restore`. */
export function dataCommands(program: Command, around: Surroundings): void {
  initCommand(program, around);
  withCommonOptions(program.command('migrate'))
    .description('bring the database forward to this version')
    .action((options: CommonOptions) =>
      withDatabase({ options, around, purpose: 'migrate', create: true }, async ({ db }) => {
        const version = (await appliedMigrations(db)).at(-1) ?? '';
        answer(outputOf(around), { version }, () => [`The database is at ${version}.`]);
      }),
    );
  withCommonOptions(program.command('backup <file>'))
    .description('write everything into one file, while the hub runs or not')
    .action((file: string, options: CommonOptions) => backup(resolve(file), options, around));
  withCommonOptions(program.command('restore <file>'))
    .description('read a backup into a new data directory or an empty database')
    .action((file: string, options: CommonOptions) => restore(resolve(file), options, around));
}

interface InitOptions extends CommonOptions {
  readonly organization: string;
  readonly displayName?: string;
  readonly publicUrl: string;
}

function initCommand(program: Command, around: Surroundings): void {
  withCommonOptions(program.command('init'))
    .description('make an organization, and a one-time link for its first owner')
    .requiredOption('--organization <name>', 'its short name, as profiles list it in allowedOrgs')
    .option('--display-name <text>', 'its name for people (default: the short name)')
    .option('--public-url <url>', 'address the hub is (or will be) reached at', 'http://127.0.0.1:8443')
    .action((options: InitOptions) =>
      withDatabase({ options, around, purpose: 'init', create: true }, async ({ db }) => {
        const name = organizationNameSchema.safeParse(options.organization);
        if (!name.success) {
          throw new RefusalError({
            code: 'bad_request',
            message: `"${options.organization}" cannot be the name of an organization: it ${name.error.issues[0]?.message ?? 'is not valid'}.`,
          });
        }
        const { made, link } = await awaitFirstOwner(db, operator(), {
          name: name.data,
          displayName: options.displayName ?? name.data,
          publicUrl: options.publicUrl.replace(/\/+$/, ''),
        });
        const expiresAt = link.expiresAt.toISOString();
        const value = { organization: name.data, made, setupLink: link.url, expiresAt };
        answer(outputOf(around), value, () => [
          made
            ? `Made the organization ${name.data}.`
            : `The organization ${name.data} is there and has no owner yet. Earlier links to it have ended.`,
          `Its first owner opens this link, once, before ${expiresAt}:`,
          link.url,
          ...(made
            ? ['The first sign-in asks for a second factor too: an authenticator app, or a passkey.']
            : []),
        ]);
      }),
    );
}

async function backup(file: string, options: CommonOptions, around: Surroundings): Promise<void> {
  const secretFile = join(dataDirectory(options, around.env), 'hub.secret');
  const fromEnvironment = (around.env.MOORING_HUB_SECRET ?? '') !== '';
  const secret = !fromEnvironment && existsSync(secretFile) ? readFileSync(secretFile, 'utf8').trim() : null;
  await withDatabase({ options, around, purpose: 'backup' }, async ({ target }) => {
    const written = await writeBackup({ target, file, hub: VERSION, secret, at: new Date() });
    answer(outputOf(around), { file, ...written, holdsSecret: secret !== null }, () => [
      `Wrote ${written.rows} rows of ${written.tables} tables to ${file}.`,
      secret === null
        ? "The hub's secret is not in it: keep MOORING_HUB_SECRET, a restored hub needs the same."
        : "It holds the hub's secret and can sign policy: keep it like a private key.",
    ]);
  });
}

async function restore(file: string, options: CommonOptions, around: Surroundings): Promise<void> {
  const directory = dataDirectory(options, around.env);
  // Before a database is made for it, which a damaged or missing file would leave behind.
  await verifyBackup(file);
  const database = await openBareDatabase(databaseOptions(options, around, 'restore'));
  try {
    const { head, rows } = await restoreBackup({ target: database.target, file, at: new Date() });
    const secret = restoreSecret(join(directory, 'hub.secret'), head.secret);
    answer(outputOf(around), { file, rows, createdAt: head.createdAt, secret }, () => [
      `Restored ${rows} rows from ${file}, made ${head.createdAt} by version ${head.hub}.`,
      'Every bundle was stamped anew: devices fetch again when the hub starts.',
      ...(secret === 'kept'
        ? ['This data directory has a secret of its own, which was kept; the other is not in use.']
        : []),
      ...(secret === 'absent'
        ? ['Start the hub with the MOORING_HUB_SECRET that the backup was made with.']
        : []),
    ]);
  } finally {
    await database.stop();
  }
}

function restoreSecret(path: string, secret: string | null): 'restored' | 'same' | 'kept' | 'absent' {
  if (secret === null) return 'absent';
  if (existsSync(path)) return readFileSync(path, 'utf8').trim() === secret ? 'same' : 'kept';
  makeFolder(dirname(path));
  writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(path, 0o600);
  return 'restored';
}
