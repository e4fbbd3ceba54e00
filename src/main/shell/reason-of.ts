import { maskUserInfo } from '../../shared/text/mask-user-info.ts';

/** Longer ones are no sentence. */
const LONGEST = 300;

/** What a person is told of a fault: the first line of its message, no stack, no passwords. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ''] = maskUserInfo(message).trim().split('\n');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line.replace(/\.$/, '');
}

/** All of it, for the log. */
export function faultOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
