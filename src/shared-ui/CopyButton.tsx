import Check from 'lucide-react/icons/check';
import Copy from 'lucide-react/icons/copy';
import { useEffect, useState } from 'react';
import { useText } from './text-context.tsx';
import { WrappingButton } from './WrappingButton.tsx';

/** How long each outcome is said, in milliseconds; the longer sentence needs longer. */
const SHOWN_MS = { copied: 2_000, refused: 6_000 };

/**
 * Copies `text` to the clipboard and says that it did, or that the browser did not let it. `label` names what is copied,
 * where "Copy" alone would not.
 */
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
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  useEffect(() => {
    if (outcome === null) return;
    const timer = setTimeout(() => setOutcome(null), SHOWN_MS[outcome]);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = async () => setOutcome(await writeToClipboard(text()));
  const said = { copied: t('action.copied'), refused: t('action.notCopied') };
  return (
    <WrappingButton
      variant="default"
      size="xs"
      leftSection={outcome === 'copied' ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
      aria-label={outcome === null ? label : undefined}
      onClick={() => void copy()}
    >
      <span aria-live="polite">{outcome === null ? (children ?? t('action.copy')) : said[outcome]}</span>
    </WrappingButton>
  );
}

/** A browser may refuse (a policy of its owner, a page that lost the focus), or have no clipboard for this page at all. */
async function writeToClipboard(text: string): Promise<'copied' | 'refused'> {
  try {
    await navigator.clipboard.writeText(text);
    return 'copied';
  } catch {
    return 'refused';
  }
}
