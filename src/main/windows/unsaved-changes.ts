import { type BrowserWindow, dialog } from 'electron';
import type { DesktopText } from '../../shared/text/desktop-text.ts';

const LOSE = 0;

/**
 * Unsaved changes of the window would be lost: asks the person whether they may. Nothing waits for the answer but the
 * window: the agent in this process goes on, however long the question stands there.
 */
export async function mayLoseUnsaved(window: BrowserWindow, { t }: DesktopText): Promise<boolean> {
  const buttons = [t('unsaved.lose'), t('unsaved.stay')];
  const asked = { type: 'warning', buttons, defaultId: 1, cancelId: 1, noLink: true } as const;
  const texts = { message: t('unsaved.title'), detail: t('unsaved.text') };
  return (await dialog.showMessageBox(window, { ...asked, ...texts })).response === LOSE;
}
