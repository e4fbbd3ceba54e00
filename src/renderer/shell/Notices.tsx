import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { StatusAnswer } from '../../shared/contracts/local-api.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { usePast } from '../../shared-ui/When.tsx';
import { AgentSays } from '../agent/AgentSays.tsx';
import { useAgent } from '../agent/agent-context.tsx';
import { FailureText } from '../agent/FailureText.tsx';
import { useRereadFailure, useResource } from '../agent/use-resource.ts';
import { useSync } from '../agent/use-sync.ts';
import { addressOf, usePlace } from '../routing.ts';
import classes from './Notices.module.css';

/** What everybody has to know on every page: agent away, frozen, signed out by time, store in trouble. */
export function Notices() {
  const { t } = useText();
  const { connection, retryNow } = useAgent();
  const status = useResource('status');
  const ready = status.state === 'ready' ? status.value : null;
  return (
    <div className={classes.notices}>
      {connection === 'lost' && ready !== null ? (
        <Notice
          tone="bad"
          live
          actions={
            <Button variant="default" size="xs" onClick={retryNow}>
              {t('action.retry')}
            </Button>
          }
        >
          {t('notice.lost')}
        </Notice>
      ) : null}
      {ready === null ? null : (
        <>
          <OldNotice onRetry={retryNow} />
          <FrozenNotice status={ready} />
          <ProblemsNotice status={ready} />
          <AccountNotice status={ready} />
          <SyncNotice status={ready} />
          <StoreNotice store={ready.store} />
        </>
      )}
    </div>
  );
}

/** What could not be read again stays shown; that it is old has to be said. */
function OldNotice({ onRetry }: { readonly onRetry: () => void }) {
  const { t } = useText();
  const failure = useRereadFailure();
  if (failure === null) return null;
  return (
    <Notice
      tone="bad"
      live
      title={t('notice.notReadAgain')}
      actions={
        <Button variant="default" size="xs" onClick={onRetry}>
          {t('action.retry')}
        </Button>
      }
    >
      <FailureText failure={failure} />
    </Notice>
  );
}

function ToPage({ page, children }: { readonly page: 'policy' | 'account'; readonly children: ReactNode }) {
  return (
    <Button component="a" href={addressOf(page)} variant="default" size="xs">
      {children}
    </Button>
  );
}

function SyncButton() {
  const { t } = useText();
  const sync = useSync();
  return (
    <Button variant="default" size="xs" loading={sync.busy} onClick={() => void sync.run()}>
      {t('action.syncNow')}
    </Button>
  );
}

/** An instant in the middle of a sentence. */
function useSpan(): (at: string | null | undefined) => string {
  const { t } = useText();
  const past = usePast();
  return (at) => (at === null || at === undefined ? t('time.never').toLowerCase() : past(at));
}

/** When the hub last said what the policy is: an answer that nothing changed counts (docs/delivery.md section 4). */
function confirmedAt({ sync, policy }: StatusAnswer): string | null {
  return sync.lastSuccess ?? policy?.fetchedAt ?? null;
}

function FrozenNotice({ status }: { readonly status: StatusAnswer }) {
  const { t } = useText();
  const span = useSpan();
  const [place] = usePlace();
  if (status.frozen === null) return null;
  const stale = status.frozen === 'policy_stale';
  return (
    <Notice
      tone="bad"
      title={t('notice.frozenTitle')}
      actions={
        <>
          {stale ? <SyncButton /> : null}
          {place.page === 'policy' ? null : <ToPage page="policy">{t('notice.showPolicy')}</ToPage>}
        </>
      }
    >
      {stale ? t('notice.frozenStale', { when: span(confirmedAt(status)) }) : t('notice.frozenBroken')}
    </Notice>
  );
}

/** A document in trouble changes what applies here, so whoever looks at any page has to hear of it. */
function ProblemsNotice({ status }: { readonly status: StatusAnswer }) {
  const { t } = useText();
  const [place] = usePlace();
  const errors = status.problems.filter((problem) => problem.severity === 'error').length;
  if (errors === 0 || status.frozen !== null || place.page === 'policy') return null;
  return (
    <Notice tone="warn" actions={<ToPage page="policy">{t('notice.showPolicy')}</ToPage>}>
      {t('notice.problems', { count: errors })}
    </Notice>
  );
}

function AccountNotice({ status }: { readonly status: StatusAnswer }) {
  const { t } = useText();
  const { state, sessionEnd } = status.account;
  if (state !== 'sign-in-again') return null;
  return (
    <Notice tone="warn" actions={<ToPage page="account">{t('account.againTitle')}</ToPage>}>
      {sessionEnd === undefined
        ? t('notice.again')
        : `${t(`sessionEnd.${sessionEnd}`)} ${t('sessionEnd.policyStays')}`}
    </Notice>
  );
}

function SyncNotice({ status }: { readonly status: StatusAnswer }) {
  const { t } = useText();
  const span = useSpan();
  const { sync, policy, frozen, account } = status;
  // Without a session nothing can be fetched, however well the hub is reached: the notice about the account says so.
  if (account.state === 'sign-in-again') return null;
  if (sync.state !== 'failed' || policy === null || frozen === 'policy_stale') return null;
  // A hub whose policy was refused, or that refused us, was reached.
  const isAway = sync.error === null || sync.error.code === 'unreachable';
  const what = isAway ? 'notice.syncFailed' : 'notice.syncNotDone';
  return (
    <Notice tone="warn" actions={<SyncButton />}>
      <span>{t(what, { when: span(confirmedAt(status)) })}</span>
      {sync.error === null ? null : (
        <span>
          {' '}
          <AgentSays words={sync.error.message} />
        </span>
      )}
    </Notice>
  );
}

function StoreNotice({ store }: { readonly store: StatusAnswer['store'] }) {
  const { t } = useText();
  if (store.state === 'ok') return null;
  const text = {
    failed: t('notice.storeFailed'),
    contended: t('notice.storeContended'),
    waiting: t('notice.storeWaiting'),
  }[store.state];
  return (
    <Notice
      tone={store.state === 'failed' ? 'bad' : store.state === 'waiting' ? 'info' : 'warn'}
      title={text}
    >
      {store.message === undefined ? null : <AgentSays words={store.message} />}
    </Notice>
  );
}
