import type { Command } from 'commander';
import { type CommonOptions, withCommonOptions } from './command-context.ts';

/** Options of a command that works in one organization. */
export interface OrganizationOptions extends CommonOptions {
  readonly organization: string;
}

/** Adds `--organization`, which every one of these needs. */
export function inOrganization(command: Command): Command {
  return withCommonOptions(command).requiredOption('--organization <name>', 'organization to work in');
}
