/** How many places are remembered; whoever goes back further begins at the page. */
const MOST = 30;

/**
 * Keeps the keyboard's place on a page whose parts come and go. Browsers drop the focus without a word when what has
 * it is disabled while it works, moves within its list, or goes away with a dialog or a row: the next Tab then begins
 * somewhere else, and out of a dialog. Here the focus goes back to where it was as soon as that can have it again,
 * else to what had it before in the same dialog or page, else to the dialog or the page itself. A press of the pointer
 * beside everything is a wish and stays so. Answers how to end it.
 */
export function keepFocus(): () => void {
  let trail: readonly HTMLElement[] = [];
  const onFocus = ({ target }: FocusEvent) => {
    if (!(target instanceof HTMLElement) || target === document.body) return;
    trail = [...trail.filter((each) => each !== target && each.isConnected), target].slice(-MOST);
  };
  const onPointer = () => {
    trail = [];
  };
  const restore = () => {
    const last = trail.at(-1);
    if (last === undefined || !isLost() || isBusy(last)) return;
    placesAfter(trail).some((place) => {
      place.focus({ preventScroll: true });
      return document.activeElement === place;
    });
  };
  // What stays disabled never gets the focus back: the key must not leave an open dialog from there.
  const onKey = (event: KeyboardEvent) => {
    const dialog = openDialog();
    if (event.key !== 'Tab' || dialog === null || !isLost()) return;
    event.preventDefault();
    dialog.focus();
  };
  const observer = new MutationObserver(restore);
  observer.observe(document.body, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ['disabled', 'data-loading'],
  });
  document.addEventListener('focusin', onFocus);
  document.addEventListener('pointerdown', onPointer, true);
  document.addEventListener('keydown', onKey, true);
  return () => {
    observer.disconnect();
    document.removeEventListener('focusin', onFocus);
    document.removeEventListener('pointerdown', onPointer, true);
    document.removeEventListener('keydown', onKey, true);
  };
}

const isLost = () => document.activeElement === null || document.activeElement === document.body;

/** It is disabled while something on the page works on what was asked of it, and can have the focus again soon. */
const isBusy = (element: Element) =>
  element.isConnected && element.matches(':disabled') && document.querySelector('[data-loading]') !== null;

const openDialog = () => [...document.querySelectorAll<HTMLElement>('[role="dialog"]')].at(-1) ?? null;

/** Where the focus may go, best first. Above an open dialog there is nothing else; the navigation is never a guess. */
function placesAfter(trail: readonly HTMLElement[]): readonly HTMLElement[] {
  const around = openDialog() ?? document.querySelector('main');
  const last = trail.at(-1);
  const before = trail.filter((each) => each.isConnected && (each === last || around?.contains(each)));
  return around === null ? before.toReversed() : [...before.toReversed(), around];
}
