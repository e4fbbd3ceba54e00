import { useMutation } from '@tanstack/react-query';
import { useCallback } from 'react';
import type { LocalOverrideRequest } from '../../shared/contracts/local-api.ts';
import { useText } from '../../shared-ui/text-context.tsx';
import { useAgent } from '../agent/agent-context.tsx';
import { useRefreshResources } from '../agent/use-resource.ts';
import type { Failure } from '../transport/local-client.ts';

/** One request to the hub by way of the agent, and why it was refused. */
interface OverrideAction<Input> {
  readonly busy: boolean;
  readonly failure: Failure | null;
  /** True when it was done. */
  run(input: Input): Promise<boolean>;
}

/** Asks for an override; done means that it is in force here. */
export function useRequestOverride(): OverrideAction<LocalOverrideRequest> {
  const { client } = useAgent();
  return useAction(client.requestOverride);
}

/** Ends the override of a setting, by its id, before its time. */
export function useEndOverride(): OverrideAction<string> {
  const { client } = useAgent();
  return useAction(client.endOverride);
}

function useAction<Input>(
  ask: (input: Input) => Promise<{ readonly ok: true } | { readonly ok: false; readonly failure: Failure }>,
): OverrideAction<Input> {
  const refresh = useRefreshResources();
  const mutation = useMutation({
    networkMode: 'always',
    mutationFn: async (input: Input) => {
      const answer = await ask(input);
      await refresh('overrides', 'settings', 'status', 'policy');
      return answer;
    },
  });
  const { data, isPending } = mutation;
  return {
    busy: isPending,
    failure: data === undefined || data.ok || isPending ? null : data.failure,
    run: async (input) => (await mutation.mutateAsync(input)).ok,
  };
}

const UNITS = [
  ['override.days', 86_400],
  ['override.hours', 3_600],
  ['override.minutes', 60],
  ['override.seconds', 1],
] as const;

/** Writes a number of seconds in the largest unit that divides it. */
export function useDuration(): (seconds: number) => string {
  const { t } = useText();
  return useCallback(
    (seconds) => {
      const [key, size] = UNITS.find(([, each]) => seconds % each === 0) ?? UNITS[3];
      return t(key, { count: seconds / size });
    },
    [t],
  );
}

const USUAL_SECONDS = [900, 3_600, 4 * 3_600, 8 * 3_600, 86_400, 7 * 86_400];

/** Times to choose from: the usual ones that the policy allows, and the longest. */
export function timesUpTo(maxSeconds: number): readonly number[] {
  return [...USUAL_SECONDS.filter((seconds) => seconds < maxSeconds), maxSeconds];
}
