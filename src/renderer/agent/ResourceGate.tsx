import { Button } from '@mantine/core';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import Unplug from 'lucide-react/icons/unplug';
import type { ReactNode } from 'react';
import { EmptyState, LoadingState } from '../../shared-ui/PageState.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import type { Failure } from '../transport/local-client.ts';
import { useAgent } from './agent-context.tsx';
import { FailureText } from './FailureText.tsx';
import type { Loaded } from './use-resource.ts';

/** Shows what was read, or why it is not there (yet). */
export function ResourceGate<T>({
  loaded,
  part = false,
  children,
}: {
  readonly loaded: Loaded<T>;
  /** Only a part of a page, which has its title; otherwise what stands in its place is its title. */
  readonly part?: boolean;
  readonly children: (value: T) => ReactNode;
}) {
  const { t } = useText();
  if (loaded.state === 'ready') return children(loaded.value);
  if (loaded.state === 'loading') return <LoadingState alone={!part} label={t('state.loading')} />;
  return <FailedState alone={!part} failure={loaded.failure} />;
}

/** Nothing could be read: why, and what a person can do. */
function FailedState({ failure, alone }: { readonly failure: Failure; readonly alone: boolean }) {
  const { t } = useText();
  const { retryNow } = useAgent();
  const offline = failure.kind === 'offline';
  return (
    <EmptyState
      live
      alone={alone}
      icon={offline ? <Unplug size={26} /> : <TriangleAlert size={26} />}
      title={t(offline ? 'state.offlineTitle' : 'state.failedTitle')}
      actions={<Button onClick={retryNow}>{t('action.retry')}</Button>}
    >
      <p>
        <FailureText failure={failure} />
      </p>
      {offline ? <p>{t('state.offlineHelp')}</p> : null}
    </EmptyState>
  );
}
