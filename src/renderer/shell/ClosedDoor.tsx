import { Button } from '@mantine/core';
import KeyRound from 'lucide-react/icons/key-round';
import Unplug from 'lucide-react/icons/unplug';
import { Wordmark } from '../../shared-ui/Mark.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import type { Door } from '../open-door.ts';
import classes from './ClosedDoor.module.css';

/** Shown in a browser without a session: why, and which command opens a new one. */
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
              <dl className={classes.commands}>
                <div>
                  <dt>{t('session.agentRunning')}</dt>
                  <dd>
                    <code>mooring dashboard</code>
                  </dd>
                </div>
                <div>
                  <dt>{t('session.agentNotRunning')}</dt>
                  <dd>
                    <code>mooring agent run --headless --dashboard</code>
                  </dd>
                </div>
              </dl>
            </>
          )}
        </EmptyState>
      </main>
    </div>
  );
}
