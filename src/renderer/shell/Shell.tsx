import FlaskConical from 'lucide-react/icons/flask-conical';
import type { ReactNode } from 'react';
import { Wordmark } from '../../shared-ui/Mark.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useResource } from '../agent/use-resource.ts';
import { addressOf, type Page } from '../routing.ts';
import { Appearance } from './Appearance.tsx';
import { Notices } from './Notices.tsx';
import classes from './Shell.module.css';
import { SyncLine } from './SyncLine.tsx';

/** One entry of the navigation. */
export interface NavEntry {
  readonly page: Page;
  readonly label: string;
  readonly icon: ReactNode;
}

/** What is around every page: name, navigation, how things stand, and what everybody has to know. */
export function Shell({
  entries,
  current,
  children,
}: {
  readonly entries: readonly NavEntry[];
  readonly current: Page;
  readonly children: ReactNode;
}) {
  const { t } = useText();
  return (
    <div className={classes.shell}>
      <button type="button" className={classes.skip} onClick={skipToContent}>
        {t('app.skipToContent')}
      </button>
      <header className={classes.rail}>
        <div className={classes.brand}>
          <Wordmark name={t('app.name')} />
          <TestPaths />
        </div>
        <nav className={classes.nav} aria-label={t('nav.label')}>
          {entries.map((entry) => (
            <a
              key={entry.page}
              href={addressOf(entry.page)}
              className={classes.link}
              aria-current={entry.page === current ? 'page' : undefined}
            >
              {entry.icon}
              <span>{entry.label}</span>
            </a>
          ))}
        </nav>
        <div className={classes.foot}>
          <SyncLine />
          <Appearance />
        </div>
      </header>
      <main id="content" className={classes.main} tabIndex={-1}>
        <div className={classes.page}>
          <Notices />
          {children}
        </div>
      </main>
    </div>
  );
}

// A button, since a link to `#content` would change the fragment, which names the page.
function skipToContent(): void {
  document.getElementById('content')?.focus();
}

function TestPaths() {
  const { t } = useText();
  const status = useResource('status');
  if (status.state !== 'ready' || !status.value.testPaths) return null;
  return (
    <Tag tone="warn" icon={<FlaskConical size={12} aria-hidden />} title={t('app.testPathsWhy')}>
      {t('app.testPaths')}
    </Tag>
  );
}
