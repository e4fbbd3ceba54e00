import type { Command } from 'commander';
import { accessCommands } from './access-commands.ts';
import { attentionCommand } from './attention-command.ts';
import type { Surroundings } from './command-context.ts';
import { connectionCommands } from './connection-commands.ts';
import { dataCommands } from './data-commands.ts';
import { deletionCommands } from './deletion-commands.ts';
import { deviceCommands } from './device-commands.ts';
import { domainCommands } from './domain-commands.ts';
import { keyCommands } from './key-commands.ts';
import { auditCommand, memberCommands, userCommands } from './member-commands.ts';
import { migrationCommands } from './migration-commands.ts';
import { organizationCommands } from './organization-commands.ts';
import { overrideCommands } from './override-commands.ts';
import { policyCommands } from './policy-commands.ts';
import { recoverCommand } from './recover-command.ts';
import { reportCommands } from './report-commands.ts';
import { rolloutCommands } from './rollout-commands.ts';
import { scimCommands } from './scim-commands.ts';
import { startCommand } from './start.ts';
import { teamCommands } from './team-commands.ts';
import { tokenCommands } from './token-commands.ts';

/** Adds every command of `mooring-hub` to the program. `onExit`: with which code the hub that `start` ran ended. */
export function allCommands(program: Command, around: Surroundings, onExit: (code: number) => void): void {
  startCommand(program, around, onExit);
  dataCommands(program, around);
  policyCommands(program, around);
  rolloutCommands(program, around);
  accessCommands(program, around);
  overrideCommands(program, around);
  deviceCommands(program, around);
  reportCommands(program, around);
  memberCommands(program, around);
  teamCommands(program, around);
  connectionCommands(program, around);
  tokenCommands(program, around);
  scimCommands(program, around);
  domainCommands(program, around);
  deletionCommands(program, around);
  migrationCommands(program, around);
  keyCommands(program, around);
  attentionCommand(program, around);
  organizationCommands(program, around);
  auditCommand(program, around);
  userCommands(program, around);
  recoverCommand(program, around);
}
