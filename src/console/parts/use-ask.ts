import { useCallback, useState } from 'react';
import { askHub, type Failure } from '../hub/hub-client.ts';
import { useHub } from '../hub/hub-context.tsx';
import type { Change } from './use-change.ts';

/** Like `useChange`, for a request that changes nothing: what the page read stays as it is. */
export function useAsk(): Pick<Change, 'busy' | 'failure' | 'send'> {
  const { note } = useHub();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const send = useCallback<Change['send']>(
    async (request) => {
      setBusy(true);
      setFailure(null);
      const answer = await askHub(request);
      note(answer.ok ? null : answer.failure);
      setBusy(false);
      if (!answer.ok) setFailure(answer.failure);
      return answer;
    },
    [note],
  );
  return { busy, failure, send };
}
