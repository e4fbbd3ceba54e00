import { type SyntheticEvent, useCallback, useRef } from 'react';
import { flushSync } from 'react-dom';

/**
 * What a form does when it is sent: one thing at a time. That a change is on its way is known to the page only once it
 * has been drawn again, so a second press that comes before is held back here. What
 * was typed wrongly has the focus then: in a long form it may be out of sight of the button.
 */
export function useSubmit(busy: boolean, submit: () => void): (event: SyntheticEvent) => void {
  const pressed = useRef(false);
  return useCallback(
    (event) => {
      event.preventDefault();
      if (busy || pressed.current) return;
      pressed.current = true;
      const form = event.currentTarget;
      flushSync(submit);
      form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      // After what React does for this event, by which `busy` is drawn. Not by a timer: on a slow machine the next press can
      // be earlier than that, and would be lost.
      queueMicrotask(() => {
        pressed.current = false;
      });
    },
    [busy, submit],
  );
}
