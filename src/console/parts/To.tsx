import type { ReactNode } from 'react';
import { Link } from 'wouter';
import classes from './Layout.module.css';

/** A link to a page of the console. */
export function To({ page, children }: { readonly page: string; readonly children: ReactNode }) {
  return (
    <Link href={page} className={classes.link}>
      {children}
    </Link>
  );
}
