import { assertNever } from '../../shared/contracts/refusal.ts';
import { useText } from '../../shared-ui/text-context.tsx';
import type { Failure } from '../transport/local-client.ts';
import { AgentSays } from './AgentSays.tsx';

/** A failure in a sentence or two: what happened, and what to do. */
export function FailureText({ failure }: { readonly failure: Failure }) {
  const { t } = useText();
  switch (failure.kind) {
    case 'offline':
      return t('state.offlineText');
    case 'session-ended':
      return t('session.text');
    case 'unreadable':
      return t('state.unreadable');
    case 'refused':
      return <AgentSays words={refusalWords(failure.error)} />;
    default:
      return assertNever(failure);
  }
}

/** A refusal as the agent wrote it: what happened and why, and what to do. */
export function refusalWords({
  message,
  help,
}: {
  readonly message: string;
  readonly help?: string | undefined;
}) {
  return [message, help].filter((part) => part !== undefined).join(' ');
}
