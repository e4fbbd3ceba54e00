import type { ReactNode } from 'react';
import classes from './Tag.module.css';

/** What a tag says at a glance. Colour is never the only sign: the words carry the meaning. */
export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad';

/** A short word about the state of something. */
export function Tag({
  tone = 'neutral',
  icon,
  title,
  children,
}: {
  readonly tone?: Tone;
  readonly icon?: ReactNode;
  readonly title?: string;
  readonly children: ReactNode;
}) {
  return (
    <span className={classes.tag} data-tone={tone} title={title}>
      {icon}
      <span>{children}</span>
    </span>
  );
}
