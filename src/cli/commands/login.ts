import type { LocalApi } from '../../agent/local-api/connect.ts';
import type { LoginAnswer } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { InterruptedError } from '../interruption.ts';
import { ask, refusalOf } from '../local-client.ts';
import { plainText } from '../terminal/plain-text.ts';
import { startProgress } from '../terminal/progress.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { printAccount } from './account.ts';

/** How long one request waits for the end of the sign-in, in milliseconds. */
const WAIT_MS = 15_000;

/** `mooring login [--device] [--hub URL] [--trust-key FINGERPRINT]` */
export async function logIn(context: CommandContext, { options }: Invocation): Promise<Outcome> {
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  const started = await ask(api, 'login', {
    body: {
      ...(typeof options.hub === 'string' ? { hub: options.hub } : {}),
      method: options.device === true ? 'device' : 'browser',
      openBrowser: options['no-browser'] !== true,
      ...(typeof options['trust-key'] === 'string' ? { trustKey: options['trust-key'] } : {}),
    },
    signal: context.signal,
  });
  if (!started.ok) return refused(started.refusal);
  if (started.body.state === 'waiting') showWhereToGo(context, started.body);
  const ended = await waitForEnd(context, api, started.body);
  if ('kind' in ended) return ended;
  if (ended.state === 'failed' || ended.account === undefined) {
    return refused(ended.error ? refusalOf(ended.error) : NOT_FINISHED);
  }
  const { account } = ended;
  return {
    kind: 'done',
    json: ended,
    print: (terminal) => {
      terminal.out('Signed in.\n');
      printAccount(terminal, account);
      if (account.sessionStorage === 'memory' && api.mode === 'in-process') terminal.out(LOST_AT_ONCE);
    },
  };
}

const NOT_FINISHED: Refusal = {
  code: 'unauthenticated',
  message: 'The sign-in was not finished.',
  help: 'Run "mooring login" again.',
};

const LOST_AT_ONCE =
  'No agent runs here, so this session ends with this command. Start one with "mooring agent run" and sign in again.\n';

/**
 * The address and code. With `--json` they go to standard error as one line of JSON, because standard output holds
 * one document: how it ended.
 */
function showWhereToGo({ terminal, json }: CommandContext, login: LoginAnswer): void {
  if (json) {
    const { state, method, url, userCode, expiresAt } = login;
    terminal.err(`${JSON.stringify({ state, method, url, userCode, expiresAt })}\n`);
    return;
  }
  printAddress(terminal, login);
}

function printAddress(terminal: Terminal, { method, url, userCode }: LoginAnswer): void {
  const { colors } = terminal;
  terminal.out(
    method === 'device'
      ? 'To sign in, open this address in a browser on any device:\n'
      : 'To sign in, continue in your browser. If none opened, open this address on this computer:\n',
  );
  terminal.out(`  ${colors.bold(plainText(url))}\n`);
  if (userCode) terminal.out(`and check or enter the code ${colors.bold(plainText(userCode))}\n`);
}

async function waitForEnd(
  { terminal, signal }: CommandContext,
  api: Pick<LocalApi, 'fetch'>,
  started: LoginAnswer,
): Promise<LoginAnswer | Outcome> {
  const progress = startProgress(terminal, 'Waiting for the sign-in in the browser (Ctrl-C gives up) …');
  try {
    let login = started;
    while (login.state === 'waiting') {
      const next = await ask(api, 'loginProgress', { id: login.id, wait: WAIT_MS, signal });
      if (!next.ok) return refused(next.refusal);
      login = next.body;
    }
    return login;
  } catch (error) {
    progress.end();
    if (error instanceof InterruptedError)
      terminal.err('The sign-in was not finished; nothing has changed.\n');
    throw error;
  } finally {
    progress.end();
  }
}
