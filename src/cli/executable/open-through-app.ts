import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { AgentOptions } from '../../agent/agent-options.ts';
import { connectToAgent, type OpenedLocalApi } from '../../agent/local-api/connect.ts';
import { userPaths } from '../../agent/user-paths.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';

/** How long the app may take until its agent answers, in milliseconds. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 50;

/** Given to the app by whoever starts it for somebody else: it opens no window. */
const BACKGROUND = '--background';

/**
 * Opens the agent for one command that was installed with the desktop app. The app's agent is the only one here: this
 * command opens no keychain, and a second keeper of the session would sign the first one out. So where no agent
 * answers the app is started in the background, and stays.
 */
export async function openThroughApp(options: AgentOptions, app: string): Promise<OpenedLocalApi> {
  const paths = userPaths(options);
  const deadline = performance.now() + PATIENCE_MS;
  let started: Started | null = null;
  for (;;) {
    const fetch = await connectToAgent(paths);
    if (fetch !== null) return { ok: true, mode: 'agent', fetch, close: async () => {} };
    started ??= start(app);
    const ended = started.ended();
    if (ended !== null) return { ok: false, refusal: notStarted(app, ended) };
    if (performance.now() > deadline) return { ok: false, refusal: silent(app) };
    await delay(PAUSE_MS);
  }
}

interface Started {
  /** Why it will not answer; `null` while it may. */
  ended(): string | null;
}

function start(app: string): Started {
  let why: string | null = null;
  const child: ChildProcess = spawn(app, [BACKGROUND], {
    detached: true,
    stdio: 'ignore',
    windowsHide: true,
  });
  child.once('error', (error) => {
    why = error.message;
  });
  child.once('exit', (code, signal) => {
    // Ended well: another copy runs already, and its agent is about to answer.
    if (code !== 0) why = signal === null ? `it ended at once with ${code}` : `it was ended by ${signal}`;
  });
  child.unref();
  return { ended: () => why };
}

function notStarted(app: string, why: string): Refusal {
  return {
    code: 'unreachable',
    message: `Mooring does not run here and could not be started from ${app}: ${why}.`,
    help: 'Open Mooring yourself and run the command again; if that fails, install Mooring again.',
  };
}

function silent(app: string): Refusal {
  return {
    code: 'unreachable',
    message: `Mooring was started from ${app}, and its agent did not answer within a minute.`,
    help: 'Look whether Mooring shows a message, quit it, open it again, and run the command again.',
  };
}
