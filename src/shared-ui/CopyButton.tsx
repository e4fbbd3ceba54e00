import { Button } from '@mantine/core';
import Check from 'lucide-react/icons/check';
import Copy from 'lucide-react/icons/copy';
import { useEffect, useState } from 'react';
import { useText } from './text-context.tsx';

const SHOWN_MS = 2_000;

/** Copies `text` to the clipboard and says that it did. `label` names what is copied, where "Copy" alone would not. */
export function CopyButton({
  text,
  children,
  label,
}: {
  readonly text: () => string;
  readonly children?: string;
  readonly label?: string;
}) {
  const { t } = useText();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      aria-label={copied ? undefined : label}
      onClick={() => void navigator.clipboard.writeText(text()).then(() => setCopied(true))}
    >
      <span aria-live="polite">{copied ? t('action.copied') : (children ?? t('action.copy'))}</span>
    </Button>
  );
}
