import Building2 from 'lucide-react/icons/building-2';
import { lazy, type ReactNode, Suspense, useEffect } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import {
  type Caller,
  callerSchema,
  type Organization,
  organizationListSchema,
} from '../shared/contracts/hub-api.ts';
import { PageHead } from '../shared-ui/PageHead.tsx';
import { EmptyState, LoadingState } from '../shared-ui/PageState.tsx';
import { useConsoleText } from './console-text.tsx';
import { Gate } from './hub/Gate.tsx';
import { useRead } from './hub/use-read.ts';
import { ActingContext, pageOf } from './organization-context.tsx';
import { To } from './parts/To.tsx';
import { PolicyDraftsProvider } from './policies/drafts-context.tsx';
import { Bare } from './shell/Bare.tsx';
import { Shell } from './shell/Shell.tsx';

const Overview = lazy(() =>
  import('./overview/OverviewPage.tsx').then((it) => ({ default: it.OverviewPage })),
);
const Policies = lazy(() =>
  import('./policies/PoliciesPage.tsx').then((it) => ({ default: it.PoliciesPage })),
);
const Policy = lazy(() => import('./policies/PolicyPage.tsx').then((it) => ({ default: it.PolicyPage })));
const Members = lazy(() => import('./members/MembersPage.tsx').then((it) => ({ default: it.MembersPage })));
const Member = lazy(() => import('./members/MemberPage.tsx').then((it) => ({ default: it.MemberPage })));
const OwnSettings = lazy(() =>
  import('./members/OwnSettingsPage.tsx').then((it) => ({ default: it.OwnSettingsPage })),
);
const Invitations = lazy(() =>
  import('./invitations/InvitationsPage.tsx').then((it) => ({ default: it.InvitationsPage })),
);
const Teams = lazy(() => import('./teams/TeamsPage.tsx').then((it) => ({ default: it.TeamsPage })));
const Team = lazy(() => import('./teams/TeamPage.tsx').then((it) => ({ default: it.TeamPage })));
const Compliance = lazy(() =>
  import('./compliance/CompliancePage.tsx').then((it) => ({ default: it.CompliancePage })),
);
const Device = lazy(() => import('./compliance/DevicePage.tsx').then((it) => ({ default: it.DevicePage })));
const Domains = lazy(() => import('./domains/DomainsPage.tsx').then((it) => ({ default: it.DomainsPage })));
const Access = lazy(() => import('./access/AccessPage.tsx').then((it) => ({ default: it.AccessPage })));
const Tokens = lazy(() => import('./tokens/TokensPage.tsx').then((it) => ({ default: it.TokensPage })));
const Connections = lazy(() =>
  import('./sso/ConnectionsPage.tsx').then((it) => ({ default: it.ConnectionsPage })),
);
const Connection = lazy(() =>
  import('./sso/ConnectionPage.tsx').then((it) => ({ default: it.ConnectionPage })),
);
const Keys = lazy(() => import('./keys/KeysPage.tsx').then((it) => ({ default: it.KeysPage })));
const Enforcement = lazy(() =>
  import('./enforcement/EnforcementPage.tsx').then((it) => ({ default: it.EnforcementPage })),
);
const Audit = lazy(() => import('./audit/AuditPage.tsx').then((it) => ({ default: it.AuditPage })));
const Settings = lazy(() =>
  import('./organization/OrganizationPage.tsx').then((it) => ({ default: it.OrganizationPage })),
);

const ANYBODY = { path: '/v1/me', answer: callerSchema };
const ORGANIZATIONS = { path: '/v1/orgs', answer: organizationListSchema };

/** The console: behind sign-in, the organizations of the caller and their pages. */
export function App() {
  const caller = useRead(ANYBODY);
  const organizations = useRead(ORGANIZATIONS);
  const signedOut = [caller, organizations].some(
    (each) => each.state === 'failed' && each.failure.kind === 'signed-out',
  );
  useEffect(() => {
    if (signedOut) window.location.replace(signInAddress());
  }, [signedOut]);
  if (signedOut || caller.state === 'loading' || organizations.state === 'loading') return <Waiting />;
  if (caller.state === 'failed')
    return (
      <Bare>
        <Gate loaded={caller}>{() => null}</Gate>
      </Bare>
    );
  return (
    <Guard loaded={organizations}>
      {(list) => <Organizations caller={caller.value} organizations={list.organizations} />}
    </Guard>
  );
}

/** Where to sign in, and that this page is where to come back to. */
export function signInAddress(): string {
  const { pathname, search } = window.location;
  return `/sign-in?next=${encodeURIComponent(pathname + search)}`;
}

function Guard<T>({
  loaded,
  children,
}: {
  readonly loaded: Parameters<typeof Gate<T>>[0]['loaded'];
  readonly children: (value: T) => ReactNode;
}) {
  if (loaded.state === 'ready') return children(loaded.value);
  return (
    <Bare>
      <Gate loaded={loaded}>{() => null}</Gate>
    </Bare>
  );
}

function Waiting() {
  const { t } = useConsoleText();
  return (
    <Bare>
      <LoadingState label={t('state.loading')} />
    </Bare>
  );
}

function Organizations({
  caller,
  organizations,
}: {
  readonly caller: Caller;
  readonly organizations: readonly Organization[];
}) {
  const { t } = useConsoleText();
  const [address] = useLocation();
  const [, , named = ''] = address.split('/');
  const wanted = organizations.find((each) => each.name === decoded(named));
  const first = organizations[0];
  if (first === undefined) {
    return (
      <Bare>
        <EmptyState icon={<Building2 size={26} />} title={t('organizations.noneTitle')}>
          {t('organizations.noneText', { email: caller.email ?? caller.name })}
        </EmptyState>
      </Bare>
    );
  }
  if (named === '') return <Redirect to={pageOf(first.name)} replace />;
  if (wanted === undefined)
    return (
      <Bare>
        <Missing home={pageOf(first.name)} />
      </Bare>
    );
  return (
    <ActingContext value={{ caller, organization: wanted }}>
      <PolicyDraftsProvider>
        <Shell organizations={organizations}>
          <Suspense fallback={<LoadingState label={t('state.loading')} />}>
            <Pages organization={wanted} />
          </Suspense>
        </Shell>
      </PolicyDraftsProvider>
    </ActingContext>
  );
}

function Pages({ organization: { name, role } }: { readonly organization: Organization }) {
  const base = `/o/${name}`;
  if (role === 'member') {
    return (
      <Switch>
        <Route path={base}>
          <OwnSettings />
        </Route>
        <Route>
          <Missing home={base} />
        </Route>
      </Switch>
    );
  }
  return (
    <Switch>
      <Route path={base}>
        <Overview />
      </Route>
      <Route path={`${base}/policies`}>
        <Policies />
      </Route>
      <Route path={`${base}/policies/:id/:part?`}>
        {({ id, part }) => <Policy key={id} id={id} part={part} />}
      </Route>
      <Route path={`${base}/members`}>
        <Members />
      </Route>
      <Route path={`${base}/members/:id`}>{({ id }) => <Member key={id} id={id} />}</Route>
      <Route path={`${base}/teams`}>
        <Teams />
      </Route>
      <Route path={`${base}/teams/:id`}>{({ id }) => <Team key={id} id={id} />}</Route>
      <Route path={`${base}/access`}>
        <Access />
      </Route>
      <Route path={`${base}/compliance`}>
        <Compliance />
      </Route>
      <Route path={`${base}/compliance/:id`}>{({ id }) => <Device key={id} id={id} />}</Route>
      <Route path={`${base}/me`}>
        <OwnSettings />
      </Route>
      {role === 'owner' ? (
        <Route path={`${base}/invitations`}>
          <Invitations />
        </Route>
      ) : null}
      {role === 'owner' ? (
        <Route path={`${base}/domains`}>
          <Domains />
        </Route>
      ) : null}
      {role === 'owner' ? (
        <Route path={`${base}/tokens`}>
          <Tokens />
        </Route>
      ) : null}
      {role === 'owner' ? (
        <Route path={`${base}/sso`}>
          <Connections />
        </Route>
      ) : null}
      {role === 'owner' ? (
        <Route path={`${base}/sso/:id/:part?`}>
          {({ id, part }) => <Connection key={id} id={id} part={part} />}
        </Route>
      ) : null}
      {role === 'owner' ? (
        <Route path={`${base}/enforcement`}>
          <Enforcement />
        </Route>
      ) : null}
      {role === 'owner' ? (
        <Route path={`${base}/keys`}>
          <Keys />
        </Route>
      ) : null}
      {role === 'owner' ? (
        <Route path={`${base}/audit`}>
          <Audit />
        </Route>
      ) : null}
      {role === 'owner' ? (
        <Route path={`${base}/organization`}>
          <Settings />
        </Route>
      ) : null}
      <Route>
        <Missing home={base} />
      </Route>
    </Switch>
  );
}

function Missing({ home }: { readonly home: string }) {
  const { t } = useConsoleText();
  return (
    <>
      <PageHead title={t('missing.title')} text={t('missing.text')} />
      <p>
        <To page={home}>{t('missing.home')}</To>
      </p>
    </>
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
