import { Notification } from 'electron';
import type { PolicyNotice } from './policy-notice.ts';

/** More are never waited for: what is older than these nobody clicks. */
const MOST = 20;

/**
 * Shows notifications of the system; a click opens the place that each names. They are held on to: Electron lets go of one
 * that nobody holds, and then its click leads nowhere, or the system takes it off its list.
 */
export function createNotices(open: (place: string) => void): (notice: PolicyNotice) => void {
  const shown = new Set<Notification>();
  return ({ title, body, place }) => {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body });
    const forget = (): void => void shown.delete(notification);
    notification.on('click', () => {
      forget();
      open(place);
    });
    notification.on('close', forget);
    notification.on('failed', forget);
    const [oldest] = shown;
    if (oldest !== undefined && shown.size >= MOST) shown.delete(oldest);
    shown.add(notification);
    notification.show();
  };
}
