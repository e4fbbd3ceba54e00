/** What tells whether the machine's network is another one now. */
export interface NetworkFacts {
  /** The system's own opinion. */
  readonly online: boolean;
  /** Addresses of the machine, as one text. */
  readonly addresses: string;
}

const LOOK_EVERY_MS = 20_000;

/**
 * Calls `onCome` when the network came, or became another one. Neither Node nor Electron's main process
 * is told of it, so this looks now and then; going offline is no reason to sync.
 */
export function watchNetwork(options: {
  readonly facts: () => NetworkFacts;
  readonly after: (ms: number, act: () => void) => () => void;
  readonly onCome: () => void;
}): () => void {
  let last = options.facts();
  let cancel = (): void => {};
  const plan = (): void => {
    cancel = options.after(LOOK_EVERY_MS, () => {
      const now = options.facts();
      const came = now.online && (!last.online || now.addresses !== last.addresses);
      last = now;
      plan();
      if (came) options.onCome();
    });
  };
  plan();
  return () => cancel();
}

/** The same where nobody knows more of the network than its addresses: an agent without the app. */
export function watchAddresses(options: {
  readonly interfaces: () => Parameters<typeof addressesOf>[0];
  readonly after: (ms: number, act: () => void) => () => void;
  readonly onCome: () => void;
}): () => void {
  const { interfaces, after, onCome } = options;
  const facts = (): NetworkFacts => {
    const addresses = addressesOf(interfaces());
    return { online: addresses !== '', addresses };
  };
  return watchNetwork({ facts, after, onCome });
}

/** Addresses as one text that does not depend on their order. Loopback and link-local ones say nothing. */
export function addressesOf(
  interfaces: Readonly<
    Record<string, readonly { readonly address: string; readonly internal: boolean }[] | undefined>
  >,
): string {
  return Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(
      ({ address, internal }) => !internal && !address.startsWith('fe80:') && !address.startsWith('169.254.'),
    )
    .map(({ address }) => address)
    .sort()
    .join(' ');
}
