import type { Command } from 'commander';
import type { Migration } from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import { emailColumn } from '../invitations/address-list.ts';
import { readMigration } from '../migration/migration-list.ts';
import { advanceMigration, beginMigration } from '../migration/migration-service.ts';
import { readOwnership, transferOwnership } from '../migration/ownership.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { findScimPlace } from '../scim/settings.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withDatabase,
} from './command-context.ts';
import { memberId } from './member-options.ts';
import { describedMove, migrationViewCommands, steppedMove } from './migration-view-commands.ts';
import { inOrganization } from './organization-option.ts';
import { answer } from './output.ts';
import { readText } from './text-file.ts';

interface MigrationOptions extends CommonOptions {
  readonly organization: string;
  readonly connection?: string;
  readonly batch?: number;
  readonly without?: readonly string[];
  readonly withoutFile?: string;
  readonly move?: string;
}

const moving = (command: Command): Command =>
  command.option('--move <id>', 'which one, as `migration list` names it (default: the one under way)');

const ACTIONS = {
  remove: 'remove the next batch of members that sign-in created; goes on where it stopped',
  verify: 'look who came back through SCIM',
  finish: 'end the move once everybody is back through SCIM; its report stays',
  pause: 'stop the removal of everybody that was begun in the Admin Console; it can go on later',
  cancel: 'give the move up; who is removed stays removed',
} as const;

/** `migration start|list|status|export|remove|run|verify|finish|cancel|owns|transfer` */
export function migrationCommands(program: Command, around: Surroundings): void {
  const migration = program
    .command('migration')
    .description('move from sign-in provisioning (JIT) to SCIM; first: members export --origin jit');
  inOrganization(migration.command('start'))
    .description('begin a move, or show the one under way, with its readiness checks')
    .option('--connection <name>', 'connection to an identity provider (default: the only one)')
    .action((options: MigrationOptions) =>
      within(options, around, 'migration start', async (db, organizationId) => {
        const { connectionId } = await findScimPlace(db, organizationId, options.connection);
        tell(around, await beginMigration(db, operator(), organizationId, connectionId));
      }),
    );
  migrationViewCommands(migration, around);
  for (const [name, description] of Object.entries(ACTIONS)) {
    const action = name as keyof typeof ACTIONS;
    const command = moving(inOrganization(migration.command(name))).description(description);
    if (action === 'remove')
      command.option('--batch <number>', 'how many people at a time', (text) => Number(text), 50);
    if (action === 'finish')
      command
        .option('--without <email...>', 'who has not come back and is left behind: each of them, by name')
        .option(
          '--without-file <file>',
          'the same from a CSV file ("-": standard input), as `migration export --state missing` writes it',
        );
    command.action((options: MigrationOptions) =>
      within(options, around, `migration ${name}`, async (db, organizationId) => {
        const { id } = await steppedMove(db, organizationId, options.move);
        const where = { organizationId, migrationId: id };
        const without = await peopleNamed(db, where, leftBehind(options));
        tell(
          around,
          await advanceMigration(db, operator(), where, { action, batch: batchOf(options), without }),
        );
      }),
    );
  }
  runCommand(migration, around);
  ownershipCommands(migration, around);
}

function runCommand(migration: Command, around: Surroundings): void {
  moving(inOrganization(migration.command('run')))
    .description(
      'remove batch after batch until nobody waits, telling how far it is; interrupted, run it again',
    )
    .option('--batch <number>', 'how many people at a time', (text) => Number(text), 50)
    .action((options: MigrationOptions) =>
      within(options, around, 'migration run', async (db, organizationId) => {
        const { id: migrationId, counts } = await steppedMove(db, organizationId, options.move);
        const batch = batchOf(options);
        const wanted = { action: 'remove', batch, without: [] } as const;
        for (let waiting = counts.waiting; ; ) {
          const moved = await advanceMigration(db, operator(), { organizationId, migrationId }, wanted);
          // A batch that moves nobody would go on for ever.
          if (moved.counts.waiting === 0 || moved.counts.waiting >= waiting) return tell(around, moved);
          waiting = moved.counts.waiting;
          around.writeError(`${moved.counts.removed} removed, ${waiting} waiting\n`);
        }
      }),
    );
}

function batchOf({ batch = 50 }: MigrationOptions): number {
  if (Number.isInteger(batch) && batch >= 1 && batch <= 500) return batch;
  throw new RefusalError({ code: 'bad_request', message: '--batch is a number from 1 to 500.' });
}

function leftBehind({ without = [], withoutFile }: MigrationOptions): readonly string[] {
  if (withoutFile === undefined) return without;
  const named = emailColumn(readText(withoutFile)).map(({ text }) => text.trim());
  return [...without, ...named.filter((email) => email !== '')];
}

/** The accounts of people in the move, by their addresses. */
async function peopleNamed(
  db: Db,
  where: { readonly organizationId: string; readonly migrationId: string },
  emails: readonly string[],
): Promise<readonly string[]> {
  if (emails.length === 0) return [];
  const { people } = await readMigration(db, where);
  const byEmail = new Map(people.map(({ email, userId }) => [email.toLowerCase(), userId]));
  return emails.map((email) => {
    const userId = byEmail.get(email.toLowerCase());
    if (userId !== undefined) return userId;
    throw new RefusalError({
      code: 'not_found',
      message: `${email} is not in this move.`,
      help: 'mooring-hub migration status lists everybody in it.',
    });
  });
}

function ownershipCommands(migration: Command, around: Surroundings): void {
  inOrganization(migration.command('owns <email>'))
    .description('what a member made and would leave behind')
    .action((email: string, options: MigrationOptions) =>
      within(options, around, 'migration owns', async (db, organizationId) => {
        const owned = await readOwnership(db, organizationId, await memberId(db, email));
        answer(outputOf(around), owned, () => [
          `API tokens: ${owned.tokens.map((token) => token.name).join(', ') || 'none'}`,
          `Open invitations: ${owned.invitations}`,
          ...(owned.onlyOwner ? ['The only owner: make somebody else an owner first.'] : []),
        ]);
      }),
    );
  inOrganization(migration.command('transfer <from> <to>'))
    .description('give API tokens and open invitations of one member to an owner')
    .action((from: string, to: string, options: MigrationOptions) =>
      within(options, around, 'migration transfer', async (db, organizationId) => {
        const wanted = { fromUserId: await memberId(db, from), toUserId: await memberId(db, to) };
        const moved = await transferOwnership(db, operator(), organizationId, wanted);
        answer(outputOf(around), moved, () => [
          `${moved.tokens} API tokens and ${moved.invitations} invitations are ${to}'s now.`,
        ]);
      }),
    );
}

function within(
  options: MigrationOptions,
  around: Surroundings,
  purpose: string,
  run: (db: Db, organizationId: string) => Promise<void>,
): Promise<void> {
  return withDatabase({ options, around, purpose }, async ({ db }) =>
    run(db, (await findOrganization(db, options.organization)).id),
  );
}

function tell(around: Surroundings, migration: Migration): void {
  answer(outputOf(around), { migration }, () => describedMove(migration));
}
