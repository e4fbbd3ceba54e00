import type { Readable } from 'node:stream';
import type { MigrationExportQuery } from '../../shared/contracts/hub-provisioning.ts';
import { csvRows } from '../csv-rows.ts';
import type { Reader } from '../database/connection.ts';
import { pageMigrationPeople } from './migration-list.ts';
import type { MigrationPlace } from './migration-steps.ts';

const AT_A_TIME = 500;

/** The people of a move and what became of them as CSV, a page of the database at a time. */
export function exportMigration(
  reader: Reader,
  where: MigrationPlace,
  query: MigrationExportQuery = {},
): Readable {
  return csvRows(['Email', 'State', 'Detail'], cells(reader, where, query));
}

async function* cells(reader: Reader, where: MigrationPlace, query: MigrationExportQuery) {
  for (let cursor: string | undefined; ; ) {
    const page = await pageMigrationPeople(reader, where, { ...query, cursor, limit: AT_A_TIME });
    for (const { email, state, detail } of page.people) yield [email, state, detail];
    if (page.next === null) return;
    cursor = page.next;
  }
}
