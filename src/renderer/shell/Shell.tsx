import FlaskConical from 'lucide-react/icons/flask-conical';
import type { ReactNode } from 'react';
import { Appearance } from '../../shared-ui/Appearance.tsx';
import { Frame } from '../../shared-ui/Frame.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useResource } from '../agent/use-resource.ts';
import { addressOf, type Page } from '../routing.ts';
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
  return (
    <Frame
      entries={entries.map(({ page, label, icon }) => ({
        key: page,
        address: addressOf(page),
        label,
        icon,
      }))}
      current={current}
      brand={<TestPaths />}
      foot={
        <>
          <div>
            <SyncLine />
          </div>
          <div className={classes.appearance}>
            <Appearance />
          </div>
        </>
      }
    >
      <Notices />
      {children}
    </Frame>
  );
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
