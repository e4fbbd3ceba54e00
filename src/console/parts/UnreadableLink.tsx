import { Button } from '@mantine/core';
import Unlink from 'lucide-react/icons/unlink';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { useConsoleText } from '../console-text.tsx';

/** In place of a list whose address asks for what the hub does not know: asking again would be refused again. */
export function UnreadableLink({ onDrop }: { readonly onDrop: () => void }) {
  const { t } = useConsoleText();
  return (
    <EmptyState
      live
      icon={<Unlink size={26} />}
      title={t('list.badLink')}
      actions={<Button onClick={onDrop}>{t('list.badLinkDrop')}</Button>}
    >
      <p>{t('list.badLinkText')}</p>
    </EmptyState>
  );
}
