import { Link } from 'wouter';
import classes from './PageParts.module.css';

/** The parts of a page that has several, each with an address of its own. */
export function PageParts({
  label,
  parts,
}: {
  readonly label: string;
  readonly parts: readonly { readonly page: string; readonly text: string; readonly current: boolean }[];
}) {
  return (
    <nav className={classes.parts} aria-label={label}>
      {parts.map(({ page, text, current }) => (
        <Link key={page} href={page} aria-current={current ? 'page' : undefined}>
          {text}
        </Link>
      ))}
    </nav>
  );
}
