/** On a narrow page the entries of a navigation lie side by side and scroll: the current one comes into sight. */
export function bringIntoRow(nav: HTMLElement | null): void {
  const entry = nav?.querySelector('[aria-current="page"]')?.getBoundingClientRect();
  if (nav === null || entry === undefined) return;
  const row = nav.getBoundingClientRect();
  nav.scrollBy({ left: entry.left + entry.width / 2 - (row.left + row.width / 2), behavior: 'instant' });
}
