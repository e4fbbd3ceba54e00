import type { CommandSpec } from '../command.ts';
import { accountCommands } from './account-commands.ts';
import { agentCommands } from './agent-commands.ts';
import { machineCommands } from './machine-commands.ts';
import { overrideCommands } from './override-commands.ts';
import { policyCommands } from './policy-commands.ts';
import { settingsCommands } from './settings-commands.ts';

/** Every command. Help, completion and the manual are made from this list and from nothing else. */
export const COMMANDS: readonly CommandSpec[] = [
  ...accountCommands,
  ...settingsCommands,
  ...overrideCommands,
  ...policyCommands,
  ...agentCommands,
  ...machineCommands,
];

/** What the groups of commands are for. */
export const GROUPS: Readonly<Record<string, string>> = {
  org: 'See your organizations and choose the one whose policy applies',
  settings: 'See and change the settings of this desktop',
  override: 'Override a locked setting for a time, where the policy allows it',
  policy: 'Check policy documents, see what they lead to, and import one that came by file',
  agent: 'Run the agent without its app',
};

/** What stands above the list of commands. */
export const DESCRIPTION =
  'Keeps this desktop on the settings that your organization decided, and shows what is decided, by whom and why.';

/** The meaning of every exit code (docs/policy.md section 4). */
export const EXIT_CODES: readonly (readonly [number, string])[] = [
  [0, 'done'],
  [1, 'failure'],
  [2, 'bad input: unknown command or setting, invalid value or document'],
  [3, 'sign-in required'],
  [4, 'locked by a policy'],
  [5, 'hub unreachable, a policy that arrived was refused, or a policy source is broken or too old'],
];
