import type { z } from 'zod';
import type { LocalFetch } from '../../agent/local-api/router.ts';
import {
  LOCAL_ROUTES,
  type LocalEvent,
  type SettingsAnswer,
  type StatusAnswer,
  settingsAnswerSchema,
  statusAnswerSchema,
} from '../../shared/contracts/local-api.ts';

/** What tray, notifications and the app's own behaviour are made from. */
export interface AgentSnapshot {
  readonly status: StatusAnswer;
  readonly settings: SettingsAnswer;
}

/** The agent as last read. */
export interface AgentView {
  /** `null` until it has answered, and where it answers no more. */
  current(): AgentSnapshot | null;
  /** Reads now; concurrent calls share a reading, and one that comes in between causes another. */
  refresh(): Promise<void>;
  stop(): void;
}

/**
 * Follows the agent: every event causes one reading of status and settings, and many events at once cause few.
 * `onChange` is told what is, `null` where the agent gives no answer, and what it answered last before.
 */
export function createAgentView(
  agent: {
    readonly fetch: LocalFetch;
    readonly onEvent: (listener: (event: LocalEvent) => void) => () => void;
  },
  onChange: (now: AgentSnapshot | null, before: AgentSnapshot | null) => void,
): AgentView {
  let current: AgentSnapshot | null = null;
  // Outlives a pause of the agent: what policy changed meanwhile is news all the same.
  let known: AgentSnapshot | null = null;
  let reading: Promise<void> | null = null;
  let again = false;
  let stopped = false;

  const readOnce = async (): Promise<void> => {
    const [status, settings] = await Promise.all([
      read(agent.fetch, 'status', statusAnswerSchema),
      read(agent.fetch, 'settings', settingsAnswerSchema),
    ]);
    if (stopped) return;
    const before = known;
    current = status === null || settings === null ? null : { status, settings };
    known = current ?? known;
    onChange(current, before);
  };
  const run = async (): Promise<void> => {
    do {
      again = false;
      await readOnce();
    } while (again && !stopped);
    reading = null;
  };
  const refresh = (): Promise<void> => {
    again = reading !== null;
    reading ??= run();
    return reading;
  };
  const unfollow = agent.onEvent(() => void refresh());
  return {
    current: () => current,
    refresh,
    stop: () => {
      stopped = true;
      unfollow();
    },
  };
}

/** One answer of the agent, or `null` where it gives none that can be read. */
async function read<T>(
  fetch: LocalFetch,
  route: 'status' | 'settings',
  schema: z.ZodType<T>,
): Promise<T | null> {
  const { method, path } = LOCAL_ROUTES[route];
  try {
    const response = await fetch(new Request(`http://agent${path}`, { method }));
    return schema.safeParse(await response.json()).data ?? null;
  } catch {
    return null;
  }
}
