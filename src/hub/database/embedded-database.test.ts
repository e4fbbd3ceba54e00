import { rmSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { openDatabase } from './connection.ts';
import { startEmbeddedDatabase } from './embedded-database.ts';
import { migrate } from './migrate.ts';
import { passableTemporaryDirectory } from './test-database.ts';

const undo: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function temporaryDirectory(): string {
  const directory = passableTemporaryDirectory('mooring-db-');
  undo.push(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

it('starts, keeps its content over a restart, and tells a second owner who holds it', async () => {
  const dataDirectory = temporaryDirectory();
  const first = await startEmbeddedDatabase({ dataDirectory, purpose: 'first hub' });
  const handle = openDatabase(first.target);
  await migrate(handle.db);
  await handle.db.insertInto('organizations').values({ name: 'acme', display_name: 'Acme' }).execute();
  await handle.close();
  const second = await startEmbeddedDatabase({ dataDirectory, purpose: 'second hub' }).catch(
    (e: unknown) => e,
  );
  expect(second).toBeInstanceOf(RefusalError);
  expect((second as RefusalError).message).toContain(`first hub (process ${process.pid} on `);
  await first.stop();
  const again = await startEmbeddedDatabase({ dataDirectory, purpose: 'third hub' });
  undo.push(() => again.stop());
  const reopened = openDatabase(again.target);
  expect(await reopened.db.selectFrom('organizations').select('name').execute()).toEqual([{ name: 'acme' }]);
  await reopened.close();
});
