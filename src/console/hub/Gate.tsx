import { Button } from '@mantine/core';
import SearchX from 'lucide-react/icons/search-x';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import Unplug from 'lucide-react/icons/unplug';
import type { ReactNode } from 'react';
import { EmptyState, LoadingState } from '../../shared-ui/PageState.tsx';
import { useConsoleText } from '../console-text.tsx';
import layout from '../parts/Layout.module.css';
import { useFailureText } from './failure-text.ts';
import { usePartOutOfReach } from './said-nearby.tsx';
import type { Loaded } from './use-read.ts';

/** Shows what was read, or why it is not there (yet). */
export function Gate<T>({
  loaded,
  alone = false,
  children,
}: {
  readonly loaded: Loaded<T>;
  /** The page has nothing else, so that why it is not there is its title. */
  readonly alone?: boolean;
  readonly children: (value: T, tag: string | null) => ReactNode;
}) {
  const { t } = useConsoleText();
  const failureText = useFailureText();
  const saidAbove = usePartOutOfReach(loaded.state === 'failed' ? loaded.failure : null);
  if (loaded.state === 'ready') return children(loaded.value, loaded.tag);
  if (loaded.state === 'loading') return <LoadingState label={t('state.loading')} />;
  const { failure } = loaded;
  if (saidAbove) return <p className={layout.dim}>{t('reach.notRead')}</p>;
  const missing = failure.kind === 'refused' && failure.status === 404;
  return (
    <EmptyState
      live
      alone={alone}
      icon={
        missing ? (
          <SearchX size={26} />
        ) : failure.kind === 'offline' ? (
          <Unplug size={26} />
        ) : (
          <TriangleAlert size={26} />
        )
      }
      title={t(
        missing ? 'missing.title' : failure.kind === 'offline' ? 'reach.offlineTitle' : 'reach.failedTitle',
      )}
      actions={<Button onClick={loaded.retry}>{t('action.retry')}</Button>}
    >
      <p>{failureText(failure)}</p>
    </EmptyState>
  );
}
