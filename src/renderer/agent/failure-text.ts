import { useCallback } from 'react';
import { assertNever } from '../../shared/contracts/refusal.ts';
import { useText } from '../../shared-ui/text-context.tsx';
import type { Failure } from '../transport/local-client.ts';

/** Says a failure in a sentence or two: what happened, and what to do. */
export function useFailureText(): (failure: Failure) => string {
  const { t } = useText();
  return useCallback(
    (failure) => {
      switch (failure.kind) {
        case 'offline':
          return t('state.offlineText');
        case 'session-ended':
          return t('session.text');
        case 'unreadable':
          return t('state.unreadable');
        case 'refused':
          return [failure.error.message, failure.error.help].filter((part) => part !== undefined).join(' ');
        default:
          return assertNever(failure);
      }
    },
    [t],
  );
}
