import { nothingSeen, type Seen } from '../seen.ts';
import type { Report } from './wire.ts';

/** What has been seen so far; every change is reported once, after all of one turn. */
export const seen: Seen = nothingSeen();

let planned = false;

export function report(message: Report): void {
  process.send?.(message);
}

export function changed(): void {
  if (planned) return;
  planned = true;
  setImmediate(() => {
    planned = false;
    report({ kind: 'seen', seen });
  });
}

/** An event that can be refused, as Electron hands it out. */
export interface Refusable {
  defaultPrevented: boolean;
  preventDefault(): void;
}

export function refusable<Rest extends object>(rest: Rest): Refusable & Rest {
  const event = {
    ...rest,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return event;
}
