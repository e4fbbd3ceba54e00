import { CommanderError } from 'commander';
import type { AgentOptions } from '../agent/agent-options.ts';
import type { OpenedLocalApi } from '../agent/local-api/connect.ts';
import type { Refusal } from '../shared/contracts/refusal.ts';
import { misuse, wantsJson, wantsVersionJson } from '../shared/text/misuse.ts';
import { VERSION } from '../shared/version.ts';
import {
  type CommandContext,
  type CommandSpec,
  exitOf,
  type Invocation,
  type Outcome,
  refused,
} from './command.ts';
import { reportFault } from './fault.ts';
import { InterruptedError, untilInterrupted } from './interruption.ts';
import { buildProgram } from './program.ts';
import { printLimits, printRefusal, refusalBody } from './refusal-output.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What the command line stands on; the process's own in use, a test's in tests. */
export interface CliHost {
  readonly terminal: Terminal;
  readonly agentOptions: AgentOptions;
  /** Opens the local API; called at most once. */
  readonly openApi: () => Promise<OpenedLocalApi>;
  readonly agentIn: CommandContext['agentIn'];
  /** Aborted, with an `Interruption` as its reason, by a signal of the system. */
  readonly signal: AbortSignal;
}

/** Runs one command line (without `node` and the script) and answers with its exit code. Never throws. */
export async function runCli(words: readonly string[], host: CliHost): Promise<number> {
  const json = wantsJson(words);
  const parsed = parse(words, host.terminal, json);
  if ('exit' in parsed) return parsed.exit;
  const opened = openOnce(host.openApi, host.signal, (why) => printLimits(host.terminal, why));
  const context: CommandContext = {
    terminal: host.terminal,
    json,
    signal: host.signal,
    agentOptions: host.agentOptions,
    agentIn: host.agentIn,
    open: opened.open,
  };
  try {
    const { spec, invocation } = parsed;
    if (!spec.run) throw new Error(`${spec.path.join(' ')} is not started by the command tree`);
    const outcome = await spec.run(context, invocation);
    print(host.terminal, json, outcome);
    return exitOf(outcome);
  } catch (error) {
    if (host.signal.aborted && error instanceof InterruptedError) return interruptedExit(host.signal);
    return printFault(host, words, error);
  } finally {
    await opened.close().catch((error: unknown) => printFault(host, words, error));
  }
}

interface Parsed {
  readonly spec: CommandSpec;
  readonly invocation: Invocation;
}

function parse(
  words: readonly string[],
  terminal: Terminal,
  json: boolean,
): Parsed | { readonly exit: number } {
  let chosen: Parsed | null = null;
  const complaints: string[] = [];
  const output = {
    out: terminal.out,
    err: (text: string) => complaints.push(text),
    columns: terminal.columns,
  };
  const program = buildProgram(output, (spec, invocation) => {
    chosen = { spec, invocation };
  });
  if (wantsVersionJson(words)) {
    printJson(terminal, { version: VERSION });
    return { exit: 0 };
  }
  if (words.length === 0) {
    program.outputHelp();
    return { exit: 0 };
  }
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { exit: 0 };
    const outcome = refused(misuse('mooring', error, complaints));
    print(terminal, json, outcome);
    return { exit: exitOf(outcome) };
  }
  return chosen ?? { exit: 0 };
}

function print(terminal: Terminal, json: boolean, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'printed':
      return;
    case 'done':
      if (json) printJson(terminal, outcome.json);
      else outcome.print(terminal);
      return;
    case 'refused':
      if (json) {
        printJson(terminal, outcome.json ?? refusalBody(outcome.refusal));
        return;
      }
      outcome.print?.(terminal);
      printRefusal(terminal, outcome.refusal);
  }
}

function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(`${JSON.stringify(value, null, 2)}\n`);
}

/** Tells of a fault of ours and answers with the exit code. */
export async function printFault(
  { agentOptions, terminal }: Pick<CliHost, 'agentOptions' | 'terminal'>,
  words: readonly string[],
  error: unknown,
): Promise<number> {
  const outcome = refused(await reportFault(agentOptions, error));
  print(terminal, wantsJson(words), outcome);
  return exitOf(outcome);
}

function interruptedExit(signal: AbortSignal): number {
  const reason: unknown = signal.reason;
  return typeof reason === 'object' && reason !== null && 'exit' in reason && typeof reason.exit === 'number'
    ? reason.exit
    : 130;
}

/**
 * One local API a command, closed once however the command ends. One that is still being opened when the person gives
 * up is not waited for.
 */
function openOnce(
  open: () => Promise<OpenedLocalApi>,
  signal: AbortSignal,
  onReadOnly: (why: Refusal) => void,
): { open: () => Promise<OpenedLocalApi>; close: () => Promise<void> } {
  let opening: Promise<OpenedLocalApi> | null = null;
  let opened: OpenedLocalApi | null = null;
  return {
    open: async () => {
      const first = opening === null;
      opening ??= open();
      opened = await untilInterrupted(opening, signal);
      if (first && opened.ok && opened.readOnly) onReadOnly(opened.readOnly);
      return opened;
    },
    close: async () => {
      if (opened?.ok) await opened.close();
    },
  };
}
