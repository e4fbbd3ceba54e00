import { systemClock } from '../../agent/clock.ts';
import { readHostFacts } from '../../agent/host.ts';
import type { HostFacts } from '../../agent/paths.ts';
import { agentPaths } from '../../agent/paths.ts';
import { systemCommandRunner } from '../../agent/run-command.ts';
import { fileTrust } from '../../agent/sources/machine-file-trust.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { refuseUnlessElevated } from '../install/elevation.ts';
import { type Installing, install } from '../install/install.ts';
import { readInstallRequest } from '../install/install-request.ts';
import { systemMachineDisk } from '../install/machine-disk.ts';
import { machineProtection } from '../install/protection.ts';
import { uninstall } from '../install/uninstall.ts';
import { printProblems } from '../policy/print-problems.ts';
import { plainText } from '../terminal/plain-text.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `mooring install`: writes the files by which administrators decide for this machine. */
export async function installMachine(context: CommandContext, { options }: Invocation): Promise<Outcome> {
  const read = readInstallRequest(options);
  if ('code' in read) return refused(read);
  const on = await openMachine(context, 'install');
  if ('code' in on) return refused(on);
  const done = await install(on, read.request);
  if ('code' in done) return refused(done);
  const { installed } = done;
  const { warnings } = read.request;
  return {
    kind: 'done',
    json: { ...installed, testPaths: on.host.testRoot !== undefined, warnings },
    print: (terminal) => {
      printProblems(terminal, warnings);
      printFiles(terminal, 'wrote', installed.written);
      printFiles(terminal, 'removed', installed.removed);
      if (installed.layoutChanged)
        terminal.out(
          `The layout is now ${installed.layout}. Start Mooring again where it runs: it then uses it.\n`,
        );
      printTestPaths(terminal, on.host);
    },
  };
}

/** `mooring uninstall`: removes what `mooring install` wrote. */
export async function uninstallMachine(context: CommandContext, { options }: Invocation): Promise<Outcome> {
  const on = await openMachine(context, 'uninstall');
  if ('code' in on) return refused(on);
  const done = await uninstall(on, options.force === true);
  if ('code' in done) return refused(done);
  const { removed } = done;
  return {
    kind: 'done',
    json: { removed, testPaths: on.host.testRoot !== undefined },
    print: (terminal) => {
      if (removed.length === 0) terminal.out('There was nothing to remove.\n');
      printFiles(terminal, 'removed', removed);
      printTestPaths(terminal, on.host);
    },
  };
}

async function openMachine({ agentOptions }: CommandContext, command: string): Promise<Installing | Refusal> {
  const host = agentOptions.host ?? readHostFacts();
  const pathsOf = agentOptions.paths ?? agentPaths;
  const runCommand = agentOptions.runCommand ?? systemCommandRunner();
  const paths = pathsOf(host, 'mooring');
  const userId = process.geteuid?.() ?? null;
  const refusal = await refuseUnlessElevated({ paths, userId, runCommand }, command);
  if (refusal !== null) return refusal;
  const trust = fileTrust(paths, runCommand);
  const protection = machineProtection(paths, runCommand, trust);
  return {
    ...{ host, pathsOf, trust, protectFolder: protection.folder },
    files: {
      ...{ disk: systemMachineDisk(), clock: agentOptions.clock ?? systemClock() },
      ...{ windows: host.platform === 'windows', protect: protection.file },
    },
  };
}

function printFiles({ out }: Terminal, verb: string, paths: readonly string[]): void {
  for (const path of paths) out(`${verb} ${plainText(path)}\n`);
}

function printTestPaths({ out }: Terminal, { testRoot }: HostFacts): void {
  if (testRoot !== undefined) out(`These are test paths, beneath ${plainText(testRoot)}.\n`);
}
