import { useCallback } from 'react';
import { assertNever } from '../../shared/contracts/refusal.ts';
import { useConsoleText } from '../console-text.tsx';
import type { Failure } from './hub-client.ts';

/** Says a failure in a sentence or two: what happened, and what to do. */
export function useFailureText(): (failure: Failure) => string {
  const { t } = useConsoleText();
  return useCallback(
    (failure) => {
      switch (failure.kind) {
        case 'offline':
          return t('reach.offline');
        case 'signed-out':
          return t('reach.signedOut');
        case 'unreadable':
          return t('reach.unreadable');
        case 'refused':
          return [failure.refusal.message, failure.refusal.help]
            .filter((part) => part !== undefined)
            .join(' ');
        default:
          return assertNever(failure);
      }
    },
    [t],
  );
}
