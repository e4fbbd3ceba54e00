import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { z } from 'zod';
import {
  type Connection,
  type ConnectionChange,
  connectionChangeSchema,
  connectionCreationSchema,
} from '../../shared/contracts/hub-sso.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { acceptConnection, revokeAcceptance, withdrawConnection } from '../connections/acceptance-service.ts';
import {
  applySettings,
  createConnection,
  deleteConnection,
  updateConnection,
} from '../connections/connection-service.ts';
import { readIdpMetadata } from '../connections/idp-metadata.ts';
import type { Db } from '../database/connection.ts';
import { operator, outputOf, type Surroundings, withDatabase } from './command-context.ts';
import {
  type ConnectionOptions,
  connectionListCommands,
  findConnectionNamed as find,
  type Working,
  workingIn,
} from './connection-list-commands.ts';
import { secretOf } from './key-commands.ts';
import { inOrganization } from './organization-option.ts';
import { answer } from './output.ts';
import { samlKeyCommands } from './saml-key-commands.ts';

interface ChangeOptions extends ConnectionOptions {
  readonly kind?: string;
  readonly entityId?: string;
  readonly signInUrl?: string;
  readonly certificate?: readonly string[];
  readonly responseSigned?: Switch;
  readonly signRequests?: Switch;
  readonly issuer?: string;
  readonly clientId?: string;
  readonly clientSecretFile?: string;
  readonly domain?: readonly string[];
  readonly defaultTeam?: string;
  readonly name?: string;
  readonly set?: readonly string[];
}

type Switch = 'on' | 'off';
const SWITCHES = ['jit', 'scim', 'scimWins', 'scimAdopts', 'enforced'] as const;

/** `connections list|show|create|update|metadata|failures|keys|…|accepted|accept|revoke|acceptances|withdraw|delete` */
export function connectionCommands(program: Command, around: Surroundings): void {
  const connections = program.command('connections').description('identity providers of an organization');
  const command = (name: string, description: string) =>
    inOrganization(connections.command(name))
      .description(description)
      .option('--public-url <url>', 'address of the hub, for the set-up values', 'http://127.0.0.1:8443');
  const run =
    (purpose: string, work: (db: Db, at: Working, options: ChangeOptions, name: string) => Promise<void>) =>
    (name: string, options: ChangeOptions) =>
      withDatabase({ options, around, purpose: `connections ${purpose}` }, async ({ db }) => {
        await work(db, await workingIn(db, options), options, name);
      });

  connectionListCommands(command, around);
  samlKeyCommands(command, around);
  command('show <name>', 'show an identity provider, with the values to enter there').action(
    run('show', async (db, at, _options, name) => {
      const found = await find(db, at, name);
      answer(outputOf(around), { connection: found }, () => [
        `${found.name} (${found.kind}, ${found.id})`,
        ...Object.entries(found.setUp).flatMap(([key, value]) =>
          value === null ? [] : [`${key}: ${value}`],
        ),
        ...found.warnings.map((warning) => `${warning.code}: ${warning.message}`),
      ]);
    }),
  );
  withValues(command('create <name>', 'connect an identity provider'))
    .requiredOption('--kind <kind>', 'saml or oidc')
    .action(
      run('create', async (db, at, options, name) => {
        const body = checked(connectionCreationSchema, { ...valuesOf(options), name, kind: options.kind });
        const place = { db, publicUrl: at.publicUrl, secret: await secretOf(options, around) };
        const made = await createConnection(place, operator(), at.organizationId, body);
        answer(outputOf(around), { connection: made }, () => [`Made ${made.name} (${made.id}).`]);
      }),
    );
  withValues(command('update <name>', 'change an identity provider'))
    .option('--name <text>', 'a new name')
    .action(
      run('update', async (db, at, options, name) => {
        const { id, saml } = await find(db, at, name);
        const body = checked(connectionChangeSchema, {
          ...valuesOf(options, saml),
          ...(options.name === undefined ? {} : { name: options.name }),
        });
        const place = { db, publicUrl: at.publicUrl, secret: await secretOf(options, around) };
        const made = await updateConnection(place, operator(), { ...at, connectionId: id }, body);
        answer(outputOf(around), { connection: made }, () => [`Changed ${made.name}.`]);
      }),
    );
  command('metadata <name>', 'set a SAML identity provider up from its metadata: --file or --url')
    .option('--file <path>', 'metadata in a file')
    .option('--url <url>', 'metadata at an https address')
    .option('--idp-network <cidr...>', 'private networks that may be asked', [])
    .action((name: string, options: ChangeOptions & { file?: string; url?: string; idpNetwork: string[] }) =>
      run('metadata', async (db, at) => {
        const { id } = await find(db, at, name);
        const xml =
          options.file === undefined
            ? await fetchMetadata(options.url ?? '', options.idpNetwork)
            : readText(options.file);
        const place = { db, publicUrl: at.publicUrl, secret: await secretOf(options, around) };
        const made = await applySettings(
          place,
          operator(),
          { ...at, connectionId: id },
          readIdpMetadata(xml),
        );
        answer(outputOf(around), { connection: made }, () => [`${made.name} is set up.`]);
      })(name, options),
    );
  for (const [verb, description, change] of [
    [
      'accept',
      'let a connection of another organization, by its id, provision into this one',
      acceptConnection,
    ],
    ['revoke', 'take that back', revokeAcceptance],
  ] as const) {
    command(`${verb} <id>`, description).action(
      run(verb, async (db, at, _options, id) => {
        await change(db, operator(), { ...at, connectionId: id });
        answer(outputOf(around), { id }, () => ['Done.']);
      }),
    );
  }
  command('withdraw <name> <accepting>', 'stop provisioning into an organization that accepted it').action(
    (name: string, acceptingOrganization: string, options: ChangeOptions) =>
      run('withdraw', async (db, at) => {
        const { id: connectionId } = await find(db, at, name);
        await withdrawConnection(db, operator(), { ...at, connectionId, acceptingOrganization });
        answer(outputOf(around), { id: connectionId }, () => ['Done.']);
      })(name, options),
  );
  command('delete <name>', 'remove an identity provider; members stay').action(
    run('delete', async (db, at, _options, name) => {
      const { id } = await find(db, at, name);
      await deleteConnection(db, operator(), { ...at, connectionId: id });
      answer(outputOf(around), { id }, () => [`Removed ${name}.`]);
    }),
  );
}

function withValues(command: Command): Command {
  return command
    .option('--entity-id <id>', 'SAML: entity id of the identity provider')
    .option('--sign-in-url <url>', 'SAML: its sign-in address')
    .option('--certificate <file...>', 'SAML: its signing certificates in PEM; two while they are exchanged')
    .addOption(onOrOff('--response-signed <on|off>', 'SAML: the whole response must be signed too'))
    .addOption(
      onOrOff('--sign-requests <on|off>', 'SAML: sign the requests with the certificate of this hub'),
    )
    .option('--issuer <url>', 'OIDC: issuer')
    .option('--client-id <id>', 'OIDC: client id')
    .option('--client-secret-file <path>', 'OIDC: file that holds the client secret')
    .option('--domain <name...>', 'verified domains that it serves (default: all)')
    .option('--default-team <name>', 'team that newcomers join')
    .option('--set <switch=on|off...>', `switches: ${SWITCHES.join(', ')}`);
}

function onOrOff(flags: string, description: string): Option {
  return new Option(flags, description).choices(['on', 'off']);
}

/** What was given for SAML, over what stands; nothing given: left as it is. */
function samlOf(options: ChangeOptions, stood: Connection['saml']) {
  const { entityId, signInUrl, certificate, responseSigned, signRequests } = options;
  const given = {
    ...(entityId === undefined ? {} : { idpEntityId: entityId }),
    ...(signInUrl === undefined ? {} : { signInUrl }),
    ...(certificate === undefined ? {} : { certificates: certificate.map(readText) }),
    ...(responseSigned === undefined ? {} : { wantResponseSigned: responseSigned === 'on' }),
    ...(signRequests === undefined ? {} : { signRequests: signRequests === 'on' }),
  };
  if (Object.keys(given).length === 0) return {};
  const before =
    stood === null
      ? { certificates: [] }
      : { ...stood, certificates: stood.certificates.map(({ pem }) => pem) };
  return { saml: { ...before, ...given } };
}

function valuesOf(options: ChangeOptions, saml: Connection['saml'] = null): ConnectionChange {
  const switches: Record<string, boolean> = {};
  for (const text of options.set ?? []) {
    const [name = '', value] = text.split('=');
    if (!SWITCHES.some((each) => each === name) || (value !== 'on' && value !== 'off'))
      throw new RefusalError({
        code: 'bad_request',
        message: `"${text}" is not a switch.`,
        help: `Use ${SWITCHES.join('=on, ')}=on.`,
      });
    switches[name] = value === 'on';
  }
  const { issuer, clientId, clientSecretFile, domain, defaultTeam } = options;
  return checked(connectionChangeSchema, {
    ...switches,
    ...(domain === undefined ? {} : { domains: domain }),
    ...(defaultTeam === undefined ? {} : { defaultTeam }),
    ...samlOf(options, saml),
    ...(issuer === undefined && clientId === undefined
      ? {}
      : {
          oidc: {
            issuer,
            clientId,
            ...(clientSecretFile === undefined ? {} : { clientSecret: readText(clientSecretFile).trim() }),
          },
        }),
  });
}

/** What was given, or the first thing about it that is not right. */
function checked<Value>(schema: z.ZodType<Value>, value: unknown): Value {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new RefusalError({
    code: 'bad_request',
    message: `${issue?.path.join('.') ?? 'connection'}: ${issue?.message ?? 'not valid'}.`,
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new RefusalError({
      code: 'not_found',
      message: `${file} cannot be read: ${error instanceof Error ? error.message : ''}`,
    });
  }
}

/** The HTTP client is large, and no other command needs it. */
async function fetchMetadata(url: string, trusted: readonly string[]): Promise<string> {
  const { createOutbound } = await import('../sso/outbound.ts');
  return createOutbound(trusted).text(url);
}
