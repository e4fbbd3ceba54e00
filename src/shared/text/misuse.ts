import type { Refusal } from '../contracts/refusal.ts';
import { nearest } from './nearest.ts';

/** What the parser of a command line complained of; `code` is its own name for it. */
export interface Complaint {
  readonly code: string;
  /** As commander words it: `error: unknown command 'x'`, and in the next line what may have been meant. */
  readonly message: string;
}

/** Whether the answer is for a program. Read before parsing: also what cannot be parsed is answered in that form. */
export function wantsJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).includes('--json');
}

/** Whether only the version is asked for, by a program. */
export function wantsVersionJson(words: readonly string[]): boolean {
  return [...words].sort().join(' ') === '--json --version';
}

/**
 * A command line that could not be parsed, as a refusal (exit code 2, docs/policy.md section 4). `written` is what the
 * parser wrote besides: for a group without its command that group's whole help, which is the best answer there is.
 */
export function misuse(program: string, complaint: Complaint, written: readonly string[]): Refusal {
  if (complaint.code === 'commander.help') {
    return {
      code: 'bad_request',
      message: 'This needs a command of the group.',
      help: written.join('').trim(),
    };
  }
  const text = complaint.message.replace(/^error: /, '');
  const [what = text, hint = ''] = text.split('\n');
  const meant = closeHint(what, hint);
  return {
    code: 'bad_request',
    message: `${what.charAt(0).toUpperCase()}${what.slice(1).replace(/\.$/, '')}.`,
    help: `${meant === '' ? '' : `${meant} `}"${program} help" shows every command, and "--help" after a command its options.`,
  };
}

/** The parser suggests words that have little in common with what was typed; those only lead astray. */
function closeHint(what: string, hint: string): string {
  const typed = /'([^']+)'/.exec(what)?.[1] ?? '';
  const suggested = /Did you mean (?:one of )?(.+)\?/.exec(hint)?.[1]?.split(', ') ?? [];
  const close = nearest(typed, suggested);
  return close === null ? '' : `Did you mean ${close}?`;
}
