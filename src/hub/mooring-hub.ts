import { Command, CommanderError } from 'commander';
import { RefusalError } from '../shared/contracts/refusal.ts';
import { misuse, wantsJson, wantsVersionJson } from '../shared/text/misuse.ts';
import { VERSION } from '../shared/version.ts';
import { allCommands } from './commands/all-commands.ts';
import { outputOf, type Surroundings } from './commands/command-context.ts';
import { answer, tellRefusal } from './commands/output.ts';

/*
 * The command `mooring-hub`: runs the hub, and does an operator's work on its database with the services that
 * the HTTP API uses, whether the hub runs or not.
 */
async function run(args: readonly string[], around: Surroundings): Promise<number> {
  let code = 0;
  const complaints: string[] = [];
  const output = outputOf(around);
  const program = new Command('mooring-hub')
    .description('Mooring Hub: organizations, policies and identity for developer desktops')
    .version(VERSION, '--version', 'print the version')
    .helpCommand('help [command]', 'show help for a command')
    .exitOverride()
    .configureOutput({ writeOut: (text) => around.write(text), writeErr: (text) => complaints.push(text) });
  allCommands(program, around, (exit) => {
    code = exit;
  });
  // Taken before a command's name as well: whether it was given is read from the words themselves.
  for (const each of [program, ...program.commands.filter(({ commands }) => commands.length > 0)])
    each.option('--json', 'answer for programs');
  try {
    if (args.length === 0) program.outputHelp();
    else if (wantsVersionJson(args)) answer(output, { version: VERSION }, () => []);
    else await program.parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) return tellRefusal(output, error);
    if (error.exitCode === 0) return 0;
    return tellRefusal(output, new RefusalError(misuse('mooring-hub', error, complaints)));
  }
}

// A reader that goes away (`| head`) ends nothing but the reading; a hub must outlive whoever read its first line.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const words = process.argv.slice(2);
process.exitCode = await run(words, {
  json: wantsJson(words),
  env: process.env,
  stdin: process.stdin,
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
});
