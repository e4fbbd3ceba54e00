import { Button } from '@mantine/core';
import RotateCcw from 'lucide-react/icons/rotate-ccw';
import { useState } from 'react';
import { ConfirmDialog } from '../../shared-ui/ConfirmDialog.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useDrafts } from './DraftsContext.tsx';
import { isHeld } from './drafts.ts';
import type { ShownSetting } from './find-settings.ts';

/** Forgets every choice of the user that a reset can reach, after asking. Absent where there is none. */
export function ResetAll({ settings }: { readonly settings: readonly ShownSetting[] }) {
  const { t } = useText();
  const { resetAll, applying } = useDrafts();
  const [asking, setAsking] = useState(false);
  const count = settings.filter(({ state }) => state.choice !== undefined && !isHeld(state)).length;
  if (count === 0 && !asking) return null;
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<RotateCcw size={14} aria-hidden />}
        disabled={applying}
        onClick={() => setAsking(true)}
      >
        {t('settings.resetAll')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={t('settings.resetAllTitle')}
        confirm={t('settings.resetAll')}
        onClose={() => setAsking(false)}
        onConfirm={() => void resetAll()}
      >
        {t('settings.resetAllText', { count })}
      </ConfirmDialog>
    </>
  );
}
