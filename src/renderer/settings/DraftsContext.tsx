import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { SettingState } from '../../shared/contracts/local-api.ts';
import type { JsonValue } from '../../shared-ui/json-value.ts';
import { useAgent } from '../agent/agent-context.tsx';
import { useRefreshResources, useResource } from '../agent/use-resource.ts';
import {
  type Applied,
  afterAnswer,
  afterReading,
  apartFrom,
  appliedBy,
  type Drafts,
  edit,
  NO_DRAFTS,
  reset,
  toRequest,
} from './drafts.ts';

/** Unsaved changes, kept above the pages so that looking at another page loses none of them. */
export interface DraftsState {
  readonly drafts: Drafts;
  readonly applying: boolean;
  readonly applied: Applied | null;
  /** Settings whose draft was dropped because a lock came. */
  readonly overtaken: readonly string[];
  /** Asks the agent for these, all or none. */
  apply(chosen: Drafts): Promise<void>;
  resetAll(): Promise<void>;
  /** Forgets these. */
  discard(chosen: Drafts): void;
  dismiss(): void;
}

/** What a control does to the drafts. Never another object, so that an edit draws only the row that it is about. */
export interface DraftActions {
  edit(setting: SettingState, value: JsonValue, problem: string | null): void;
  reset(setting: SettingState): void;
}

/** How long a success is told; a failure stays until somebody has seen to it. */
const SAVED_SHOWN_MS = 8_000;

const DraftsContext = createContext<DraftsState | null>(null);
const DraftActionsContext = createContext<DraftActions | null>(null);

/** Holds the drafts of everything below. */
export function DraftsProvider({ children }: { readonly children: ReactNode }) {
  const { client } = useAgent();
  const refresh = useRefreshResources();
  const settings = useResource('settings');
  const [drafts, setDrafts] = useState<Drafts>(NO_DRAFTS);
  const [applying, setApplying] = useState(false);
  const [applied, setApplied] = useState<Applied | null>(null);
  const [overtaken, setOvertaken] = useState<readonly string[]>([]);
  const latest = useRef(drafts);
  latest.current = drafts;

  const states = settings.state === 'ready' ? settings.value.settings : null;
  useEffect(() => {
    if (states === null) return;
    const { overtaken: taken } = afterReading(latest.current, states);
    setDrafts((now) => afterReading(now, states).drafts);
    if (taken.length > 0) setOvertaken(taken);
  }, [states]);
  useLeaveWarning(drafts.size > 0);
  useEffect(() => {
    if (applied?.outcome !== 'saved') return;
    const timer = setTimeout(() => setApplied(null), SAVED_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [applied]);

  const send = useCallback(
    async (request: Parameters<typeof client.change>[0], sent: Drafts) => {
      setApplying(true);
      setApplied(null);
      const answer = await client.change(request);
      if (answer.ok) {
        // Read first: a control that let go of its draft before would flash the old value.
        await refresh('settings', 'status');
        setDrafts((now) => afterAnswer(now, sent, answer.value));
        setApplied(appliedBy(answer.value));
      } else {
        setApplied({ outcome: 'failed', failure: answer.failure });
      }
      setApplying(false);
    },
    [client, refresh],
  );

  const state = useMemo<DraftsState>(
    () => ({
      drafts,
      applying,
      applied,
      overtaken,
      apply: async (chosen) => {
        const request = toRequest(chosen);
        if (request !== null) await send(request, chosen);
      },
      // What is typed and not applied is no choice yet: it stays.
      resetAll: () => send({ resetAll: true }, NO_DRAFTS),
      discard: (chosen) => {
        setApplied(null);
        setDrafts((now) => apartFrom(now, chosen));
      },
      dismiss: () => {
        setApplied(null);
        setOvertaken([]);
      },
    }),
    [drafts, applying, applied, overtaken, send],
  );
  const actions = useMemo<DraftActions>(
    () => ({
      edit: (setting, value, problem) => {
        setApplied(null);
        setDrafts((now) => edit(now, setting, value, problem));
      },
      reset: (setting) => setDrafts((now) => reset(now, setting)),
    }),
    [],
  );
  return (
    <DraftActionsContext value={actions}>
      <DraftsContext value={state}>{children}</DraftsContext>
    </DraftActionsContext>
  );
}

/** The unsaved changes and what can be done with them. */
export function useDrafts(): DraftsState {
  const state = use(DraftsContext);
  if (state === null) throw new Error('useDrafts outside DraftsProvider');
  return state;
}

/** What a control does to the drafts, without being drawn again when they change. */
export function useDraftActions(): DraftActions {
  const actions = use(DraftActionsContext);
  if (actions === null) throw new Error('useDraftActions outside DraftsProvider');
  return actions;
}

// The browser asks before a tab with unsaved changes is closed or reloaded.
function useLeaveWarning(dirty: boolean): void {
  useEffect(() => {
    if (!dirty) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', warn);
    return () => window.removeEventListener('beforeunload', warn);
  }, [dirty]);
}
