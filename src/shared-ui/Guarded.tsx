import { Button } from '@mantine/core';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import type { ReactNode } from 'react';
import { FaultBoundary } from './FaultBoundary.tsx';
import { EmptyState } from './PageState.tsx';
import { useText } from './text-context.tsx';

/** Shows a way on where a page broke by a fault of ours. */
export function Guarded({
  text = 'fault.text',
  inFrame = false,
  children,
}: {
  /** What to do, in the words of this program. */
  readonly text?: 'fault.text' | 'fault.consoleText';
  /** The page stands in the frame of all pages, which stays. Otherwise what is said here is all there is. */
  readonly inFrame?: boolean;
  readonly children: ReactNode;
}) {
  const { t } = useText();
  const said = (
    <EmptyState
      live
      alone
      icon={<TriangleAlert size={26} />}
      title={t('fault.title')}
      actions={<Button onClick={() => window.location.reload()}>{t('fault.reload')}</Button>}
    >
      {t(text)}
    </EmptyState>
  );
  return (
    <FaultBoundary onFault={(error) => console.error(error)} fallback={inFrame ? said : <main>{said}</main>}>
      {children}
    </FaultBoundary>
  );
}
