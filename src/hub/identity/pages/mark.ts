/**
 * The mark of Mooring as the hub serves it: the same picture as `assets/mark.svg`, which a test holds it to. Kept
 * here as text so that the hub needs no file beside its program.
 */
export const MARK_SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" aria-label="Mooring">
  <path fill="#22879a" d="M17 6h30a7 7 0 0 1 0 14h-4v22c0 5 3 8 8.5 9.5A5 5 0 0 1 55 56.2 1.8 1.8 0 0 1 53.2 58H10.8A1.8 1.8 0 0 1 9 56.2a5 5 0 0 1 3.5-4.7C18 50 21 47 21 42V20h-4a7 7 0 0 1 0-14Z"/>
  <path fill="none" stroke="#f26b22" stroke-width="6.5" stroke-linecap="round" stroke-linejoin="round" d="M18 33l28-5.5M46 39C32 44 14 45 4 35"/>
</svg>
`;
