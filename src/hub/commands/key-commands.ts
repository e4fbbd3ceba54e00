import { join } from 'node:path';
import type { Command } from 'commander';
import { signingKeyQuerySchema } from '../../shared/contracts/hub-signing-keys.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { listSigningKeys, pageSigningKeys, pinnedAs, rotateSigningKey } from '../delivery/signing-keys.ts';
import { type HubSecret, loadHubSecret } from '../secrets/hub-secret.ts';
import {
  type CommonOptions,
  dataDirectory,
  operator,
  outputOf,
  type Surroundings,
  withCommonOptions,
  withDatabase,
} from './command-context.ts';
import { answerList, listing, queryOf } from './list-options.ts';
import { answer } from './output.ts';

/** `keys list|rotate`: the keys that sign policy bundles. */
export function keyCommands(program: Command, around: Surroundings): void {
  const keys = program.command('keys').description('keys that sign policy bundles');
  listing(withCommonOptions(keys.command('list')), signingKeyQuerySchema)
    .description('list them, newest first, with the public half that devices pin')
    .option('--state <state>', 'only those: signing or replaced')
    .action((options: CommonOptions) =>
      withDatabase({ options, around, purpose: 'keys list' }, async ({ db }) => {
        const page = await pageSigningKeys(db, queryOf(signingKeyQuerySchema, options));
        answerList(
          around,
          { ...page, rows: page.rows.map((key) => ({ ...key, ...pinnedAs(key) })) },
          {
            name: 'keys',
            head: ['FINGERPRINT', 'PUBLIC HALF', 'SINCE', 'STATE'],
            cells: (key) => [
              key.fingerprint,
              key.x,
              key.createdAt.toISOString(),
              key.active ? 'signs now' : 'replaced',
            ],
            none: 'None yet: the first is made when the hub starts.',
          },
        );
      }),
    );
  withCommonOptions(keys.command('rotate'))
    .description('make a new key, signed by the present one, which it replaces; devices follow by themselves')
    .action((options: CommonOptions) =>
      withDatabase({ options, around, purpose: 'keys rotate' }, async ({ db }) => {
        const secret = await secretOf(options, around);
        if ((await listSigningKeys(db)).length === 0) {
          throw new RefusalError({
            code: 'not_found',
            message: 'There is no key to rotate yet.',
            help: 'The first one is made when the hub starts: mooring-hub start',
          });
        }
        const made = await rotateSigningKey({ db, secret }, operator());
        answer(outputOf(around), { key: made }, () => [
          `The new key ${pinnedAs(made).fingerprint} signs from now on; public half: ${made.x}`,
          `Profiles that pin keys (hubKeys) should name it before ${made.predecessor ?? ''} is taken out.`,
        ]);
      }),
    );
}

/** The hub's own secret, which seals the keys. */
export async function secretOf(options: CommonOptions, around: Surroundings): Promise<HubSecret> {
  const loaded = await loadHubSecret({
    environment: around.env.MOORING_HUB_SECRET,
    file: join(dataDirectory(options, around.env), 'hub.secret'),
  });
  if (loaded.ok) return loaded.secret;
  throw new RefusalError({ code: 'storage_failed', message: loaded.fault.message });
}
