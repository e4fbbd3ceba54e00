import { notifyManager, type Query, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Failure } from './hub-client.ts';
import { failureOfReading } from './use-read.ts';

/** What was deleted here is read once more, in vain, before the page of it closes. */
const SETTLE_MS = 1_000;

/**
 * Why something that is shown could not be read again, so that it may no longer be so; `null` where all is well. A hub
 * out of reach and an ended session are not said here: they concern the whole page and are said as such.
 */
export function useFailedRereading(): Failure | null {
  const queries = useQueryClient().getQueryCache();
  const subscribe = useCallback(
    (changed: () => void) => queries.subscribe(notifyManager.batchCalls(changed)),
    [queries],
  );
  const error = useSyncExternalStore(subscribe, () => queries.getAll().find(isOld)?.state.error ?? null);
  const [settled, setSettled] = useState(false);
  const failed = error !== null;
  useEffect(() => {
    if (!failed) return;
    const timer = setTimeout(() => setSettled(true), SETTLE_MS);
    return () => {
      clearTimeout(timer);
      setSettled(false);
    };
  }, [failed]);
  return failed && settled ? failureOfReading(error) : null;
}

function isOld(query: Query): boolean {
  const { state } = query;
  if (!query.isActive() || state.data === undefined || state.error === null) return false;
  const { kind } = failureOfReading(state.error);
  return kind !== 'offline' && kind !== 'signed-out';
}
