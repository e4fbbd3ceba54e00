import { useEffect, useState } from 'react';

/** Brings the row of a setting into view and puts the focus on its first control. */
export function showSetting(id: string): void {
  const row = document.querySelector(`[data-setting="${CSS.escape(id)}"]`);
  row?.scrollIntoView({ block: 'center' });
  row?.querySelector<HTMLElement>('input, select, textarea, button')?.focus({ preventScroll: true });
}

/** The same where a search, a filter or another category may hide the row: `onHidden` has to take these away. */
export function useShowSetting(found: ReadonlySet<string>, onHidden: () => void): (id: string) => void {
  const [wanted, setWanted] = useState<string | null>(null);
  useEffect(() => {
    if (wanted === null) return;
    // What is shown then is another set, which comes by here again.
    if (!found.has(wanted)) return onHidden();
    setWanted(null);
    showSetting(wanted);
  }, [wanted, found, onHidden]);
  return setWanted;
}
