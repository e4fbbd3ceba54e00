import type { Refusal } from '../../shared/contracts/refusal.ts';
import { type CommandContext, type Outcome, refused } from '../command.ts';
import { ask, refusalOf } from '../local-client.ts';
import { plainText } from '../terminal/plain-text.ts';
import { startProgress } from '../terminal/progress.ts';

/** `mooring sync`: one attempt now, and its outcome. */
export async function syncNow(context: CommandContext): Promise<Outcome> {
  const progress = startProgress(context.terminal, 'Asking the hub for the policy …');
  try {
    const api = await context.open();
    if (!api.ok) return refused(api.refusal);
    const answer = await ask(api, 'sync', { signal: context.signal });
    if (!answer.ok) return refused(answer.refusal);
    const { outcome, message, error } = answer.body;
    if (outcome === 'updated' || outcome === 'unchanged') {
      return {
        kind: 'done',
        json: answer.body,
        print: (terminal) => terminal.out(`${plainText(message)}\n`),
      };
    }
    const refusal: Refusal = error ? refusalOf(error) : withoutError(outcome === 'signed-out', message);
    return { kind: 'refused', refusal, json: { ...answer.body, error: refusal } };
  } finally {
    progress.end();
  }
}

function withoutError(signedOut: boolean, message: string): Refusal {
  return signedOut
    ? { code: 'sign_in_required', message, help: 'Sign in with "mooring login".' }
    : { code: 'unreachable', message, help: 'Find out what is wrong with "mooring doctor".' };
}
