import { Button } from '@mantine/core';
import KeyRound from 'lucide-react/icons/key-round';
import Unplug from 'lucide-react/icons/unplug';
import { Fragment } from 'react';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { Wordmark } from '../../shared-ui/Mark.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import type { Door } from '../open-door.ts';
import classes from './ClosedDoor.module.css';

const COMMAND = 'mooring agent run --headless --dashboard';

/** A word of a command. An option that ends a line after its hyphens reads as another command. */
function Unbroken(word: string, at: number) {
  return (
    <Fragment key={word}>
      {at === 0 ? '' : ' '}
      <span className={classes.word}>{word}</span>
    </Fragment>
  );
}

/** Shown in a browser without a session: why, and which command gives a new address. */
export function ClosedDoor({ door }: { readonly door: Exclude<Door, { state: 'open' }> }) {
  const { t } = useText();
  const unreachable = door.state === 'unreachable';
  return (
    <div className={classes.page}>
      <header className={classes.brand}>
        <Wordmark name={t('app.name')} />
      </header>
      <main>
        <EmptyState
          alone
          icon={unreachable ? <Unplug size={26} /> : <KeyRound size={26} />}
          title={t(
            unreachable
              ? 'state.offlineTitle'
              : door.state === 'ended'
                ? 'session.title'
                : 'session.missingTitle',
          )}
          actions={
            unreachable ? (
              <Button onClick={() => window.location.reload()}>{t('action.retry')}</Button>
            ) : undefined
          }
        >
          {unreachable ? (
            <p>{t('state.offlineText')}</p>
          ) : (
            <>
              <p>{t(door.state === 'ended' ? 'session.text' : 'session.missingText')}</p>
              <p>{t('session.how')}</p>
              <div className={classes.command}>
                <code>{COMMAND.split(' ').map(Unbroken)}</code>
                <CopyButton text={() => COMMAND} label={t('session.copyCommand')} />
              </div>
            </>
          )}
        </EmptyState>
      </main>
    </div>
  );
}
