import { Button } from '@mantine/core';
import Unplug from 'lucide-react/icons/unplug';
import { useState } from 'react';
import { EmptyState } from './PageState.tsx';
import { useText } from './text-context.tsx';

/**
 * In the place of a page whose code did not arrive. Browsers keep that a file could not be had, so only loading
 * everything again brings it; and not before somebody answers, who else would leave the browser's own error here.
 */
export function NotLoaded() {
  const { t } = useText();
  const [asking, setAsking] = useState(false);
  const again = async () => {
    setAsking(true);
    if (await answers()) window.location.reload();
    else setAsking(false);
  };
  return (
    <EmptyState
      live
      alone
      icon={<Unplug size={26} />}
      title={t('notLoaded.title')}
      actions={
        <Button loading={asking} onClick={() => void again()}>
          {t('action.retry')}
        </Button>
      }
    >
      {t('notLoaded.text')}
    </EmptyState>
  );
}

function answers(): Promise<boolean> {
  const { protocol, href } = window.location;
  if (!protocol.startsWith('http')) return Promise.resolve(true);
  return fetch(href, { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  );
}
