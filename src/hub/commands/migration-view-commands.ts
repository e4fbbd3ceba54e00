import type { Command } from 'commander';
import {
  type Migration,
  migrationQuerySchema,
  migrationReportQuerySchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
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

/** `migration list|status` */
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
    .option('--state <state>', 'only people who are: waiting, removed, refused, returned or adopted')
    .action((options: ViewOptions) =>
      withDatabase({ options, around, purpose: 'migration status' }, async ({ db }) => {
        const { id: organizationId } = await findOrganization(db, options.organization);
        const migrationId = (await chosenMove(db, organizationId, options.move)).id;
        const query = queryOf(migrationReportQuerySchema, options);
        const report = await readMigration(db, { organizationId, migrationId }, query);
        const { people: rows, migration: about, ...page } = report;
        answerList(
          around,
          { rows, ...page },
          { name: 'people', about: { migration: about }, before: describedMove(about), ...PEOPLE },
        );
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
  cells: (each: { readonly email: string; readonly state: string; readonly detail: string }) => [
    ...[each.email, each.state, each.detail],
  ],
  none: 'Nobody.',
};

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
