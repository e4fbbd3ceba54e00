import Activity from 'lucide-react/icons/activity';
import Globe from 'lucide-react/icons/globe';
import LogIn from 'lucide-react/icons/log-in';
import ScrollText from 'lucide-react/icons/scroll-text';
import SlidersHorizontal from 'lucide-react/icons/sliders-horizontal';
import UserRound from 'lucide-react/icons/user-round';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { SettingsAnswer, StatusAnswer } from '../shared/contracts/local-api.ts';
import { assertNever } from '../shared/contracts/refusal.ts';
import { Guarded } from '../shared-ui/Guarded.tsx';
import { useFollowedScheme } from '../shared-ui/Identity.tsx';
import { keepFocus } from '../shared-ui/keep-focus.ts';
import { onDemand } from '../shared-ui/on-demand.tsx';
import { useText } from '../shared-ui/text-context.tsx';
import { AgentProvider } from './agent/agent-context.tsx';
import { ResourceGate } from './agent/ResourceGate.tsx';
import { type Loaded, useResource } from './agent/use-resource.ts';
import type { Door } from './open-door.ts';
import { type Page, type Place, usePlace } from './routing.ts';
import { DraftsProvider } from './settings/DraftsContext.tsx';
import { LabelsProvider } from './settings/LabelsProvider.tsx';
import { SettingsPage } from './settings/SettingsPage.tsx';
import { ClosedDoor } from './shell/ClosedDoor.tsx';
import { type NavEntry, Shell } from './shell/Shell.tsx';
import { forgetSession } from './transport/session.ts';

const PolicyPage = onDemand(() => import('./policy/PolicyPage.tsx').then((it) => it.PolicyPage));
const AccountPage = onDemand(() => import('./account/AccountPage.tsx').then((it) => it.AccountPage));
const DiagnosticsPage = onDemand(() =>
  import('./diagnostics/DiagnosticsPage.tsx').then((it) => it.DiagnosticsPage),
);
const SignInWall = onDemand(() => import('./wall/SignInWall.tsx').then((it) => it.SignInWall));
const ProxyPage = onDemand(() => import('./wall/ProxyPage.tsx').then((it) => it.ProxyPage));

/** The dashboard: behind a door that only this tab may pass, one agent and its pages. */
export function App({ door }: { readonly door: Door }) {
  useEffect(keepFocus, []);
  const [ended, setEnded] = useState(false);
  const onSessionEnded = useCallback(() => {
    forgetSession(window);
    setEnded(true);
  }, []);
  if (door.state !== 'open') return <ClosedDoor door={door} />;
  if (ended) return <ClosedDoor door={{ state: 'ended' }} />;
  return (
    <AgentProvider carrier={door.carrier} first={door.first} onSessionEnded={onSessionEnded}>
      <LabelsProvider>
        <DraftsProvider>
          <Dashboard />
        </DraftsProvider>
      </LabelsProvider>
    </AgentProvider>
  );
}

function Dashboard() {
  const [place] = usePlace();
  const status = useResource('status');
  // Asked for together with the status, because nearly every page needs it next.
  const settings = useResource('settings');
  useFollowedScheme(themeOf(settings));
  const walled = status.state === 'ready' && isWalled(status.value);
  const entries = useNavEntries(walled);
  const page = entries.some((entry) => entry.page === place.page)
    ? place.page
    : (entries[0]?.page ?? 'settings');
  return (
    <Shell entries={entries} current={page}>
      <ResourceGate loaded={status}>
        {() => (
          // A page that breaks leaves the way to the others; loading again would only bring the same page.
          <Guarded key={page} inFrame>
            <CurrentPage page={page} place={place} />
          </Guarded>
        )}
      </ResourceGate>
    </Shell>
  );
}

/** The setting `theme` as it is in force; `null`: not read yet. */
function themeOf(settings: Loaded<SettingsAnswer>): 'light' | 'dark' | 'auto' | null {
  if (settings.state !== 'ready') return null;
  const theme = settings.value.settings.find(({ id }) => id === 'theme')?.value;
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
}

/** True while sign-in is enforced and nobody who satisfies it is signed in (docs/policy.md, section 7). */
function isWalled({ account: { signIn } }: StatusAnswer): boolean {
  return signIn.enforced && !signIn.satisfied;
}

function useNavEntries(walled: boolean): readonly NavEntry[] {
  const { t } = useText();
  const policy: NavEntry = {
    page: 'policy',
    label: t('nav.policy'),
    icon: <ScrollText size={18} aria-hidden />,
  };
  const diagnostics: NavEntry = {
    page: 'diagnostics',
    label: t('nav.diagnostics'),
    icon: <Activity size={18} aria-hidden />,
  };
  if (walled) {
    return [
      { page: 'sign-in', label: t('nav.signIn'), icon: <LogIn size={18} aria-hidden /> },
      { page: 'proxy', label: t('nav.proxy'), icon: <Globe size={18} aria-hidden /> },
      policy,
      diagnostics,
    ];
  }
  return [
    { page: 'settings', label: t('nav.settings'), icon: <SlidersHorizontal size={18} aria-hidden /> },
    policy,
    { page: 'account', label: t('nav.account'), icon: <UserRound size={18} aria-hidden /> },
    diagnostics,
  ];
}

function CurrentPage({ page, place }: { readonly page: Page; readonly place: Place }): ReactNode {
  switch (page) {
    case 'settings':
      return <SettingsPage category={place.category} />;
    case 'policy':
      return <PolicyPage />;
    case 'account':
      return <AccountPage />;
    case 'diagnostics':
      return <DiagnosticsPage />;
    case 'proxy':
      return <ProxyPage />;
    case 'sign-in':
      return <SignInWall />;
    default:
      return assertNever(page);
  }
}
