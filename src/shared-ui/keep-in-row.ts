/**
 * On a narrow page the entries of a navigation lie side by side and scroll: the current one comes into sight, and stays
 * there when the row becomes narrower: a window made smaller, a tablet turned, larger letters. Answers how to stop.
 */
export function keepInRow(nav: HTMLElement | null): (() => void) | undefined {
  if (nav === null) return undefined;
  // Told at once, and before anything is painted: to look by ourselves would lay the page out one more time.
  const watching = new ResizeObserver(() => bringIntoRow(nav));
  watching.observe(nav);
  return () => watching.disconnect();
}

function bringIntoRow(nav: HTMLElement): void {
  const entry = nav.querySelector('[aria-current="page"]')?.getBoundingClientRect();
  if (entry === undefined) return;
  const row = nav.getBoundingClientRect();
  nav.scrollBy({ left: entry.left + entry.width / 2 - (row.left + row.width / 2), behavior: 'instant' });
}
