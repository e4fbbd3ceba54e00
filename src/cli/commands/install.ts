import { systemClock } from '../../agent/clock.ts';
import { readHostFacts } from '../../agent/host.ts';
import type { HostFacts } from '../../agent/paths.ts';
import { agentPaths } from '../../agent/paths.ts';
import { systemCommandRunner } from '../../agent/run-command.ts';
import { readMachineFile } from '../../agent/sources/machine-file.ts';
import { fileTrust } from '../../agent/sources/machine-file-trust.ts';
import { queryRegistry } from '../../agent/sources/registry-query.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { quote } from '../../shared/text/quote.ts';
import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { refuseUnlessElevated } from '../install/elevation.ts';
import { install } from '../install/install.ts';
import { readInstallRequest } from '../install/install-request.ts';
import {
  type GivenToInstaller,
  INSTALLER_KEY,
  optionsOfCommandLine,
  optionsOfLines,
  optionsOfProperties,
} from '../install/installer-options.ts';
import type { Installing } from '../install/installing.ts';
import { systemMachineDisk } from '../install/machine-disk.ts';
import { machinePlaces } from '../install/machine-files.ts';
import { hasDecided, readManifest } from '../install/manifest.ts';
import { machineProtection } from '../install/protection.ts';
import { uninstall } from '../install/uninstall.ts';
import { printProblems } from '../policy/print-problems.ts';
import { plainText } from '../terminal/plain-text.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `mooring install`: writes the files by which administrators decide for this machine. */
export async function installMachine(context: CommandContext, invocation: Invocation): Promise<Outcome> {
  const given = await givenOptions(context, invocation);
  if ('code' in given) return refused(given);
  // An installer always runs this; where nothing was decided there is nothing to write, and no right is needed.
  if (invocation.options['from-installer'] !== undefined && Object.keys(given.options).length === 0)
    return NOTHING_TO_DO;
  const read = readInstallRequest(given.options);
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

const NOTHING_TO_DO: Outcome = {
  kind: 'done',
  json: { written: [], removed: [], layoutChanged: false, warnings: [] },
  print: (terminal) => terminal.out('Nothing was decided for this computer, so nothing was written.\n'),
};

/** The options as they were typed, or as an installer was given them. */
async function givenOptions(
  context: CommandContext,
  { words, options }: Invocation,
): Promise<Pick<Invocation, 'options'> | Refusal> {
  const installer = options['from-installer'];
  if (installer === undefined) {
    const [word] = words;
    return word === undefined ? { options } : surplus(word);
  }
  const given =
    installer === 'msi'
      ? await propertiesOf(context)
      : installer === 'package'
        ? await linesOf(context)
        : optionsOfCommandLine(words);
  return given.ok ? { options: given.options } : given.refusal;
}

async function propertiesOf({ agentOptions }: CommandContext): Promise<GivenToInstaller> {
  const host = agentOptions.host ?? readHostFacts();
  const { systemRoot } = (agentOptions.paths ?? agentPaths)(host, 'mooring');
  const runCommand = agentOptions.runCommand ?? systemCommandRunner();
  return optionsOfProperties(await queryRegistry(runCommand, systemRoot, INSTALLER_KEY));
}

/**
 * A package that is installed over another one keeps what was decided, by whatever it was. A first run that was killed
 * noted what it was about to decide, and decided nothing.
 */
async function linesOf({ agentOptions }: CommandContext): Promise<GivenToInstaller> {
  const host = agentOptions.host ?? readHostFacts();
  const { paths, manifest, options } = machinePlaces(host, 'mooring', agentOptions.paths);
  const trust = fileTrust(paths, agentOptions.runCommand ?? systemCommandRunner());
  const before = await readManifest(manifest, trust);
  if ('code' in before || hasDecided(before.manifest)) return { ok: true, options: {} };
  const file = await readMachineFile(options, trust);
  if (file.kind === 'absent') return { ok: true, options: {} };
  if (file.kind === 'read') return optionsOfLines(file.bytes, options);
  const help = 'Mend it or remove it, and install the package again.';
  return { ok: false, refusal: { code: 'conflict', message: `${file.message} Nothing was written.`, help } };
}

function surplus(word: string): Refusal {
  return {
    code: 'bad_request',
    message: `"mooring install" takes options only, and was given ${quote(word)}. Nothing was written.`,
    help: 'A value that holds blanks stands in quotes: --admin-settings="{…}".',
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
