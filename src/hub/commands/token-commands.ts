import type { Command } from 'commander';
import { apiTokenCreationSchema, apiTokenQuerySchema } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { createApiToken, listApiTokens, revokeApiToken } from '../tokens/api-tokens.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import { answerList, listing, queryOf } from './list-options.ts';
import { roleOf } from './member-options.ts';
import { inOrganization, type OrganizationOptions } from './organization-option.ts';
import { answer } from './output.ts';

/** `tokens create|list|revoke` */
export function tokenCommands(program: Command, around: Surroundings): void {
  const tokens = program.command('tokens').description('API tokens of an organization');
  inOrganization(tokens.command('create <name>'))
    .description('make an API token; its secret is shown this once')
    .option('--role <role>', 'what it may do: member, editor or owner', 'editor')
    .option('--days <number>', 'days until it ends, at most 366', (text) => Number(text), 90)
    .option(
      '--manages-access',
      'it may also make tokens and owners, remove members in batches, and change SSO and SCIM (role owner)',
      false,
    )
    .action(
      (name: string, options: OrganizationOptions & { role: string; days: number; managesAccess: boolean }) =>
        withDatabase({ options, around, purpose: 'tokens create' }, async ({ db }) => {
          const { id } = await findOrganization(db, options.organization);
          const wanted = apiTokenCreationSchema.safeParse({
            name,
            role: roleOf(options.role),
            days: options.days,
            managesAccess: options.managesAccess,
          });
          if (!wanted.success) {
            const issue = wanted.error.issues[0];
            const where = issue?.path.join('.') ?? 'token';
            throw new RefusalError({
              code: 'bad_request',
              message: `${where}: ${issue?.message ?? 'not valid'}.`,
            });
          }
          const made = await createApiToken(db, operator(), id, wanted.data);
          answer(outputOf(around), made, () => [
            `Made the token "${made.token.name}", good until ${made.token.expiresAt}:`,
            made.secret,
          ]);
        }),
    );
  listing(inOrganization(tokens.command('list')), apiTokenQuerySchema)
    .description('list the valid API tokens')
    .option('--role <role>', 'only this role')
    .action((options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'tokens list' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const query = queryOf(apiTokenQuerySchema, options);
        const { tokens: rows, ...page } = await listApiTokens(db, id, operator().at, query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'tokens',
            head: ['NAME', 'ROLE', 'UNTIL', 'LAST USED', 'ID'],
            cells: (each) => [each.name, each.role, each.expiresAt, each.lastUsedAt ?? 'never', each.id],
            none: 'There is no API token.',
          },
        );
      }),
    );
  inOrganization(tokens.command('revoke <name|id>'))
    .description('end an API token')
    .action((named: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'tokens revoke' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const { tokens: valid } = await listApiTokens(db, id, operator().at);
        const found = valid.filter((each) => each.id === named || each.name === named);
        const [token] = found;
        if (token === undefined)
          throw new RefusalError({ code: 'not_found', message: `There is no API token "${named}".` });
        if (found.length > 1)
          throw new RefusalError({
            code: 'conflict',
            message: `There are ${found.length} API tokens "${named}".`,
            help: 'Name one by its id: mooring-hub tokens list',
          });
        await revokeApiToken(db, operator(), id, token.id);
        answer(outputOf(around), { token }, () => [`The token "${token.name}" is revoked.`]);
      }),
    );
}
