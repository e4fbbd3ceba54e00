import { ActionIcon } from '@mantine/core';
import CloudOff from 'lucide-react/icons/cloud-off';
import RefreshCw from 'lucide-react/icons/refresh-cw';
import ShieldCheck from 'lucide-react/icons/shield-check';
import UserRound from 'lucide-react/icons/user-round';
import type { StatusAnswer } from '../../shared/contracts/local-api.ts';
import { useText } from '../../shared-ui/text-context.tsx';
import { usePast } from '../../shared-ui/When.tsx';
import { useResource } from '../agent/use-resource.ts';
import { useSync } from '../agent/use-sync.ts';
import { addressOf } from '../routing.ts';
import classes from './SyncLine.module.css';

/** Who manages this computer and when it last heard from them, with "Sync now". */
export function SyncLine() {
  const { t } = useText();
  const status = useResource('status');
  const sync = useSync();
  if (status.state !== 'ready') return null;
  const { account, policy } = status.value;
  const active = account.account?.organizations.find((each) => each.name === account.account?.organization);
  const signedIn = account.account !== null;
  return (
    <div className={classes.line}>
      <StateIcon status={status.value} />
      <div className={classes.words}>
        <span className={classes.name}>
          {signedIn ? (policy?.name ?? active?.displayName ?? account.account?.name) : t('sync.signedOut')}
        </span>
        {signedIn || (account.signIn.enforced && !account.signIn.satisfied) ? null : (
          <a className={classes.signIn} href={addressOf('account')}>
            {t('account.signIn')}
          </a>
        )}
        {signedIn ? (
          <span className={classes.when}>
            <SyncState status={status.value} busy={sync.busy} />
          </span>
        ) : null}
        {signedIn && account.sessionStorage === 'memory' ? (
          <span className={classes.when}>{t('notice.memory')}</span>
        ) : null}
      </div>
      {signedIn ? (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('action.syncNow')}
          title={t('action.syncNow')}
          disabled={sync.busy}
          onClick={() => void sync.run()}
        >
          <RefreshCw size={16} aria-hidden className={sync.busy ? classes.turning : undefined} />
        </ActionIcon>
      ) : null}
    </div>
  );
}

function StateIcon({ status }: { readonly status: StatusAnswer }) {
  if (status.account.account === null) return <UserRound size={18} aria-hidden className={classes.icon} />;
  if (status.sync.state === 'failed')
    return <CloudOff size={18} aria-hidden className={classes.icon} data-tone="warn" />;
  return <ShieldCheck size={18} aria-hidden className={classes.icon} data-tone="accent" />;
}

function SyncState({ status, busy }: { readonly status: StatusAnswer; readonly busy: boolean }) {
  const { t } = useText();
  const say = usePast();
  const { state, lastSuccess, lastAttempt } = status.sync;
  if (busy || state === 'fetching') return t('sync.fetching');
  if (state === 'failed' && lastAttempt !== null) return t('sync.failed', { when: say(lastAttempt) });
  if (lastSuccess === null) return t('sync.never');
  return (
    <span title={t('sync.lastSuccess', { when: say(lastSuccess) })}>
      {t('sync.lastSuccess', { when: say(lastSuccess) })}
    </span>
  );
}
