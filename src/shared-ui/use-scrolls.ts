import { type RefCallback, useCallback, useState } from 'react';

/**
 * Whether a part has more to show than its room, so that whoever has no pointer must be able to come there and scroll it
 * (WCAG 2.1.1). `ref` is the part's.
 */
export function useScrolls(): { readonly ref: RefCallback<HTMLElement>; readonly scrolls: boolean } {
  const [scrolls, setScrolls] = useState(false);
  const ref = useCallback((part: HTMLElement | null) => {
    if (part === null) return;
    const look = () => setScrolls(part.scrollHeight > part.clientHeight);
    const observer = new ResizeObserver(look);
    observer.observe(part);
    return () => observer.disconnect();
  }, []);
  return { ref, scrolls };
}
