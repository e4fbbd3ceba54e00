import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import {
  DEVICE_STATUSES,
  deviceDriftQuerySchema,
  deviceQuerySchema,
  deviceStatusSchema,
} from '../../shared/contracts/hub-devices.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { PLATFORMS, type Platform } from '../../shared/settings/setting.ts';
import { systemClock } from '../clock.ts';
import type { Db } from '../database/connection.ts';
import { findOrganization } from '../organizations/organization-service.ts';
import { findPolicy } from '../policies/policy-list.ts';
import { exportDevices } from '../reports/device-export.ts';
import type { DeviceFilter } from '../reports/device-rows.ts';
import { forgetDevice, listDevices, listDrift, nameDevice, readDevice } from '../reports/device-service.ts';
import { findTeam } from '../teams/team-service.ts';
import {
  type CommonOptions,
  operator,
  outputOf,
  type Surroundings,
  withDatabase,
} from './command-context.ts';
import { answerList, listing, paging, queryOf, wholeOrPage } from './list-options.ts';
import { inOrganization } from './organization-option.ts';
import { answer } from './output.ts';

interface OrganizationOptions extends CommonOptions {
  readonly organization: string;
}
interface ListOptions extends OrganizationOptions {
  readonly status?: string;
  readonly search?: string;
  readonly platform?: Platform;
  readonly team?: string;
  readonly policy?: string;
  readonly hideCompliant?: boolean;
}

const now = () => new Date(systemClock.now());

/** `devices list|show|drift|rename|forget|export` */
export function deviceCommands(program: Command, around: Surroundings): void {
  const devices = program
    .command('devices')
    .description('devices of members, and whether they follow the policy');
  listCommand(devices, around);
  showCommand(devices, around);
  driftCommand(devices, around);
  changeCommands(devices, around);
  exportCommand(devices, around);
}

function listCommand(devices: Command, around: Surroundings): void {
  paging(withFilter(devices.command('list')), deviceQuerySchema)
    .description('list devices with their status')
    .action((options: ListOptions & PagingOptions) =>
      withDatabase({ options, around, purpose: 'devices list' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const { sort, limit, cursor } = options;
        const asked = queryOf(deviceQuerySchema.pick({ sort: true, limit: true, cursor: true }), {
          ...{ sort, limit, cursor },
        });
        const query = { ...(await filterOf(db, id, options)), ...asked };
        const page = await wholeOrPage(query, options, async (wanted) => {
          const { devices: rows, total, next } = await listDevices(db, id, now(), wanted);
          return { rows, total, next };
        });
        answerList(around, page, {
          name: 'devices',
          head: ['USER', 'DEVICE', 'STATUS', 'POLICY', 'PLATFORM', 'LAST REPORT', 'ID'],
          cells: (device) => [
            device.user.email,
            device.name,
            device.status,
            device.expected === null ? '' : `${device.expected.name} (${device.expected.revision})`,
            device.platform ?? '',
            device.reportedAt ?? 'never',
            device.id ?? '',
          ],
          none: 'No member matches.',
        });
      }),
    );
}

interface PagingOptions {
  readonly sort?: string;
  readonly limit?: string;
  readonly cursor?: string;
}

function showCommand(devices: Command, around: Surroundings): void {
  inOrganization(devices.command('show <id>'))
    .description('show the last report of a device and what was repaired on it')
    .action((given: string, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'devices show' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const device = await readDevice(db, id, now(), deviceId(given));
        const { drift } = await listDrift(db, id, deviceId(given), { limit: 20 });
        answer(outputOf(around), { device, drift }, () => [
          `${device.name || device.deviceId}: ${device.status}. ${device.whatToDo}`,
          `User:        ${device.user.email} (${device.domain})`,
          `Expected:    ${device.expected === null ? 'no policy' : `${device.expected.name}, revision ${device.expected.revision}`}`,
          `Applied:     ${device.applied?.revision == null ? 'no policy' : `revision ${device.applied.revision}`} at ${device.appliedAt ?? 'no time'}`,
          `Last report: ${device.reportedAt ?? 'never'} (${device.report.reason})`,
          `Runs:        ${device.platform} ${device.osVersion}, Mooring ${device.agentVersion}`,
          ...device.report.problems.map(({ severity, message }) => `${severity}: ${message}`),
          ...drift.map(({ at, kind, setting, file }) =>
            `Repaired:    ${at} ${kind} ${setting ?? file ?? ''}`.trimEnd(),
          ),
        ]);
      }),
    );
}

function driftCommand(devices: Command, around: Surroundings): void {
  listing(inOrganization(devices.command('drift <id>')), deviceDriftQuerySchema)
    .description('everything that was repaired on a device, newest first')
    .option('--kind <kind>', 'only repairs of this kind')
    .action((given: string, options: OrganizationOptions & PagingOptions) =>
      withDatabase({ options, around, purpose: 'devices drift' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const query = queryOf(deviceDriftQuerySchema, options);
        const page = await wholeOrPage(query, options, async (wanted) => {
          const { drift: rows, ...rest } = await listDrift(db, id, deviceId(given), wanted);
          return { rows, ...rest };
        });
        answerList(around, page, {
          name: 'drift',
          head: ['TIME', 'KIND', 'SETTING', 'FILE'],
          cells: (each) => [each.at, each.kind, each.setting ?? '', each.file ?? ''],
          none: 'Nothing was repaired.',
        });
      }),
    );
}

function changeCommands(devices: Command, around: Surroundings): void {
  inOrganization(devices.command('rename <id> [name]'))
    .description('name a device; without a name it is called what it calls itself')
    .action((given: string, name: string | undefined, options: OrganizationOptions) =>
      withDatabase({ options, around, purpose: 'devices rename' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const change = { deviceId: deviceId(given), name: name?.trim() || null };
        const device = await nameDevice(db, operator(), id, change);
        answer(outputOf(around), { device }, () => [`The device is called "${device.name}" now.`]);
      }),
    );
  inOrganization(devices.command('forget <id>'))
    .description('forget a device and all it reported; it comes back with its next report')
    .option('--sign-out', 'end its session too: it comes back when somebody signs in there again')
    .action((given: string, options: OrganizationOptions & { readonly signOut?: true }) =>
      withDatabase({ options, around, purpose: 'devices forget' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        await forgetDevice(db, operator(), id, {
          deviceId: deviceId(given),
          signOut: options.signOut === true,
        });
        answer(outputOf(around), { forgotten: given }, () => ['The device is forgotten.']);
      }),
    );
}

function exportCommand(devices: Command, around: Surroundings): void {
  withFilter(devices.command('export'))
    .description('write the list as CSV')
    .requiredOption('--out <file>', 'file to write')
    .action((options: ListOptions & { out: string }) =>
      withDatabase({ options, around, purpose: 'devices export' }, async ({ db }) => {
        const { id } = await findOrganization(db, options.organization);
        const csv = exportDevices(db, id, now(), await filterOf(db, id, options));
        await pipeline(csv, createWriteStream(options.out)).catch((error: unknown) => {
          throw new RefusalError({
            code: 'storage_failed',
            message: `${options.out} could not be written: ${error instanceof Error ? error.message : String(error)}`,
          });
        });
        answer(outputOf(around), { file: options.out }, () => [`Wrote ${options.out}.`]);
      }),
    );
}

function withFilter(command: Command): Command {
  return inOrganization(command)
    .option('--status <status>', `one of ${DEVICE_STATUSES.join(', ')}`)
    .option('--search <text>', "part of the user's name or address, or of the device's name")
    .addOption(new Option('--platform <name>', 'what the device runs on').choices(PLATFORMS))
    .option('--team <name>', 'devices of the members of a team')
    .option('--policy <policy>', 'who receives this policy, by name or id')
    .option('--hide-compliant', 'leave out what follows the policy, or but for a granted override');
}

async function filterOf(db: Db, organizationId: string, options: ListOptions): Promise<DeviceFilter> {
  const { status, search, platform, team, policy, hideCompliant } = options;
  const known = status === undefined ? undefined : deviceStatusSchema.safeParse(status);
  if (known?.success === false) {
    throw new RefusalError({
      code: 'bad_request',
      message: `"${status}" is no status.`,
      help: `It is one of ${DEVICE_STATUSES.join(', ')}.`,
    });
  }
  return {
    ...{ search, platform, hideCompliant, status: known?.data },
    teamId: team === undefined ? undefined : (await findTeam(db, organizationId, team)).id,
    policyId: policy === undefined ? undefined : (await findPolicy(db, organizationId, policy)).id,
  };
}

function deviceId(given: string): string {
  if (z.uuid().safeParse(given).success) return given;
  throw new RefusalError({
    code: 'bad_request',
    message: `"${given}" is no id of a device.`,
    help: 'The list shows them: mooring-hub devices list --organization NAME',
  });
}
