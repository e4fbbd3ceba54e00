import type { FocusEvent } from 'react';

/**
 * Mantine's dialogs focus what carries this mark, or else their first control, a moment after they appear, and twice. On a
 * slow machine somebody already types in a field by then, and the rest of the word would go to the button that closes: so
 * the mark is wherever the focus is. For `onFocusCapture` of the dialog's content.
 */
export function holdPlace({ currentTarget, target }: FocusEvent<HTMLElement>): void {
  for (const before of currentTarget.querySelectorAll('[data-autofocus]'))
    before.removeAttribute('data-autofocus');
  target.setAttribute('data-autofocus', '');
}
