import { type ReactNode, useEffect, useRef } from 'react';
import classes from './Frame.module.css';
import { keepInRow } from './keep-in-row.ts';
import { Wordmark } from './Mark.tsx';
import { useText } from './text-context.tsx';

/** One entry of the navigation. */
export interface FrameEntry {
  readonly key: string;
  readonly address: string;
  readonly label: string;
  readonly icon: ReactNode;
}

/** What is around every page: name, navigation, how things stand at its foot, and the page itself. */
export function Frame({
  entries,
  current,
  brand,
  foot,
  children,
  onFollow,
}: {
  readonly entries: readonly FrameEntry[];
  /** Key of the entry that the page belongs to. */
  readonly current: string | null;
  /** Beside the name. */
  readonly brand?: ReactNode;
  readonly foot: ReactNode;
  readonly children: ReactNode;
  /** Goes to an entry within the page; left out, the browser follows its address. */
  readonly onFollow?: (address: string) => void;
}) {
  const { t } = useText();
  const nav = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the entry is found by its mark once that has moved
  useEffect(() => keepInRow(nav.current), [current]);
  return (
    <div className={classes.shell}>
      <button type="button" className={classes.skip} onClick={skipToContent}>
        {t('app.skipToContent')}
      </button>
      <header className={classes.rail}>
        <div className={classes.brand}>
          <Wordmark name={t('app.name')} />
          {brand}
        </div>
        <nav className={classes.nav} aria-label={t('nav.label')} ref={nav}>
          {entries.map((entry) => (
            <a
              key={entry.key}
              href={entry.address}
              className={classes.link}
              aria-current={entry.key === current ? 'page' : undefined}
              onClick={(event) => {
                if (
                  onFollow === undefined ||
                  event.metaKey ||
                  event.ctrlKey ||
                  event.shiftKey ||
                  event.altKey
                )
                  return;
                event.preventDefault();
                onFollow(entry.address);
              }}
            >
              {entry.icon}
              <span>{entry.label}</span>
            </a>
          ))}
        </nav>
        <div className={classes.foot}>{foot}</div>
      </header>
      <main id="content" className={classes.main} tabIndex={-1}>
        <div className={classes.page}>{children}</div>
      </main>
    </div>
  );
}

// A button, since a link to `#content` would change the fragment, which may name the page.
function skipToContent(): void {
  document.getElementById('content')?.focus();
}
