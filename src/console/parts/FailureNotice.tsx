import { Notice } from '../../shared-ui/Notice.tsx';
import { useFailureText } from '../hub/failure-text.ts';
import type { Failure } from '../hub/hub-client.ts';

/** Why a change was not made; nothing where there was no failure. */
export function FailureNotice({ failure }: { readonly failure: Failure | null }) {
  const failureText = useFailureText();
  if (failure === null) return null;
  return (
    <Notice tone="bad" live>
      {failureText(failure)}
    </Notice>
  );
}
