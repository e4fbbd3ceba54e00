import type { AccountAnswer } from '../../shared/contracts/local-api.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { SESSION_ENDED } from '../../shared/text/session-ends.ts';
import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { ask } from '../local-client.ts';
import { plainText } from '../terminal/plain-text.ts';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `mooring whoami` */
export async function whoAmI(context: CommandContext): Promise<Outcome> {
  const answer = await askAccount(context);
  if ('kind' in answer) return answer;
  return { kind: 'done', json: answer, print: (terminal) => printAccount(terminal, answer) };
}

/** `mooring logout` */
export async function logOut(context: CommandContext): Promise<Outcome> {
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  const answer = await ask(api, 'logout', { signal: context.signal });
  if (!answer.ok) return refused(answer.refusal);
  const { signIn } = answer.body;
  return {
    kind: 'done',
    json: answer.body,
    print: (terminal) => {
      terminal.out('Signed out. Your own choices are kept.\n');
      if (signIn.enforced) {
        terminal.out(
          'Sign-in is enforced on this device: the last policy stays in force, and settings cannot be changed until you sign in again.\n',
        );
      }
    },
  };
}

/** `mooring org list` */
export async function listOrganizations(context: CommandContext): Promise<Outcome> {
  const answer = await askAccount(context);
  if ('kind' in answer) return answer;
  const organizations = answer.account?.organizations ?? [];
  const active = answer.account?.organization ?? null;
  return {
    kind: 'done',
    json: { active, organizations },
    print: (terminal) => {
      if (organizations.length === 0) {
        terminal.out('You belong to no organization. Ask its owner for an invitation.\n');
        return;
      }
      const rows = organizations.map(({ name, displayName, role, teams }) => [
        name === active ? '*' : '',
        name,
        displayName,
        role,
        teams.join(', '),
      ]);
      terminal.out(renderTable(terminal, ['', 'name', 'shown as', 'role', 'teams'], rows));
    },
  };
}

/** `mooring org use <name>` */
export async function chooseOrganization(context: CommandContext, { words }: Invocation): Promise<Outcome> {
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  const answer = await ask(api, 'useOrganization', {
    body: { organization: words[0] ?? '' },
    signal: context.signal,
  });
  if (!answer.ok) return refused(answer.refusal);
  const name = answer.body.account?.organization ?? words[0] ?? '';
  return {
    kind: 'done',
    json: answer.body,
    print: (terminal) => terminal.out(`Settings now follow the organization ${plainText(name)}.\n`),
  };
}

/** The account of a signed-in user, or the outcome that says there is none (exit 3). */
async function askAccount(context: CommandContext): Promise<AccountAnswer | Outcome> {
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  const answer = await ask(api, 'account', { signal: context.signal });
  if (!answer.ok) return refused(answer.refusal);
  return answer.body.account === null ? refused(SIGNED_OUT) : answer.body;
}

const SIGNED_OUT: Refusal = {
  code: 'sign_in_required',
  message: 'You are not signed in.',
  help: 'Sign in with "mooring login".',
};

/** Who is signed in, where, and whether that will last. */
export function printAccount(terminal: Terminal, answer: AccountAnswer): void {
  const { account, state } = answer;
  if (account === null) {
    terminal.out('Not signed in.\n');
  } else {
    const organization = account.organization ?? 'none of yours is allowed on this device';
    terminal.out(
      `${plainText(account.name)} <${plainText(account.email)}> at ${plainText(account.hubUrl)}\n`,
    );
    terminal.out(`Organization: ${plainText(organization)}\n`);
    terminal.out(`Device: ${plainText(account.deviceName)} (${plainText(account.deviceId)})\n`);
  }
  if (state === 'sign-in-again') {
    terminal.out(`${sessionEnded(answer)} The policy stays in force; "mooring login" signs in again.\n`);
  }
  if (account !== null && answer.sessionStorage === 'memory') {
    const reason = answer.sessionStorageReason
      ? ` (${plainText(answer.sessionStorageReason).replace(/\.$/, '')})`
      : '';
    terminal.out(`No keychain here${reason}: the session ends with the agent.\n`);
  }
}

/** That the session is over, and where the hub said why: that, and what to do. */
export function sessionEnded({ sessionEnd }: Pick<AccountAnswer, 'sessionEnd'>): string {
  if (sessionEnd === undefined) return 'The session has ended.';
  const { what, todo } = SESSION_ENDED[sessionEnd];
  return `${what} ${todo}`;
}
