import { type Command, InvalidArgumentError } from 'commander';
import {
  type SimulatedState,
  type Simulation,
  simulationRequestSchema,
} from '../../shared/contracts/hub-simulation.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import type { Db } from '../database/connection.ts';
import { exportOfflineBundle } from '../delivery/offline-bundle.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { findPolicy, type StoredPolicy } from '../policies/policy-list.ts';
import { changeRollout, promoteRollout, rollBack, startRollout } from '../rollouts/rollout-service.ts';
import { simulate } from '../simulation/simulate.ts';
import { findTeam } from '../teams/team-service.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withDatabase,
} from './command-context.ts';
import { readDraft } from './draft-file.ts';
import { secretOf } from './key-commands.ts';
import { memberId } from './member-options.ts';
import { inOrganization } from './organization-option.ts';
import { answer, columns, type Output } from './output.ts';
import { writeOut } from './policy-commands.ts';

interface OrganizationOptions extends CommonOptions {
  readonly organization: string;
}
interface RolloutOptions extends OrganizationOptions {
  readonly percentage?: number;
  readonly team: readonly string[];
  readonly revision?: number;
  readonly pause?: boolean;
  readonly resume?: boolean;
  readonly promote?: boolean;
  readonly reason: string;
}

/** `policy rollout|rollback|simulate|export-bundle`, added to the commands of policies. */
export function rolloutCommands(program: Command, around: Surroundings): void {
  const policy = program.commands.find((command) => command.name() === 'policy') ?? program.command('policy');
  rolloutCommand(policy, around);
  rollbackCommand(policy, around);
  simulateCommand(policy, around);
  exportBundleCommand(policy, around);
}

function rolloutCommand(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('rollout <policy> [file]'))
    .description(
      'give a new document (or --revision) to some members first; later widen, pause or promote it',
    )
    .option('--percentage <number>', 'share of the members, 0 to 100', wholeNumber)
    .option('--team <name>', 'its members receive it whatever the percentage; may be repeated', collect, [])
    .option('--revision <number>', 'an existing revision instead of a file', wholeNumber)
    .option('--pause', 'who has it keeps it, nobody new gets it')
    .option('--resume', 'go on after a pause')
    .option('--promote', 'give it to everyone')
    .option('--reason <text>', 'why, for the history', '')
    .action((name: string, file: string | undefined, options: RolloutOptions) =>
      withDatabase({ options, around, purpose: 'policy rollout' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findPolicy(db, id, name);
        const changed = await rollOut(db, id, found, file, options, outputOf(around));
        answer(outputOf(around), { policy: changed }, () => [told(changed)]);
      }),
    );
}

async function rollOut(
  db: Db,
  organizationId: string,
  found: StoredPolicy,
  file: string | undefined,
  options: RolloutOptions,
  output: Output,
): Promise<StoredPolicy> {
  const edited = { organizationId, policyId: found.id, version: found.version };
  if (options.promote === true) return promoteRollout(db, operator(), edited);
  const teams = await Promise.all(options.team.map((team) => findTeam(db, organizationId, team)));
  const teamIds = teams.map((team) => team.id);
  const { percentage, revision, reason } = options;
  if (file !== undefined || revision !== undefined) {
    const what = file === undefined ? { revision } : { text: readDraft(file, output) };
    return startRollout(db, operator(), edited, { ...what, percentage: percentage ?? 0, teamIds, reason });
  }
  const paused = options.pause === true ? true : options.resume === true ? false : undefined;
  return changeRollout(db, operator(), edited, {
    percentage,
    paused,
    ...(teamIds.length === 0 ? {} : { teamIds }),
  });
}

function told({ name, revision, rollout }: StoredPolicy): string {
  if (rollout === null) return `"${name}" is at revision ${revision} for everyone.`;
  const { receiving, members, pausedAt } = rollout;
  return `Revision ${rollout.revision} of "${name}" reaches ${receiving} of ${members} members${pausedAt === null ? '' : ', paused'}; the others have revision ${revision}.`;
}

function rollbackCommand(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('rollback <policy>'))
    .description('take back the roll-out, or without one the last change of the document')
    .option('--reason <text>', 'why, for the history', '')
    .action((name: string, options: OrganizationOptions & { reason: string }) =>
      withDatabase({ options, around, purpose: 'policy rollback' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const found = await findPolicy(db, id, name);
        const edited = { organizationId: id, policyId: found.id, version: found.version };
        const changed = await rollBack(db, operator(), edited, options.reason);
        answer(outputOf(around), { policy: changed }, () => [told(changed)]);
      }),
    );
}

function simulateCommand(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('simulate [file]'))
    .description('what a draft ("-": standard input) would change, for whom; nothing is saved')
    .option('--policy <name>', 'the policy that the draft is for: for those who receive it')
    .option('--team <name>', 'for the members of a team; may be repeated', collect, [])
    .action(
      (
        file: string | undefined,
        options: OrganizationOptions & { policy?: string; team: readonly string[] },
      ) =>
        withDatabase({ options, around, purpose: 'policy simulate' }, async ({ db }) => {
          const { id } = await findOrganization(db, options.organization);
          const found = options.policy === undefined ? null : await findPolicy(db, id, options.policy);
          const teams = await Promise.all(options.team.map((team) => findTeam(db, id, team)));
          const request = simulationRequestSchema.safeParse({
            ...(found === null ? {} : { policyId: found.id }),
            ...(file === undefined ? {} : { text: readDraft(file, outputOf(around)) }),
            ...(teams.length === 0
              ? {}
              : { audience: { kind: 'teams', teamIds: teams.map((team) => team.id) } }),
          });
          if (!request.success) throw nothingToSimulate();
          const simulation = await simulate(db, id, request.data);
          const { totals, settings } = simulation;
          answer(outputOf(around), simulation, () => [
            `${totals.membersChanged} of ${totals.members} members and ${totals.devicesChanged} of ${totals.devices} devices would change; ${totals.choicesOverridden} choices of users would be overridden; ${totals.devicesHindered} devices could not apply all of it.`,
            ...columns(
              ['SETTING', 'CHANGES FOR'],
              settings.map(({ setting, count }) => [setting, String(count)]),
              'No setting would change.',
            ),
            ...perDevice(simulation),
          ]);
        }),
    );
}

/** One row for each change of a device, and one for each thing that holds a device up. */
function perDevice({ devices, next }: Simulation): readonly string[] {
  const changes: string[][] = [];
  const obstacles: string[][] = [];
  for (const { user, device, ...found } of devices) {
    const who = [user.email, device === null ? 'no device yet' : `${device.name} (${device.platform})`];
    for (const { setting, from, to } of found.changes) {
      const own = found.overriddenChoices.includes(setting) ? 'yes' : '';
      changes.push([...who, setting, stateText(from), stateText(to), own]);
    }
    for (const { code, settings } of found.obstacles) obstacles.push([...who, code, settings.join(', ')]);
  }
  const tables = [
    { head: ['USER', 'DEVICE', 'SETTING', 'FROM', 'TO', "OVERRIDES THE USER'S"], rows: changes },
    { head: ['USER', 'DEVICE', 'HELD UP BY', 'SETTINGS'], rows: obstacles },
  ];
  return [
    ...tables.flatMap(({ head, rows }) => (rows.length === 0 ? [] : ['', ...columns(head, rows, '')])),
    ...(next !== null ? ['… and more.'] : []),
  ];
}

const LONGEST_VALUE = 40;

/** The value as JSON, cut; one that only the device knows is named by where it comes from. */
function stateText({ value, locked, source }: SimulatedState): string {
  const text = value === undefined ? `as the device has it (${source})` : JSON.stringify(value);
  const cut = text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE - 1)}…` : text;
  return locked ? `${cut}, locked` : cut;
}

function nothingToSimulate(): RefusalError {
  return new RefusalError({
    code: 'bad_request',
    message: 'There is nothing to simulate.',
    help: 'Name a file with the draft, or a policy with --policy.',
  });
}

interface ExportOptions extends OrganizationOptions {
  readonly user?: string;
  readonly days: number;
  readonly out: string;
  readonly publicUrl: string;
}

function exportBundleCommand(policy: Command, around: Surroundings): void {
  inOrganization(policy.command('export-bundle'))
    .description('a signed bundle for devices without a network: mooring policy import FILE')
    .option('--user <email>', 'what this member receives (default: the default policy, for every member)')
    .option('--days <number>', 'days until it ends, 1 to 366', daysOfBundle, 30)
    .requiredOption('--out <file>', 'file to write')
    .requiredOption('--public-url <url>', 'public address of the hub, as hubUrl of the profiles names it')
    .action((options: ExportOptions) =>
      withDatabase({ options, around, purpose: 'policy export-bundle' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const userId = options.user === undefined ? null : await memberId(db, options.user);
        const keys = { db, secret: await secretOf(options, around) };
        const made = await exportOfflineBundle(keys, operator(), {
          ...{ organizationId: id, userId, days: options.days },
          issuer: options.publicUrl.replace(/\/+$/, ''),
        });
        writeOut(options.out, `${made.jws}\n`, true);
        const told = { file: options.out, seq: made.seq, expiresAt: made.expiresAt.toISOString() };
        answer(outputOf(around), told, () => [`Wrote ${told.file}; it ends on ${told.expiresAt}.`]);
      }),
    );
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}

/** Refused, not cut: whoever carries the file away has to know when it ends. */
function daysOfBundle(text: string): number {
  const days = wholeNumber(text);
  if (days < 1 || days > 366) throw new InvalidArgumentError('It is a number from 1 to 366.');
  return days;
}

function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
