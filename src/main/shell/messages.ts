import { BrowserWindow, dialog, type MessageBoxOptions } from 'electron';
import type { Platform } from '../../shared/settings/setting.ts';

/**
 * Shows messages that the person must see, one at a time, without waiting for them: while a box waits, the agent in this
 * process stands still, and anybody's link can raise one. What comes while one is open is in the log alone.
 */
export function createMessages(options: {
  readonly platform: Platform;
  /** Where a box would wait all the same. */
  readonly notify: (title: string, text: string) => void;
  readonly log: (message: string, facts: Readonly<Record<string, unknown>>) => void;
}): (title: string, text: string) => void {
  let open = false;
  return (title, text) => {
    if (open) return options.log('a message was not shown, because another one is', { title });
    const window = BrowserWindow.getAllWindows().find((each) => each.isVisible());
    // There a box that belongs to no window holds up everything, whether it is waited for or not.
    if (window === undefined && options.platform === 'mac') return options.notify(title, text);
    const box: MessageBoxOptions = { type: 'error', title: 'Mooring', message: title, detail: text };
    open = true;
    (window === undefined ? dialog.showMessageBox(box) : dialog.showMessageBox(window, box))
      .catch((error: unknown) => options.log('a message could not be shown', { reason: String(error) }))
      .finally(() => {
        open = false;
      });
  };
}
