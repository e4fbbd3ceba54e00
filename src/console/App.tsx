import Building2 from 'lucide-react/icons/building-2';
import { type ReactNode, useEffect } from 'react';
import { Redirect, Route, Switch, useLocation } from 'wouter';
import {
  type Caller,
  callerSchema,
  type Organization,
  organizationListSchema,
} from '../shared/contracts/hub-api.ts';
import { keepFocus } from '../shared-ui/keep-focus.ts';
import { PageHead } from '../shared-ui/PageHead.tsx';
import { EmptyState, LoadingState } from '../shared-ui/PageState.tsx';
import { useConsoleText } from './console-text.tsx';
import { Gate } from './hub/Gate.tsx';
import { useRead } from './hub/use-read.ts';
import { ActingContext, pageOf } from './organization-context.tsx';
import { pageOnDemand } from './parts/page-on-demand.tsx';
import { To } from './parts/To.tsx';
import { PolicyDraftsProvider } from './policies/drafts-context.tsx';
import { Bare } from './shell/Bare.tsx';
import { Shell } from './shell/Shell.tsx';

const Overview = pageOnDemand(() => import('./overview/OverviewPage.tsx').then((it) => it.OverviewPage));
const Policies = pageOnDemand(() => import('./policies/PoliciesPage.tsx').then((it) => it.PoliciesPage));
const Policy = pageOnDemand(() => import('./policies/PolicyPage.tsx').then((it) => it.PolicyPage));
const Members = pageOnDemand(() => import('./members/MembersPage.tsx').then((it) => it.MembersPage));
const Member = pageOnDemand(() => import('./members/MemberPage.tsx').then((it) => it.MemberPage));
const Jobs = pageOnDemand(() => import('./members/JobsPage.tsx').then((it) => it.JobsPage));
const OwnSettings = pageOnDemand(() =>
  import('./members/OwnSettingsPage.tsx').then((it) => it.OwnSettingsPage),
);
const Invitations = pageOnDemand(() =>
  import('./invitations/InvitationsPage.tsx').then((it) => it.InvitationsPage),
);
const Teams = pageOnDemand(() => import('./teams/TeamsPage.tsx').then((it) => it.TeamsPage));
const Team = pageOnDemand(() => import('./teams/TeamPage.tsx').then((it) => it.TeamPage));
const Compliance = pageOnDemand(() =>
  import('./compliance/CompliancePage.tsx').then((it) => it.CompliancePage),
);
const Device = pageOnDemand(() => import('./compliance/DevicePage.tsx').then((it) => it.DevicePage));
const Domains = pageOnDemand(() => import('./domains/DomainsPage.tsx').then((it) => it.DomainsPage));
const Access = pageOnDemand(() => import('./access/AccessPage.tsx').then((it) => it.AccessPage));
const Tokens = pageOnDemand(() => import('./tokens/TokensPage.tsx').then((it) => it.TokensPage));
const Connections = pageOnDemand(() => import('./sso/ConnectionsPage.tsx').then((it) => it.ConnectionsPage));
const Connection = pageOnDemand(() => import('./sso/ConnectionPage.tsx').then((it) => it.ConnectionPage));
const Keys = pageOnDemand(() => import('./keys/KeysPage.tsx').then((it) => it.KeysPage));
const Enforcement = pageOnDemand(() =>
  import('./enforcement/EnforcementPage.tsx').then((it) => it.EnforcementPage),
);
const Audit = pageOnDemand(() => import('./audit/AuditPage.tsx').then((it) => it.AuditPage));
const Settings = pageOnDemand(() =>
  import('./organization/OrganizationPage.tsx').then((it) => it.OrganizationPage),
);

const ANYBODY = { path: '/v1/me', answer: callerSchema };
const ORGANIZATIONS = { path: '/v1/orgs', answer: organizationListSchema };

/** The console: behind sign-in, the organizations of the caller and their pages. */
export function App() {
  useEffect(keepFocus, []);
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
        <Gate alone loaded={caller}>
          {() => null}
        </Gate>
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
      <Gate alone loaded={loaded}>
        {() => null}
      </Gate>
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
        <EmptyState alone icon={<Building2 size={26} />} title={t('organizations.noneTitle')}>
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
          <Pages organization={wanted} />
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
        <Route path={`${base}/member-jobs`}>
          <Jobs />
        </Route>
      ) : null}
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
