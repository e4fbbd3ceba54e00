import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import type { HubSecret } from './hub-secret.ts';

/** The database holds values sealed with another secret than the one this hub was started with. */
export class WrongHubSecretError extends RefusalError {
  constructor(name: string) {
    super({
      code: 'storage_failed',
      message: `The hub's secret does not open what the database holds (${name}): it was sealed with another one.`,
      help: 'Start the hub with the MOORING_HUB_SECRET, or the hub.secret file, that this database was made with.',
    });
    this.name = 'WrongHubSecretError';
  }
}

/**
 * A value that every hub process shares, made by whichever comes first and kept sealed in the database. `make`
 * may run in two processes at once; only one result is kept, and both get that one.
 */
export async function sealedValue(
  options: { readonly db: Db; readonly secret: HubSecret; readonly now: () => Date },
  name: string,
  make: () => Promise<string>,
): Promise<string> {
  const { db, secret, now } = options;
  const purpose = `value:${name}`;
  const read = () =>
    db.selectFrom('sealed_values').select('sealed').where('name', '=', name).executeTakeFirst();
  let row = await read();
  if (row === undefined) {
    await db
      .insertInto('sealed_values')
      .values({ name, sealed: secret.seal(purpose, Buffer.from(await make())), created_at: now() })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    row = await read();
  }
  const plain = row === undefined ? null : secret.open(purpose, row.sealed);
  if (plain === null) throw new WrongHubSecretError(name);
  return plain.toString('utf8');
}
