import { Button, NativeSelect } from '@mantine/core';
import Boxes from 'lucide-react/icons/boxes';
import Building2 from 'lucide-react/icons/building-2';
import DoorClosed from 'lucide-react/icons/door-closed';
import Globe from 'lucide-react/icons/globe';
import KeyRound from 'lucide-react/icons/key-round';
import KeySquare from 'lucide-react/icons/key-square';
import LayoutDashboard from 'lucide-react/icons/layout-dashboard';
import LogIn from 'lucide-react/icons/log-in';
import LogOut from 'lucide-react/icons/log-out';
import MailPlus from 'lucide-react/icons/mail-plus';
import MonitorCheck from 'lucide-react/icons/monitor-check';
import ScrollText from 'lucide-react/icons/scroll-text';
import ShieldCheck from 'lucide-react/icons/shield-check';
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal';
import UserRound from 'lucide-react/icons/user-round';
import Users from 'lucide-react/icons/users';
import { type ComponentType, type ReactNode, useId } from 'react';
import { useLocation } from 'wouter';
import type { Organization } from '../../shared/contracts/hub-api.ts';
import { Appearance } from '../../shared-ui/Appearance.tsx';
import { Frame, type FrameEntry } from '../../shared-ui/Frame.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useFailedRereading } from '../hub/failed-rereading.ts';
import { useFailureText } from '../hub/failure-text.ts';
import { useHub } from '../hub/hub-context.tsx';
import { SaidNearby, useSaidNearby } from '../hub/said-nearby.tsx';
import { useLive } from '../hub/use-live.ts';
import { pageOf, useHere } from '../organization-context.tsx';
import classes from './Shell.module.css';

type Icon = ComponentType<{ readonly size: number }>;
const ENTRIES = [
  ['', 'nav.overview', LayoutDashboard, 'editor'],
  ['policies', 'nav.policies', SlidersHorizontal, 'editor'],
  ['access', 'nav.access', Boxes, 'editor'],
  ['members', 'nav.members', UserRound, 'editor'],
  ['invitations', 'nav.invitations', MailPlus, 'owner'],
  ['teams', 'nav.teams', Users, 'editor'],
  ['compliance', 'nav.compliance', MonitorCheck, 'editor'],
  ['domains', 'nav.domains', Globe, 'owner'],
  ['sso', 'nav.sso', LogIn, 'owner'],
  ['enforcement', 'nav.enforcement', DoorClosed, 'owner'],
  ['tokens', 'nav.tokens', KeyRound, 'owner'],
  ['keys', 'nav.keys', KeySquare, 'owner'],
  ['audit', 'nav.audit', ScrollText, 'owner'],
  ['organization', 'nav.organization', Building2, 'owner'],
  ['me', 'nav.me', ShieldCheck, 'editor'],
] as const satisfies readonly (readonly [string, string, Icon, 'editor' | 'owner'])[];

/** Pages without an entry of their own, and the entry they belong to. */
const PARENTS: Readonly<Record<string, string>> = { 'member-jobs': 'members' };

/** What is around every page: organization, navigation, who is signed in, and whether the hub answers. */
export function Shell({
  organizations,
  children,
}: {
  readonly organizations: readonly Organization[];
  readonly children: ReactNode;
}) {
  const [address, go] = useLocation();
  const { organization } = useHere();
  const entries = useEntries();
  useLive();
  const [, , , first = ''] = address.split('/');
  const page = PARENTS[first] ?? first;
  return (
    <Frame
      entries={entries}
      current={organization.role === 'member' ? '' : page}
      onFollow={go}
      foot={<Foot organizations={organizations} />}
    >
      <SaidNearby>
        <ReachNotice />
        {children}
      </SaidNearby>
    </Frame>
  );
}

function useEntries(): readonly FrameEntry[] {
  const { t } = useConsoleText();
  const { organization, isOwner, page } = useHere();
  if (organization.role === 'member') {
    return [{ key: '', address: page(), label: t('nav.me'), icon: <ShieldCheck size={18} aria-hidden /> }];
  }
  return ENTRIES.filter(([, , , least]) => isOwner || least === 'editor').map(([key, label, Icon]) => ({
    key,
    address: key === '' ? page() : page(key),
    label: t(label),
    icon: <Icon size={18} aria-hidden />,
  }));
}

function Foot({ organizations }: { readonly organizations: readonly Organization[] }) {
  const { t } = useConsoleText();
  const { organization, caller } = useHere();
  const [, go] = useLocation();
  const id = useId();
  return (
    <div className={classes.foot}>
      <div className={classes.who}>
        {organizations.length > 1 ? (
          <>
            <label htmlFor={id} className="visually-hidden">
              {t('nav.switch')}
            </label>
            <NativeSelect
              id={id}
              size="xs"
              value={organization.name}
              onChange={(event) => go(pageOf(event.currentTarget.value))}
            >
              {organizations.map((each) => (
                <option key={each.id} value={each.name}>
                  {each.displayName}
                </option>
              ))}
            </NativeSelect>
          </>
        ) : (
          <strong className={classes.organization} title={organization.displayName}>
            {organization.displayName}
          </strong>
        )}
        <span className={classes.email}>{caller.email ?? caller.name}</span>
        <Tag>{t(`account.role.${organization.role}`)}</Tag>
      </div>
      <div className={classes.actions}>
        <Appearance />
        <Button
          component="a"
          href="/sign-out"
          variant="subtle"
          size="compact-sm"
          leftSection={<LogOut size={14} aria-hidden />}
        >
          {t('nav.signOut')}
        </Button>
      </div>
    </div>
  );
}

function ReachNotice() {
  const { t } = useConsoleText();
  const { reach, refresh } = useHub();
  const saidNearby = useSaidNearby();
  const failed = useFailedRereading();
  const failureText = useFailureText();
  const again = (
    <Button variant="default" size="xs" onClick={() => void refresh()}>
      {t('action.retry')}
    </Button>
  );
  if (reach === 'signed-out') return <SignedOut />;
  if (saidNearby === 'above' || (reach === 'offline' && saidNearby === null)) {
    return (
      <Notice tone="bad" live actions={again}>
        {t('reach.offline')}
      </Notice>
    );
  }
  if (reach === 'offline' || failed === null) return null;
  return (
    <Notice tone="warn" live title={t('reach.oldTitle')} actions={again}>
      {failureText(failed)}
    </Notice>
  );
}

function SignedOut() {
  const { t } = useConsoleText();
  const { refresh } = useHub();
  // In a new tab: what was typed here must not be lost to a redirect.
  return (
    <Notice
      tone="warn"
      live
      actions={
        <>
          <Button component="a" href="/sign-in" target="_blank" rel="noopener" variant="default" size="xs">
            {t('reach.signIn')}
          </Button>
          <Button variant="default" size="xs" onClick={() => void refresh()}>
            {t('reach.signedInAgain')}
          </Button>
        </>
      }
    >
      {t('reach.signedOut')}
    </Notice>
  );
}
