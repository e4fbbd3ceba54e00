import type { ReactNode } from 'react';
import { Link } from 'wouter';
import classes from './Layout.module.css';

/** A link to a page of the console. */
export function To({
  page,
  name,
  children,
}: {
  readonly page: string;
  /** What a screen reader says in place of the words, where other links of the page have the same; it begins with them. */
  readonly name?: string;
  readonly children: ReactNode;
}) {
  return (
    <Link href={page} className={classes.link} aria-label={name}>
      {children}
    </Link>
  );
}
