import type { Command } from 'commander';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { recordChange } from '../audit/record.ts';
import { findAccount } from '../organizations/accounts.ts';
import { createRecoveryLink } from '../organizations/setup-links.ts';
import { removeSecondFactor } from '../second-factor/second-factor.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withCommonOptions,
  withDatabase,
} from './command-context.ts';
import { answer } from './output.ts';

/** `recover --owner`: the way in when the identity provider, the password or the authenticator app is lost. */
export function recoverCommand(program: Command, around: Surroundings): void {
  withCommonOptions(program.command('recover'))
    .description('print a link, good for 15 minutes, with which an owner gets in again; audited')
    .requiredOption('--owner <email>', 'address of the owner')
    .option('--public-url <url>', 'address of the hub, for the link', 'http://127.0.0.1:8443')
    .action((options: CommonOptions & { owner: string; publicUrl: string }) =>
      withDatabase({ options, around, purpose: 'recover' }, async ({ db }) => {
        const context = operator();
        const link = await db.transaction().execute(async (trx) => {
          const account = await findAccount(trx, options.owner);
          const owned =
            account === undefined || account.disabled_at !== null
              ? []
              : await trx
                  .selectFrom('memberships')
                  .select('organization_id')
                  .where('user_id', '=', account.id)
                  .where('role', '=', 'owner')
                  .execute();
          if (account === undefined || owned.length === 0) {
            throw new RefusalError({
              code: 'not_found',
              message: `${options.owner} is not the address of an owner of any organization.`,
              help: 'List owners with: mooring-hub members list --organization NAME',
            });
          }
          await removeSecondFactor(trx, account.id);
          for (const { organization_id: organizationId } of owned) {
            await recordChange(trx, context, {
              organizationId,
              action: 'account.recover',
              target: { kind: 'user', id: account.id, label: account.email },
            });
          }
          return createRecoveryLink(trx, {
            publicUrl: options.publicUrl.replace(/\/+$/, ''),
            userId: account.id,
            at: context.at,
          });
        });
        const shown = { url: link.url, expiresAt: link.expiresAt.toISOString() };
        answer(outputOf(around), shown, () => [
          `${options.owner} chooses a new password here, once, before ${shown.expiresAt}:`,
          link.url,
          'A second factor of this account was removed.',
        ]);
      }),
    );
}
