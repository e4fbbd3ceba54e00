import { Button } from '@mantine/core';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useFailureText } from '../hub/failure-text.ts';
import type { Failure } from '../hub/hub-client.ts';
import { useSayingHere } from '../hub/said-nearby.tsx';

/** Why a change was not made; nothing where there was no failure. */
export function FailureNotice({ failure }: { readonly failure: Failure | null }) {
  const failureText = useFailureText();
  useSayingHere(failure);
  if (failure === null) return null;
  if (failure.kind === 'refused' && failure.refusal.code === 'recent_sign_in_required') return <Confirm />;
  if (failure.kind === 'signed-out') return <SignInAgain />;
  return (
    <Notice tone="bad" live>
      {failureText(failure)}
    </Notice>
  );
}

/** Here as well as above the page, which nobody reaches while a dialog is open. */
function SignInAgain() {
  const { t } = useConsoleText();
  return (
    <Notice
      tone="warn"
      live
      actions={
        <Button component="a" href="/sign-in" target="_blank" rel="noopener" variant="default" size="xs">
          {t('reach.signIn')}
        </Button>
      }
    >
      {t('reach.signedOut')}
    </Notice>
  );
}

/** The change opens doors: its author proves who they are in a page of its own, so that everything typed here stays. */
function Confirm() {
  const { t } = useConsoleText();
  return (
    <Notice
      tone="warn"
      live
      title={t('confirm.title')}
      actions={
        <Button component="a" href="/sign-in/confirm" target="_blank" variant="default" size="xs">
          {t('confirm.action')}
        </Button>
      }
    >
      {t('confirm.text')}
    </Notice>
  );
}
