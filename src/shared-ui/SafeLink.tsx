import ExternalLink from 'lucide-react/icons/external-link';
import type { ReactNode } from 'react';
import classes from './SafeLink.module.css';
import { safeAddress } from './safe-address.ts';

/** A link to an address that came from outside: followed only where it is http, https or mailto, else shown as text. */
export function SafeLink({ address, children }: { readonly address: string; readonly children: ReactNode }) {
  const safe = safeAddress(address);
  if (safe === null) return <span>{children}</span>;
  return (
    <a href={safe} target="_blank" rel="noreferrer noopener" className={classes.link}>
      {children}
      <ExternalLink size={13} aria-hidden className={classes.icon} />
    </a>
  );
}
