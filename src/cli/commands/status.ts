import type { HubPolicy, PolicyAnswer, StatusAnswer } from '../../shared/contracts/local-api.ts';
import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { ask } from '../local-client.ts';
import { plainText } from '../terminal/plain-text.ts';
import { renderTable } from '../terminal/table.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { sessionEnded } from './account.ts';
import { showValue } from './setting-value.ts';

/** `mooring status [--verbose]` */
export async function showStatus(context: CommandContext, { options }: Invocation): Promise<Outcome> {
  const api = await context.open();
  if (!api.ok) return refused(api.refusal);
  const status = await ask(api, 'status', { signal: context.signal });
  if (!status.ok) return refused(status.refusal);
  const running = api.mode === 'agent';
  const limits = api.readOnly ? { readOnly: api.readOnly } : {};
  const summary = (terminal: Terminal): void => printStatus(terminal, status.body, running);
  if (options.verbose !== true) {
    return { kind: 'done', json: { ...status.body, running, ...limits }, print: summary };
  }
  const details = await ask(api, 'policy', { signal: context.signal });
  if (!details.ok) return refused(details.refusal);
  return {
    kind: 'done',
    json: { ...status.body, running, ...limits, details: details.body },
    print: (terminal) => {
      summary(terminal);
      printDetails(terminal, details.body);
    },
  };
}

function printStatus(terminal: Terminal, status: StatusAnswer, running: boolean): void {
  const { colors } = terminal;
  const line = (name: string, text: string): void =>
    terminal.out(`${colors.bold(`${name}:`.padEnd(11))} ${plainText(text)}\n`);
  line(
    'Agent',
    running ? `version ${status.version}, process ${status.pid}` : `none runs (version ${status.version})`,
  );
  if (status.testPaths) {
    line('Paths', "test paths: every file is beneath a test folder, none is this machine's own");
  }
  line('Account', accountLine(status.account));
  line('Sign-in', signInLine(status));
  line('Policy', status.policy === null ? 'none received from a hub' : policyLine(status.policy));
  for (const [name, text] of accessLines(status.policy)) line(name, text);
  line('Sync', syncLine(status.sync));
  line('Settings', `${status.managed.locked} locked, ${status.managed.suggested} suggested`);
  for (const { setting, value, until, returnsTo } of status.overrides ?? []) {
    line('Override', `${setting} is ${showValue(value)} until ${until}, then ${showValue(returnsTo)} again`);
  }
  line('Store', storeLine(status));
  if (status.frozen) terminal.out(`${colors.red('frozen')} ${FROZEN[status.frozen]}\n`);
  printProblems(terminal, status.problems);
}

const FROZEN = {
  policy_source_broken: 'A policy source cannot be read, so settings are held at their present values.',
  policy_stale:
    'The policy is too old, so settings are held at their present values until "mooring sync" succeeds.',
} as const;

function accountLine(answer: StatusAnswer['account']): string {
  const { account, state, sessionStorage } = answer;
  if (account === null) return 'not signed in';
  const organization = account.organization ?? 'no organization that is allowed on this device';
  const who = `${account.name} <${account.email}>, ${organization}, at ${account.hubUrl}`;
  if (state === 'sign-in-again') return `${who}. ${sessionEnded(answer)} "mooring login" signs in again.`;
  return sessionStorage === 'memory' ? `${who}; no keychain, the session ends with the agent` : who;
}

function signInLine({ account: { signIn } }: StatusAnswer): string {
  if (!signIn.enforced) return 'not enforced';
  const names = signIn.organizations.join(', ') || 'no organization';
  const by = `enforced by ${signIn.method ?? 'this device'}${signIn.location ? ` (${signIn.location})` : ''} for ${names}`;
  if (signIn.problem) return `${by}; ${signIn.problem}`;
  return signIn.satisfied
    ? `${by}; you are a member`
    : `${by}; sign in with "mooring login" to change settings`;
}

function policyLine(policy: HubPolicy): string {
  const name = policy.name ?? 'no policy assigned';
  const revision = policy.revision === null ? '' : `, revision ${policy.revision}`;
  const scope =
    policy.scope === null ? '' : policy.scope === 'user' ? ', yours' : ', default of the organization';
  const contact = policy.contact ? `; questions: ${policy.contact.name} ${policy.contact.url}` : '';
  const stale = policy.stale ? '; too old' : '';
  const came = policy.offlineUntil === undefined ? 'fetched' : 'imported';
  const end = policy.offlineUntil === undefined ? '' : `, good until ${policy.offlineUntil}`;
  const age = `${came} ${policy.fetchedAt} (${ageOf(policy.fetchedAt)})`;
  return `${name} (${policy.organization})${revision}${scope}, ${age}${end}${stale}${contact}`;
}

/** What the organization decided about registries and images; nothing where it decided nothing. */
function accessLines(policy: HubPolicy | null): readonly (readonly [name: string, text: string])[] {
  const { registries = null, images = null } = policy?.access ?? {};
  const kept = 'delivered, not enforced by this version';
  const only = [...(images?.classes ?? []), ...(images?.repositories ?? [])].join(', ') || 'none';
  return [
    ...(registries === null ? [] : [['Registries', `${registries.hosts.join(', ')} (${kept})`] as const]),
    ...(images === null ? [] : [['Images', `${only} (${kept})`] as const]),
  ];
}

/** How old something is, in the largest unit that says enough. */
function ageOf(instant: string): string {
  const minutes = Math.floor((Date.now() - Date.parse(instant)) / 60_000);
  if (minutes < -1) return 'before the clock was set back';
  if (Number.isNaN(minutes) || minutes < 1) return 'just now';
  if (minutes < 120) return `${minutes} min ago`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h ago` : `${Math.floor(minutes / 1440)} days ago`;
}

function syncLine({ state, lastSuccess, error, push }: StatusAnswer['sync']): string {
  const last = lastSuccess === null ? 'never succeeded' : `last succeeded ${lastSuccess}`;
  const live = push === 'connected' ? ', the hub tells of changes at once' : '';
  return error === null ? `${state}, ${last}${live}` : `${state}, ${last}: ${error.message} [${error.code}]`;
}

function storeLine({ store, paths }: StatusAnswer): string {
  const message = store.message ? `: ${store.message}` : '';
  const repairs =
    store.repairs === 0 ? '' : `, ${store.repairs} ${store.repairs === 1 ? 'repair' : 'repairs'}`;
  return `${paths.store} (${store.state}${message}${repairs})`;
}

function printProblems(terminal: Terminal, problems: StatusAnswer['problems']): void {
  if (problems.length === 0) return;
  const { colors } = terminal;
  const rows = problems.map(({ severity, source, path, code, message }) => [
    { text: severity, paint: severity === 'error' ? colors.red : colors.yellow },
    source,
    path || '-',
    code,
    message,
  ]);
  terminal.out(`\n${renderTable(terminal, ['problem', 'source', 'path', 'code', 'message'], rows)}`);
}

function printDetails(terminal: Terminal, { precedence, sources, drift }: PolicyAnswer): void {
  const ranks = precedence.map(({ source, present, label }) => [source, present ? 'yes' : 'no', label]);
  terminal.out(`\n${renderTable(terminal, ['strongest first', 'present', 'what'], ranks)}`);
  const read = sources.map(({ source, state, usingLastGood, lastSuccess, location, message }) => [
    source,
    usingLastGood ? `${state}, last good in force` : state,
    lastSuccess ?? '-',
    location,
    message ?? '',
  ]);
  terminal.out(`\n${renderTable(terminal, ['source', 'state', 'last read', 'location', 'message'], read)}`);
  if (drift.length === 0) return;
  const repairs = drift.map(({ at, kind, setting, file, wrong, right }) => [
    at,
    kind,
    setting ?? file ?? '-',
    showValue(wrong),
    showValue(right),
  ]);
  terminal.out(
    `\n${renderTable(terminal, ['repaired at', 'what', 'setting or file', 'found', 'restored'], repairs)}`,
  );
}
