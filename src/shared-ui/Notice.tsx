import CircleCheck from 'lucide-react/icons/circle-check';
import Info from 'lucide-react/icons/info';
import OctagonAlert from 'lucide-react/icons/octagon-alert';
import TriangleAlert from 'lucide-react/icons/triangle-alert';
import type { ReactNode } from 'react';
import classes from './Notice.module.css';

const ICONS = { info: Info, good: CircleCheck, warn: TriangleAlert, bad: OctagonAlert } as const;

/**
 * Something a person should know, with what they can do about it. `live` announces it to screen readers when it
 * appears: leave it off for what stands there from the start.
 */
export function Notice({
  tone = 'info',
  title,
  actions,
  live = false,
  children,
}: {
  readonly tone?: keyof typeof ICONS;
  readonly title?: string;
  readonly actions?: ReactNode;
  readonly live?: boolean;
  readonly children?: ReactNode;
}) {
  const Icon = ICONS[tone];
  return (
    <div
      className={classes.notice}
      data-tone={tone}
      role={live ? (tone === 'bad' ? 'alert' : 'status') : undefined}
    >
      <Icon size={18} aria-hidden className={classes.icon} />
      <div className={classes.content}>
        <div className={classes.text}>
          {title === undefined ? null : <strong className={classes.title}>{title}</strong>}
          {children === undefined ? null : <div>{children}</div>}
        </div>
        {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
      </div>
    </div>
  );
}
