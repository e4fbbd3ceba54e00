import type { Page } from '@playwright/test';
import type { ConsoleHub, OpenConsole } from '../../test/console/open-console.ts';
import type { Album } from './album.ts';

/** Every page of the console, by what follows the organization in its address. */
export async function takePages(
  album: Album,
  hub: ConsoleHub,
  { page, go }: Pick<OpenConsole, 'page' | 'go'>,
  things: Readonly<Record<'member' | 'device' | 'team', string>>,
): Promise<void> {
  const policy = `policies/${hub.said.defaultPolicyId}`;
  const connection = `sso/${hub.said.connectionId}`;
  const views = {
    overview: '',
    policies: 'policies',
    policy: `${policy}?set=1`,
    json: `${policy}/json`,
    compare: `${policy}/compare`,
    history: `${policy}/history`,
    assigned: `${policy}/assigned`,
    simulate: `${policy}/simulate`,
    rollout: `${policy}/rollout`,
    exceptions: `${policy}/exceptions`,
    export: `${policy}/export`,
    compliance: 'compliance',
    'compliance-none': 'compliance?search=nobody-like-that',
    ...things,
    members: 'members',
    'members-none': 'members?search=nobody-like-that',
    invitations: 'invitations',
    teams: 'teams',
    access: 'access',
    domains: 'domains',
    sso: 'sso',
    'connection-okta': `${connection}?guide=okta`,
    'connection-entra': `${connection}?guide=entra`,
    'connection-other': `${connection}?guide=other`,
    'connection-sign-in': `${connection}/sign-in`,
    'connection-test': `${connection}/test`,
    'connection-errors': `${connection}/errors`,
    scim: `${connection}/scim`,
    'scim-okta': `${connection}/scim?guide=okta`,
    'scim-entra': `${connection}/scim?guide=entra`,
    migration: `${connection}/migration`,
    'connection-organizations': `${connection}/organizations`,
    enforcement: 'enforcement',
    'enforcement-mac': 'enforcement?system=mac',
    'enforcement-linux': 'enforcement?system=linux',
    tokens: 'tokens',
    keys: 'keys',
    audit: 'audit',
    organization: 'organization',
    me: 'me',
    'nothing-here': 'nothing-here',
  };
  for (const [name, place] of Object.entries(views))
    await album.reach(page, name, () => visit(page, go, place));
}

/** Not "networkidle": the page listens for changes as long as it is open. */
async function visit(page: Page, go: OpenConsole['go'], place: string): Promise<void> {
  await go(place);
  await page.locator('[role="status"][aria-label="Loading…"]').first().waitFor({ state: 'detached' });
}
