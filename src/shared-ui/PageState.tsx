import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './PageState.module.css';

/** Nothing to show, or nothing that can be shown: why, and what to do. */
export function EmptyState({
  icon,
  title,
  children,
  actions,
  live = false,
  alone = false,
}: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  /** Announce it when it appears, as for a failure. */
  readonly live?: boolean;
  /** It is all that the page has to say: its title is the page's. */
  readonly alone?: boolean;
}) {
  const Title = alone ? 'h1' : 'h2';
  return (
    <div className={classes.empty} role={live ? 'alert' : undefined}>
      <span className={classes.picture} aria-hidden>
        {icon}
      </span>
      <Title className={classes.title}>{title}</Title>
      {children === undefined ? null : <div className={classes.text}>{children}</div>}
      {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
    </div>
  );
}

const ROWS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** What stands in for a page that is still being read: its shape, so that nothing jumps. */
export function LoadingState({
  label,
  alone = false,
}: {
  readonly label: string;
  /** Nothing else of the page is there yet: this is its title until then. */
  readonly alone?: boolean;
}) {
  const Words = alone ? 'h1' : 'span';
  return (
    <div className={classes.loading} role="status" aria-label={label}>
      {/* What is read aloud when it appears is the text of a status, not its name. */}
      <Words className="visually-hidden">{label}</Words>
      <Skeleton height={28} width="min(14rem, 60%)" radius="md" />
      <Skeleton height={14} width="min(24rem, 85%)" radius="md" />
      <div className={classes.rows}>
        {ROWS.map((row) => (
          <div className={classes.row} key={row}>
            <div className={classes.words}>
              <Skeleton height={14} width="min(16rem, 80%)" radius="sm" />
              <Skeleton height={10} width="min(26rem, 95%)" radius="sm" />
            </div>
            <Skeleton height={24} width={72} radius="xl" />
          </div>
        ))}
      </div>
    </div>
  );
}
