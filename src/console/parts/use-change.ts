import { useCallback, useState } from 'react';
import type { z } from 'zod';
import type { Answer, Failure, HubRequest } from '../hub/hub-client.ts';
import { useHub } from '../hub/hub-context.tsx';

/** One change on its way: whether it runs, and why the last one failed. */
export interface Change {
  readonly busy: boolean;
  readonly failure: Failure | null;
  send<Schema extends z.ZodType>(request: HubRequest<Schema>): Promise<Answer<z.output<Schema>>>;
  forget(): void;
}

/** Sends changes one at a time and remembers how the last one went. */
export function useChange(): Change {
  const hub = useHub();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const send = useCallback<Change['send']>(
    async (request) => {
      setBusy(true);
      setFailure(null);
      const answer = await hub.send(request);
      // What stands there now has to be seen before anything is put over it.
      if (!answer.ok && answer.failure.kind === 'refused' && answer.failure.status === 412)
        await hub.refresh();
      setBusy(false);
      if (!answer.ok) setFailure(answer.failure);
      return answer;
    },
    [hub.send, hub.refresh],
  );
  const forget = useCallback(() => setFailure(null), []);
  return { busy, failure, send, forget };
}
