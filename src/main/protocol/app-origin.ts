/** Scheme of the app's own pages. Unlike `file:` it has an origin, so that the pages can reach nothing else. */
export const APP_SCHEME = 'app';
/** The one host of that scheme. */
export const APP_HOST = 'mooring';
/** Where the dashboard is. */
export const DASHBOARD_ADDRESS = `${APP_SCHEME}://${APP_HOST}/`;

/** Whether an address is a page of this app: scheme and host exactly, and neither user nor port. */
export function isOwnAddress(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.protocol !== `${APP_SCHEME}:` || url.host !== APP_HOST) return false;
  return url.username === '' && url.password === '';
}
