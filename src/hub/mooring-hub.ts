import { Command, CommanderError } from 'commander';
import { VERSION } from '../shared/version.ts';
import { accessCommands } from './commands/access-commands.ts';
import { outputOf, type Surroundings } from './commands/command-context.ts';
import { connectionCommands } from './commands/connection-commands.ts';
import { dataCommands } from './commands/data-commands.ts';
import { deviceCommands } from './commands/device-commands.ts';
import { domainCommands } from './commands/domain-commands.ts';
import { keyCommands } from './commands/key-commands.ts';
import { auditCommand, memberCommands, tokenCommands, userCommands } from './commands/member-commands.ts';
import { migrationCommands } from './commands/migration-commands.ts';
import { tellRefusal } from './commands/output.ts';
import { policyCommands } from './commands/policy-commands.ts';
import { recoverCommand } from './commands/recover-command.ts';
import { rolloutCommands } from './commands/rollout-commands.ts';
import { scimCommands } from './commands/scim-commands.ts';
import { startCommand } from './commands/start.ts';

/*
 * The command `mooring-hub`: runs the hub, and does an operator's work on its database with the services that
 * the HTTP API uses, whether the hub runs or not.
 */
async function run(args: readonly string[], around: Surroundings): Promise<number> {
  let code = 0;
  const program = new Command('mooring-hub')
    .description('Mooring Hub: organizations, policies and identity for developer desktops')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ writeOut: (text) => around.write(text), writeErr: (text) => around.writeError(text) });
  startCommand(program, around, (exit) => {
    code = exit;
  });
  dataCommands(program, around);
  policyCommands(program, around);
  rolloutCommands(program, around);
  accessCommands(program, around);
  deviceCommands(program, around);
  memberCommands(program, around);
  connectionCommands(program, around);
  tokenCommands(program, around);
  scimCommands(program, around);
  domainCommands(program, around);
  migrationCommands(program, around);
  keyCommands(program, around);
  auditCommand(program, around);
  userCommands(program, around);
  recoverCommand(program, around);
  try {
    await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return tellRefusal(outputOf({ json: args.includes('--json') }, around), error);
  }
}

// A reader that goes away (`| head`) ends nothing but the reading; a hub must outlive whoever read its first line.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await run(process.argv.slice(2), {
  env: process.env,
  stdin: process.stdin,
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});
