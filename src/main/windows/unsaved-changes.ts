import { type BrowserWindow, dialog } from 'electron';
import type { DesktopText } from '../../shared/text/desktop-text.ts';

const LOSE = 0;

/** Unsaved changes of the window would be lost: asks the person whether they may. */
export function mayLoseUnsaved(window: BrowserWindow, { t }: DesktopText): boolean {
  const buttons = [t('unsaved.lose'), t('unsaved.stay')];
  const asked = { type: 'warning', buttons, defaultId: 1, cancelId: 1, noLink: true } as const;
  return (
    dialog.showMessageBoxSync(window, {
      ...asked,
      message: t('unsaved.title'),
      detail: t('unsaved.text'),
    }) === LOSE
  );
}
