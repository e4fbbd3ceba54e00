import { ActionIcon, Button } from '@mantine/core';
import Plus from 'lucide-react/icons/plus';
import X from 'lucide-react/icons/x';
import { useText } from '../text-context.tsx';

/** Takes one entry out of a list. `row` counts from 0; `setting` is the list's name for screen readers. */
export function RemoveEntry({
  setting,
  row,
  onRemove,
}: {
  readonly setting: string;
  readonly row: number;
  readonly onRemove: () => void;
}) {
  const { t } = useText();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="lg"
      aria-label={t('settings.listRemove', { setting, row: row + 1 })}
      onClick={onRemove}
    >
      <X size={16} aria-hidden />
    </ActionIcon>
  );
}

/** Adds an empty entry at the end of a list. */
export function AddEntry({ setting, onAdd }: { readonly setting: string; readonly onAdd: () => void }) {
  const { t } = useText();
  return (
    <div>
      <Button
        variant="default"
        size="xs"
        leftSection={<Plus size={14} aria-hidden />}
        aria-label={t('settings.listAddTo', { setting })}
        onClick={onAdd}
      >
        {t('settings.listAdd')}
      </Button>
    </div>
  );
}
