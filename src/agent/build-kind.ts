/** Replaced by the bundler with `true` in everything that is installed; absent when run from source. */
declare const __MOORING_PACKAGED__: boolean | undefined;

/**
 * True in the packaged app, the installed CLI and the installed headless agent. Decided when the program is built,
 * never by its environment: otherwise a variable could move an administrator's files out of sight
 * (docs/policy.md section 5).
 */
export function isPackaged(): boolean {
  return typeof __MOORING_PACKAGED__ !== 'undefined' && __MOORING_PACKAGED__ === true;
}
