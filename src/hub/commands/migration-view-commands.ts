import type { Command } from 'commander';
import {
  type Migration,
  type MigrationPerson,
  migrationExportQuerySchema,
  migrationQuerySchema,
  migrationReportQuerySchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import { exportMigration } from '../migration/migration-export.ts';
import { listMigrations, readMigration } from '../migration/migration-list.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { findScimPlace } from '../scim/settings.ts';
import { type Surroundings, withDatabase } from './command-context.ts';
import { answerList, listing, paging, queryOf } from './list-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';

interface ViewOptions extends OrganizationOptions {
  readonly connection?: string;
  readonly move?: string;
}

/** `migration list|status|export` */
export function migrationViewCommands(migration: Command, around: Surroundings): void {
  paging(inOrganization(migration.command('list')), migrationQuerySchema)
    .description('every move from sign-in provisioning to SCIM, newest first')
    .option('--connection <name>', 'only moves of this connection to an identity provider')
    .option('--step <step>', 'only those: prepared, removing, verifying, finished or cancelled')
    .action((options: ViewOptions) =>
      withDatabase({ options, around, purpose: 'migration list' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const connection =
          options.connection === undefined
            ? undefined
            : (await findScimPlace(db, id, options.connection)).connectionId;
        const query = queryOf(migrationQuerySchema, { ...options, connection });
        const { migrations: rows, ...page } = await listMigrations(db, id, query);
        answerList(around, { rows, ...page }, { name: 'migrations', ...MOVES });
      }),
    );
  listing(inOrganization(migration.command('status')), migrationReportQuerySchema)
    .description('where a move stands, and the people in it')
    .option('--move <id>', 'which one, as `migration list` names it (default: the last)')
    .option(
      '--state <state>',
      'only people who are: waiting, removed, refused, returned, adopted, or missing for the first three',
    )
    .option('--role <role>', 'only who is member, editor or owner today')
    .option('--owning', 'only who owns something, and what')
    .action((options: ViewOptions & { readonly owning?: boolean }) =>
      withDatabase({ options, around, purpose: 'migration status' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const migrationId = (await chosenMove(db, organizationId, options.move)).id;
        const owning = options.owning === true ? 'true' : undefined;
        const query = queryOf(migrationReportQuerySchema, { ...options, owning });
        const report = await readMigration(db, { organizationId, migrationId }, query);
        const { people: rows, migration: about, ...page } = report;
        answerList(
          around,
          { rows, ...page },
          {
            ...{ name: 'people', about: { migration: about }, before: describedMove(about) },
            ...(query.owning === true ? OWNING : PEOPLE),
          },
        );
      }),
    );
  inOrganization(migration.command('export'))
    .description('write the people of a move and what became of them as CSV')
    .option('--move <id>', 'which one, as `migration list` names it (default: the last)')
    .option('--state <state>', 'only people who are so, as for `migration status`')
    .option('--search <text>', 'only addresses with this text in them')
    .action((options: ViewOptions) =>
      withDatabase({ options, around, purpose: 'migration export' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const query = queryOf(migrationExportQuerySchema, options);
        const migrationId = (await chosenMove(db, organizationId, options.move)).id;
        for await (const part of exportMigration(db, { organizationId, migrationId }, query))
          around.write(String(part));
      }),
    );
}

const MOVES = {
  head: ['BEGUN', 'CONNECTION', 'STEP', 'BACK', 'MISSING', 'ID'],
  cells: ({ id, connection, createdAt, step, counts }: Migration) => [
    ...[createdAt, connection.name, step, String(counts.returned + counts.adopted)],
    ...[String(counts.waiting + counts.removed + counts.refused), id],
  ],
  none: 'There has been no such move.',
};

const PEOPLE = {
  head: ['E-MAIL', 'STATE', 'DETAIL'],
  cells: ({ email, state, detail }: MigrationPerson) => [email, state, detail],
  none: 'Nobody.',
};

const OWNING = {
  head: ['E-MAIL', 'STATE', 'API TOKENS', 'INVITATIONS', 'ONLY OWNER'],
  cells: ({ email, state, owns }: MigrationPerson) => [
    ...[email, state, String(owns?.tokens ?? 0), String(owns?.invitations ?? 0)],
    owns?.onlyOwner === true ? 'yes' : '',
  ],
  none: 'Nobody.',
};

/**
 * The move that a step is taken of: the one of that id, or the only one under way; of the last when none is, which says
 * that it is over. Refuses `conflict` when there are several.
 */
export async function steppedMove(db: Db, organizationId: string, id?: string): Promise<Migration> {
  if (id !== undefined) return chosenMove(db, organizationId, id);
  const { migrations } = await listMigrations(db, organizationId);
  const open = migrations.filter(({ step }) => step !== 'finished' && step !== 'cancelled');
  const [one, ...others] = open;
  if (one === undefined) return chosenMove(db, organizationId);
  if (others.length === 0) return one;
  throw new RefusalError({
    code: 'conflict',
    message: `${open.length} moves are under way: ${open.map((each) => `${each.connection.name} (${each.id})`).join(', ')}.`,
    help: 'Say which one with --move ID.',
  });
}

/** The move of that id, or the last one. Refuses `not_found`. */
export async function chosenMove(db: Db, organizationId: string, id?: string): Promise<Migration> {
  const { migrations } = await listMigrations(db, organizationId, id === undefined ? { limit: 1 } : {});
  const found = migrations.find((each) => id === undefined || each.id === id);
  if (found !== undefined) return found;
  throw new RefusalError(
    id === undefined
      ? {
          code: 'not_found',
          message: 'The organization has no move to SCIM.',
          help: 'Begin one: mooring-hub migration start',
        }
      : {
          code: 'not_found',
          message: `There is no move ${id} in this organization.`,
          help: 'mooring-hub migration list shows all.',
        },
  );
}

/** A move as people read it. */
export function describedMove({ step, checks, counts, next }: Migration): readonly string[] {
  return [
    `Step: ${step}`,
    ...checks.map((check) => `${check.passed ? 'ok  ' : check.required ? 'NO  ' : 'note'} ${check.detail}`),
    Object.entries(counts)
      .map(([state, people]) => `${state}: ${people}`)
      .join('  '),
    next,
  ];
}
