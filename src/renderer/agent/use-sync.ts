import { useMutation } from '@tanstack/react-query';
import type { SyncAnswer } from '../../shared/contracts/local-api.ts';
import type { Answer } from '../transport/local-client.ts';
import { useAgent } from './agent-context.tsx';
import { useRefreshResources } from './use-resource.ts';

/** "Sync now": one attempt, its outcome, and everything read anew after it. */
export function useSync(): {
  readonly busy: boolean;
  readonly answer: Answer<SyncAnswer> | undefined;
  run(): Promise<void>;
} {
  const { client } = useAgent();
  const refresh = useRefreshResources();
  const mutation = useMutation({
    networkMode: 'always',
    mutationFn: async () => {
      const answer = await client.sync();
      await refresh('status', 'settings', 'policy', 'account');
      return answer;
    },
  });
  return {
    busy: mutation.isPending,
    answer: mutation.data,
    run: async () => {
      await mutation.mutateAsync();
    },
  };
}
