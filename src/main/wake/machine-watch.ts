import { addressesOf, watchNetwork } from '../../agent/network-watch.ts';

/** What tells of sleep and networks; Electron's `powerMonitor` and `net`, and the system's interfaces. */
export interface Machine {
  readonly power: {
    on(event: WakeEvent, hear: () => void): unknown;
    off(event: WakeEvent, hear: () => void): unknown;
  };
  readonly isOnline: () => boolean;
  readonly interfaces: () => Parameters<typeof addressesOf>[0];
  readonly after: (ms: number, act: () => void) => () => void;
  readonly onWake: () => void;
}

type WakeEvent = 'resume' | 'unlock-screen';
const WAKE_EVENTS: readonly WakeEvent[] = ['resume', 'unlock-screen'];

/** Sleep and networks: after both, policy may have changed unseen. */
export function watchMachine({ power, isOnline, interfaces, after, onWake }: Machine): () => void {
  for (const event of WAKE_EVENTS) power.on(event, onWake);
  const stopNetwork = watchNetwork({
    facts: () => ({ online: isOnline(), addresses: addressesOf(interfaces()) }),
    onCome: onWake,
    after,
  });
  return () => {
    stopNetwork();
    for (const event of WAKE_EVENTS) power.off(event, onWake);
  };
}
