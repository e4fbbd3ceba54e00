/** Between the bar and what has the focus, and below the bar. */
const ROOM_PX = 24;

/**
 * The `ref` of a bar that stays at the lower edge of the window: whatever takes the focus is scrolled clear of it, however
 * high it grows on a narrow page (WCAG 2.4.11).
 */
export function clearOf(bar: HTMLElement | null): (() => void) | undefined {
  if (bar === null) return undefined;
  const { style } = document.documentElement;
  const observer = new ResizeObserver(() => {
    style.scrollPaddingBlockEnd = `${bar.offsetHeight + ROOM_PX}px`;
  });
  observer.observe(bar);
  return () => {
    observer.disconnect();
    style.scrollPaddingBlockEnd = '';
  };
}
