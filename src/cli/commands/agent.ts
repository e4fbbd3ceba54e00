import { networkInterfaces } from 'node:os';
import { systemClock } from '../../agent/clock.ts';
import { connectToAgent, type LocalApi } from '../../agent/local-api/connect.ts';
import { type ServedAgent, serveAgent } from '../../agent/local-api/serve-agent.ts';
import { withLog } from '../../agent/log-file.ts';
import { watchAddresses } from '../../agent/network-watch.ts';
import { userPaths } from '../../agent/user-paths.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { type CommandContext, type Invocation, type Outcome, refused } from '../command.ts';
import { ask } from '../local-client.ts';
import { plainText } from '../terminal/plain-text.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** `mooring agent run [--headless] [--dashboard]`: stays in the foreground until it is told to stop. */
export async function runAgent(context: CommandContext, { options }: Invocation): Promise<Outcome> {
  const agentOptions = withLog(context.agentOptions, (entry) => {
    if (entry.level !== 'info') context.terminal.err(`${entry.level}: ${plainText(entry.message)}\n`);
  });
  const wantsDashboard = options.dashboard === true;
  if (context.agentIn === 'desktop-app') return openTheApp(context, wantsDashboard);
  const outcome = await serveAgent(agentOptions);
  if (!outcome.ok) {
    return 'refusal' in outcome
      ? refused(outcome.refusal)
      : pointToTheFirst(context, outcome.heldBy, wantsDashboard);
  }
  const { served } = outcome;
  const stopWatching = watchAddresses({
    ...{ interfaces: networkInterfaces, after: systemClock().after, onCome: served.agent.wake },
  });
  try {
    const dashboard = wantsDashboard ? await openDashboard(served.agent) : null;
    if (dashboard !== null && typeof dashboard !== 'string') return refused(dashboard);
    announce(context, served, dashboard);
    await untilToldToStop(served, context.signal);
  } finally {
    stopWatching();
    await served.stop();
  }
  if (!context.json) context.terminal.out('The agent has stopped.\n');
  return { kind: 'printed', exit: 0 };
}

/** The command that the app brought runs no agent of its own: it has the app run its agent, and points there. */
async function openTheApp(context: CommandContext, wantsDashboard: boolean): Promise<Outcome> {
  const opened = await context.open();
  if (!opened.ok) return refused(opened.refusal);
  const status = await ask(opened, 'status', { signal: context.signal });
  if (!status.ok) return refused(status.refusal);
  return pointToTheFirst(context, status.body, wantsDashboard);
}

/** One line as soon as the agent can be asked; a program that started it waits for this line. */
function announce(
  { terminal, json }: CommandContext,
  { address }: ServedAgent,
  dashboard: string | null,
): void {
  if (json) {
    const line = {
      state: 'running',
      pid: process.pid,
      address,
      ...(dashboard === null ? {} : { dashboard }),
    };
    terminal.out(`${JSON.stringify(line)}\n`);
    return;
  }
  terminal.out(`The agent runs as process ${process.pid} and answers at ${address}\n`);
  if (dashboard !== null) printDashboard(terminal, dashboard);
  terminal.out('Stop it with Ctrl-C or "mooring agent stop".\n');
}

function printDashboard(terminal: Terminal, url: string): void {
  terminal.out(`Dashboard, good once and for one minute: ${plainText(url)}\n`);
}

async function untilToldToStop({ stopRequested }: ServedAgent, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise: interrupted, resolve } = Promise.withResolvers<void>();
  signal.addEventListener('abort', () => resolve(), { once: true });
  await Promise.race([stopRequested, interrupted]);
}

async function openDashboard(api: Pick<LocalApi, 'fetch'>): Promise<string | Refusal> {
  const answer = await ask(api, 'dashboard');
  return answer.ok ? answer.body.url : answer.refusal;
}

/** A second start is no failure: the one that runs is what the person wanted. */
async function pointToTheFirst(
  { terminal, json, agentOptions }: CommandContext,
  heldBy: { readonly pid: number } | null,
  wantsDashboard: boolean,
): Promise<Outcome> {
  const fetch = await connectToAgent(userPaths(agentOptions));
  const dashboard = wantsDashboard && fetch !== null ? await openDashboard({ fetch }) : null;
  if (dashboard !== null && typeof dashboard !== 'string') return refused(dashboard);
  const pid = heldBy?.pid ?? null;
  if (json) {
    const line = { state: 'already-running', pid, ...(dashboard === null ? {} : { dashboard }) };
    terminal.out(`${JSON.stringify(line)}\n`);
    return { kind: 'printed', exit: 0 };
  }
  const who = pid === null ? '' : `, as process ${pid}`;
  terminal.out(`An agent runs here already${who}. "mooring status" shows what it does.\n`);
  if (dashboard !== null) printDashboard(terminal, dashboard);
  return { kind: 'printed', exit: 0 };
}

/** `mooring agent stop`: answers when the agent no longer answers. */
export async function stopAgent(context: CommandContext): Promise<Outcome> {
  const paths = userPaths(context.agentOptions);
  const fetch = await connectToAgent(paths);
  if (fetch === null) {
    const print = (terminal: Terminal): void => terminal.out('No agent runs here.\n');
    return { kind: 'done', json: { state: 'not-running' }, print };
  }
  const answer = await ask({ fetch }, 'stop', { signal: context.signal });
  if (!answer.ok) return refused(answer.refusal);
  const deadline = performance.now() + STOP_PATIENCE_MS;
  while ((await connectToAgent(paths)) !== null) {
    if (performance.now() > deadline) return refused(STILL_RUNS);
    await new Promise((resolve) => setTimeout(resolve, STOP_PAUSE_MS));
  }
  return {
    kind: 'done',
    json: { state: 'stopped' },
    print: (terminal) => terminal.out('The agent has stopped.\n'),
  };
}

const STOP_PATIENCE_MS = 15_000;
const STOP_PAUSE_MS = 50;

const STILL_RUNS: Refusal = {
  code: 'conflict',
  message: 'The agent was told to stop and still answers.',
  help: 'Wait a little and look again with "mooring status".',
};
