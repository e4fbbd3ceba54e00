import { useEffect } from 'react';
import { useHere } from '../organization-context.tsx';
import { followChanges } from './follow-changes.ts';
import { useHub } from './hub-context.tsx';

/** Devices report all day: pages that show none of them are left alone. */
const SHOWS_DEVICES = /\/(devices|compliance|overview|attention|policies)(\/|$)/;
/** The least time between two readings, however much changes. */
const REST_MS = 1_500;

/**
 * Keeps everything that is shown of the organization up to date: what a page read with `useRead` is read again when the
 * hub says that something of its kind changed. Called once, around all pages.
 */
export function useLive(): void {
  const { reread } = useHub();
  const { api } = useHere();
  const address = api('changes');
  useEffect(() => {
    let everything = false;
    let devices = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const read = (): void => {
      timer = undefined;
      last = Date.now();
      if (everything) void reread(() => true);
      else if (devices) void reread((path) => SHOWS_DEVICES.test(path));
      everything = false;
      devices = false;
    };
    const stop = followChanges({
      address,
      onChange: (topics) => {
        if (topics?.every((topic) => topic === 'device') === true) devices = true;
        else everything = true;
        timer ??= setTimeout(read, Math.max(0, last + REST_MS - Date.now()));
      },
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [address, reread]);
}
