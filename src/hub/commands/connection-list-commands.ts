import type { Command } from 'commander';
import {
  acceptanceQuerySchema,
  acceptedConnectionQuerySchema,
  connectionFailureQuerySchema,
  connectionQuerySchema,
} from '../../shared/contracts/hub-sso.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { listAcceptances, listAccepted } from '../connections/acceptance-lists.ts';
import { listConnections, readConnection } from '../connections/connection-service.ts';
import { listFailures } from '../connections/failures.ts';
import type { Db } from '../database/connection.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { type CommonOptions, type Surroundings, withDatabase } from './command-context.ts';
import { answerList, listing, queryOf } from './list-options.ts';

/** Options of a command about connections. */
export interface ConnectionOptions extends CommonOptions {
  readonly organization: string;
  readonly publicUrl: string;
}

/** Where such a command works. */
export interface Working {
  readonly organizationId: string;
  readonly publicUrl: string;
  readonly now: number;
}

/** Finds the organization that the options name. */
export async function workingIn(db: Db, options: ConnectionOptions): Promise<Working> {
  const { id } = await findOrganization(db, options.organization);
  return { organizationId: id, publicUrl: options.publicUrl.replace(/\/+$/, ''), now: Date.now() };
}

/** `connections list|failures|accepted` */
export function connectionListCommands(
  command: (name: string, description: string) => Command,
  around: Surroundings,
): void {
  listing(command('list', 'list identity providers'), connectionQuerySchema)
    .option('--kind <kind>', 'only this kind: saml or oidc')
    .action((options: ConnectionOptions) =>
      withDatabase({ options, around, purpose: 'connections list' }, async ({ db }) => {
        const at = await workingIn(db, options);
        const query = queryOf(connectionQuerySchema, options);
        const { connections: rows, ...page } = await listConnections(db, at, at.organizationId, query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'connections',
            head: ['NAME', 'KIND', 'READY', 'JIT', 'SCIM', 'ENFORCED', 'ID'],
            cells: (each) => [
              each.name,
              each.kind,
              ...[each.ready, each.jit, each.scim, each.enforced].map((on) => (on ? 'yes' : 'no')),
              each.id,
            ],
            none: 'There is no identity provider yet.',
          },
        );
      }),
    );
  failuresCommand(command, around);
  acceptedCommand(command, around);
  acceptancesCommand(command, around);
}

function failuresCommand(
  command: (name: string, description: string) => Command,
  around: Surroundings,
): void {
  listing(command('failures <name>', 'the last failures, newest first'), connectionFailureQuerySchema)
    .option('--class <class>', 'only failures of this class')
    .action((name: string, options: ConnectionOptions) =>
      withDatabase({ options, around, purpose: 'connections failures' }, async ({ db }) => {
        const at = await workingIn(db, options);
        const { id } = await findConnectionNamed(db, at, name);
        const query = queryOf(connectionFailureQuerySchema, options);
        const { failures: rows, ...page } = await listFailures(db, at.organizationId, id, query);
        answerList(
          around,
          { rows, ...page },
          {
            name: 'failures',
            head: ['TIME', 'CLASS', 'E-MAIL', 'DETAIL'],
            cells: (each) => [each.at, each.class, each.email ?? '', each.detail],
            none: 'None.',
          },
        );
      }),
    );
}

function acceptedCommand(
  command: (name: string, description: string) => Command,
  around: Surroundings,
): void {
  listing(
    command('accepted', 'connections of other organizations that may provision into this one'),
    acceptedConnectionQuerySchema,
  ).action((options: ConnectionOptions) =>
    withDatabase({ options, around, purpose: 'connections accepted' }, async ({ db }) => {
      const at = await workingIn(db, options);
      const query = queryOf(acceptedConnectionQuerySchema, options);
      const { connections: rows, ...page } = await listAccepted(db, at.organizationId, query);
      answerList(
        around,
        { rows, ...page },
        {
          name: 'connections',
          head: ['NAME', 'ORGANIZATION', 'SINCE', 'ID'],
          cells: (each) => [each.name, each.organization, each.acceptedAt, each.id],
          none: 'None.',
        },
      );
    }),
  );
}

function acceptancesCommand(
  command: (name: string, description: string) => Command,
  around: Surroundings,
): void {
  listing(
    command('acceptances <name>', 'other organizations that let this connection provision into them'),
    acceptanceQuerySchema,
  ).action((name: string, options: ConnectionOptions) =>
    withDatabase({ options, around, purpose: 'connections acceptances' }, async ({ db }) => {
      const at = await workingIn(db, options);
      const { id: connectionId } = await findConnectionNamed(db, at, name);
      const query = queryOf(acceptanceQuerySchema, options);
      const { organizations: rows, ...page } = await listAcceptances(db, { ...at, connectionId }, query);
      answerList(
        around,
        { rows, ...page },
        {
          name: 'organizations',
          head: ['ORGANIZATION', 'SINCE'],
          cells: (each) => [each.organization, each.acceptedAt],
          none: 'None.',
        },
      );
    }),
  );
}

/** The connection of that name or id. Refuses `not_found`, with those that there are. */
export async function findConnectionNamed(db: Db, at: Working, name: string) {
  const { connections: list } = await listConnections(db, at, at.organizationId);
  const found = list.find((each) => each.id === name || each.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return readConnection(db, at, at.organizationId, found.id);
  throw new RefusalError({
    code: 'not_found',
    message: `There is no identity provider "${name}" in this organization.`,
    help:
      list.length === 0
        ? 'Make one with: mooring-hub connections create'
        : `It has: ${list.map((each) => each.name).join(', ')}.`,
  });
}
