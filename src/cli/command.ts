import type { AgentOptions } from '../agent/agent-options.ts';
import type { OpenedLocalApi } from '../agent/local-api/connect.ts';
import { REFUSALS, type Refusal } from '../shared/contracts/refusal.ts';
import type { Terminal } from './terminal/terminal.ts';

/** What a shell can offer for a word while it is typed. */
export type Completion = 'setting' | 'value' | 'category' | 'shell' | 'file';

/** A word after the command. */
export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly optional?: boolean;
  /** Takes one or more words; only for the last argument. */
  readonly variadic?: boolean;
  readonly completes?: Completion;
}

/** A `--name`; without `value` it is a switch. */
export interface OptionSpec {
  readonly name: string;
  readonly description: string;
  /** Name of the value that follows, in capitals: `FILE`. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly completes?: Completion;
}

/** What the person typed for one command. */
export interface Invocation {
  /** The words after the command; those of a variadic argument follow one another. */
  readonly words: readonly string[];
  /** `true` for a switch that was given. Options that were not given are absent. */
  readonly options: Readonly<Record<string, string | true>>;
}

/** What a command may use. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly json: boolean;
  /** Aborted by Ctrl-C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  /** How an agent is composed here: with the machine's own paths, or a test's. */
  readonly agentOptions: AgentOptions;
  /** Who keeps the session here: an agent that this command may be, or the app that it was installed with. */
  readonly agentIn: 'this-command' | 'desktop-app';
  /** Opens the agent's local API; the caller of the command closes it. Ask only when it is needed. */
  open(): Promise<OpenedLocalApi>;
}

/** How a command ended. */
export type Outcome =
  | {
      readonly kind: 'done';
      /** Printed by `--json`. */
      readonly json: unknown;
      readonly print: (terminal: Terminal) => void;
      /** 0 when left out. */
      readonly exit?: number;
    }
  | {
      readonly kind: 'refused';
      readonly refusal: Refusal;
      /** Printed by `--json` instead of the bare refusal, where the answer holds more; has `error` in it. */
      readonly json?: unknown;
      /** Printed before the refusal where there is more to say. */
      readonly print?: (terminal: Terminal) => void;
    }
  /** The command has printed everything itself. */
  | { readonly kind: 'printed'; readonly exit: number };

/** One command: what help, completion and the manual say of it, and what it does. */
export interface CommandSpec {
  /** `['settings', 'list']` */
  readonly path: readonly string[];
  /** One line, without a final stop. */
  readonly summary: string;
  /** Further paragraphs for its help and manual. */
  readonly details?: readonly string[];
  readonly arguments?: readonly ArgumentSpec[];
  /** Besides `--json` and `--help`, which every command has. */
  readonly options?: readonly OptionSpec[];
  readonly examples?: readonly string[];
  /** Loads what it needs when it is called, not before. Left out: it reads its own arguments (`mooring.ts`). */
  readonly run?: (context: CommandContext, invocation: Invocation) => Promise<Outcome>;
}

/** Shorthand for a command that refuses. */
export function refused(refusal: Refusal): Outcome {
  return { kind: 'refused', refusal };
}

/** The exit code of an outcome (docs/policy.md section 4). */
export function exitOf(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'refused':
      return REFUSALS[outcome.refusal.code].exit;
    case 'printed':
      return outcome.exit;
    case 'done':
      return outcome.exit ?? 0;
  }
}
