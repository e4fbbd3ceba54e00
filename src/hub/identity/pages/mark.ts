/** The mark: a bollard with a line made fast. Takes its colour from the text around it. */
export const MARK_SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="M10 28V13a6 6 0 0 1 12 0v15"/><path d="M6 28h20"/><path d="M5 19c3-2.5 6-2.5 11 0s8 2.5 11 0"/><circle cx="16" cy="6" r="2.5"/></svg>';

/** The same for the browser's tab, where no text colour is inherited. */
export const ICON_SVG = MARK_SVG.replace('stroke="currentColor"', 'color="#0b6e8f" stroke="#0b6e8f"');
