import type { Command } from 'commander';
import {
  provisioningLogQuerySchema,
  type ScimRefusal,
  scimRefusalQuerySchema,
} from '../../shared/contracts/hub-provisioning.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import {
  findScimPlace,
  readProvisioningLog,
  readRefusals,
  readScimSettings,
  type ScimPlace,
  updateScimSettings,
} from '../scim/settings.ts';
import { createScimToken, revokeScimTokens } from '../scim/tokens.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withDatabase,
} from './command-context.ts';
import { answerList, listing, queryOf } from './list-options.ts';
import { inOrganization } from './organization-option.ts';
import { answer, columns } from './output.ts';

interface ScimOptions extends CommonOptions {
  readonly organization: string;
  readonly connection?: string;
  readonly publicUrl: string;
}

const inConnection = (command: Command): Command =>
  inOrganization(command)
    .option('--connection <name>', 'connection to an identity provider (default: the only one)')
    .option('--public-url <url>', 'address of the hub, for the base address', 'http://127.0.0.1:8443');

/** `scim token create|list|revoke`, `scim show|log|on|off|adopt` */
export function scimCommands(program: Command, around: Surroundings): void {
  const scim = program.command('scim').description('provisioning by an identity provider (SCIM 2.0)');
  tokenCommands(scim.command('token').description('tokens of a connection; two are valid at a time'), around);
  inConnection(scim.command('show'))
    .description('base address, switches, tokens, and how many people and groups')
    .action((options: ScimOptions) =>
      within(options, around, 'scim show', (db, place) => show(db, place, options, around)),
    );
  inConnection(scim.command('adopt <on|off>'))
    .description('whether SCIM may take over members that signing in (JIT) created')
    .action((value: string, options: ScimOptions) =>
      within(options, around, 'scim adopt', async (db, place) => {
        if (value !== 'on' && value !== 'off')
          throw new RefusalError({ code: 'bad_request', message: 'Say on or off.' });
        await updateScimSettings(db, operator(), place, { adoptsSignInMembers: value === 'on' });
        await show(db, place, options, around);
      }),
    );
  logCommand(scim, around);
  for (const [name, enabled] of [
    ['on', true],
    ['off', false],
  ] as const) {
    inConnection(scim.command(name))
      .description(
        enabled ? 'let the identity provider change people' : 'refuse changes; everybody stays as they are',
      )
      .action((options: ScimOptions) =>
        within(options, around, `scim ${name}`, async (db, place) => {
          await updateScimSettings(db, operator(), place, { enabled });
          await show(db, place, options, around);
        }),
      );
  }
}

async function show(db: Db, place: ScimPlace, options: ScimOptions, around: Surroundings): Promise<void> {
  const settings = await readScimSettings(db, addressOf(options), place);
  const onOff = (on: boolean): string => (on ? 'on' : 'off');
  answer(outputOf(around), settings, () => [
    `SCIM of "${settings.connection.name}" is ${onOff(settings.enabled)}; ${settings.users} users and ${settings.groups} groups.`,
    `Base address: ${settings.baseUrl}`,
    `Valid tokens: ${settings.tokens.length}`,
    `Taking over members that signing in created: ${onOff(settings.adoptsSignInMembers)}`,
  ]);
}

function logCommand(scim: Command, around: Surroundings): void {
  inConnection(scim.command('log'))
    .description('what the identity provider did and what it was refused, newest first')
    .option('--search <text>', 'only what has this text in it')
    .option('--sort <order>', 'at: oldest first')
    .option('--limit <number>', 'how many events', '50')
    .option('--cursor <cursor>', 'go on where a page ended: what it answered as "next"')
    .action((options: ScimOptions) =>
      within(options, around, 'scim log', async (db, place) => {
        const log = await readProvisioningLog(db, place, queryOf(provisioningLogQuerySchema, options));
        answer(outputOf(around), log, () => [
          ...columns(
            ['TIME', 'ACTION', 'WHAT'],
            log.events.map((event) => [event.at, event.action, event.target.label]),
            'Nothing was done yet.',
          ),
          ...(log.next === null ? [] : [`The next page: --cursor ${log.next}`]),
          '',
          ...columns(REFUSED, log.refused.map(refusedCells), 'Nothing was refused.'),
        ]);
      }),
    );
  listing(inConnection(scim.command('refusals')), scimRefusalQuerySchema)
    .description('what the identity provider was refused, newest first')
    .action((options: ScimOptions) =>
      within(options, around, 'scim refusals', async (db, place) => {
        const { refused: rows, ...page } = await readRefusals(
          db,
          place,
          queryOf(scimRefusalQuerySchema, options),
        );
        answerList(
          around,
          { rows, ...page },
          { name: 'refused', head: REFUSED, cells: refusedCells, none: 'Nothing was refused.' },
        );
      }),
    );
}

const REFUSED = ['REFUSED', 'TIMES', 'REQUEST', 'ANSWER', 'BECAUSE'];

function refusedCells(each: ScimRefusal): readonly string[] {
  return [
    each.at,
    String(each.times),
    `${each.method} ${each.path}`,
    [each.status, each.scimType].filter(Boolean).join(' '),
    each.detail,
  ];
}

function tokenCommands(token: Command, around: Surroundings): void {
  inConnection(token.command('create'))
    .description('make a token; its secret is shown this once, and SCIM is switched on')
    .action((options: ScimOptions) =>
      within(options, around, 'scim token create', async (db, place) => {
        const made = await createScimToken(db, operator(), place);
        const settings = await readScimSettings(db, addressOf(options), place);
        const secret = made?.secret ?? '';
        answer(outputOf(around), { baseUrl: settings.baseUrl, secret, tokens: settings.tokens }, () => [
          `Base address: ${settings.baseUrl}`,
          'Token, shown this once:',
          secret,
        ]);
      }),
    );
  inConnection(token.command('list'))
    .description('list the valid tokens')
    .action((options: ScimOptions) =>
      within(options, around, 'scim token list', async (db, place) => {
        const { tokens } = await readScimSettings(db, addressOf(options), place);
        answer(outputOf(around), { tokens }, () =>
          columns(
            ['ID', 'MADE', 'LAST USED'],
            tokens.map((each) => [each.id, each.createdAt, each.lastUsedAt ?? 'never']),
            'No token: the identity provider cannot sign in.',
          ),
        );
      }),
    );
  inConnection(token.command('revoke [id]'))
    .description('end one token, or all of the connection')
    .action((id: string | undefined, options: ScimOptions) =>
      within(options, around, 'scim token revoke', async (db, place) => {
        const { tokens } = await readScimSettings(db, addressOf(options), place);
        const named = tokens.filter((each) => id === undefined || each.id.startsWith(id));
        let revoked = 0;
        for (const each of named)
          revoked += await revokeScimTokens(db, operator(), { ...place, tokenId: each.id });
        answer(outputOf(around), { revoked }, () => [
          revoked === 0
            ? 'There was no such token.'
            : `${revoked} ended: the identity provider gets 401 now.`,
        ]);
      }),
    );
}

function within(
  options: ScimOptions,
  around: Surroundings,
  purpose: string,
  run: (db: Db, place: ScimPlace) => Promise<void>,
): Promise<void> {
  return withDatabase({ options, around, purpose }, async ({ db }) => {
    const { id } = await findOrganization(db, options.organization);
    await run(db, await findScimPlace(db, id, options.connection));
  });
}

function addressOf({ publicUrl }: ScimOptions): string {
  return publicUrl.replace(/\/+$/, '');
}
