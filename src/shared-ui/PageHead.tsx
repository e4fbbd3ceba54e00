import { type ReactNode, useEffect, useRef } from 'react';
import classes from './PageHead.module.css';
import { useText } from './text-context.tsx';

/** Titles that are longer may be cut off after some lines. */
const LONG = 60;

/** Title of a page. Takes the focus when the page is opened, so that a screen reader says where one has come. */
export function PageHead({
  title,
  text,
  actions,
}: {
  readonly title: string;
  readonly text?: ReactNode;
  readonly actions?: ReactNode;
}) {
  const { t } = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${t('app.name')}`;
    // Not at the very start, where the reader has only just opened the window.
    if (document.activeElement !== document.body) heading.current?.focus({ preventScroll: true });
  }, [title, t]);
  return (
    <header className={classes.head}>
      <div className={classes.words}>
        <h1
          className={classes.title}
          ref={heading}
          tabIndex={-1}
          title={title.length > LONG ? title : undefined}
        >
          {title}
        </h1>
        {text === undefined ? null : <div className={classes.text}>{text}</div>}
      </div>
      {actions === undefined ? null : <div className={classes.actions}>{actions}</div>}
    </header>
  );
}
