import { randomBytes } from 'node:crypto';
import type { ConnectionCreation } from '../../shared/contracts/hub-sso.ts';
import { createConnection } from '../connections/connection-service.ts';
import { connectionAddresses } from '../connections/connection-view.ts';
import { IDP_ONE } from '../connections/test-certificates.ts';
import type { DatabaseHandle } from '../database/connection.ts';
import { type Browser, createBrowser, type Visited } from '../identity/test-browser.ts';
import { createTestOrganization, OPERATOR, type TestAccount, type TestHub } from '../identity/test-hub.ts';
import { type Answer, encoded, goodResponse, IDP_ENTITY, requestOf } from './test-saml-idp.ts';

/* For tests: an organization with a verified domain and a SAML connection, and browsers that sign in through it. */

export interface TestSso {
  readonly hub: TestHub;
  readonly database: DatabaseHandle;
  readonly organizationId: string;
  readonly organization: string;
  readonly domain: string;
  readonly connectionId: string;
  readonly addresses: ReturnType<typeof connectionAddresses>;
}

/** A world of its own on a hub that runs already. */
export async function createTestSso(
  hub: TestHub,
  database: DatabaseHandle,
  wanted: Partial<ConnectionCreation> = {},
  members: readonly TestAccount[] = [],
): Promise<TestSso> {
  const suffix = randomBytes(4).toString('hex');
  const organization = `org-${suffix}`;
  const domain = `${suffix}.example`;
  const { id: organizationId } = await createTestOrganization(database, organization, members);
  await verifyDomain(database, organizationId, domain);
  const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
  const connection = await createConnection(place, OPERATOR, organizationId, {
    name: 'Corporate login',
    kind: 'saml',
    saml: {
      idpEntityId: IDP_ENTITY,
      signInUrl: 'https://idp.test/sso',
      certificates: [IDP_ONE.certificate],
      wantResponseSigned: false,
      signRequests: false,
    },
    ...wanted,
  });
  const addresses = connectionAddresses(hub.url, connection.id);
  return { hub, database, organizationId, organization, domain, connectionId: connection.id, addresses };
}

export async function verifyDomain(
  { db }: DatabaseHandle,
  organizationId: string,
  name: string,
): Promise<void> {
  await db
    .insertInto('domains')
    .values({ organization_id: organizationId, name, challenge: 'test', verified_at: new Date() })
    .execute();
}

export interface Begun {
  readonly browser: Browser;
  readonly page: Visited;
  /** Where the page sends the browser. */
  readonly goTo: string;
  readonly requestId: string;
}

/** Types the address into the sign-in page, up to the moment at which the browser leaves for the identity provider. */
export async function beginSso(
  sso: Pick<TestSso, 'hub'>,
  email: string,
  options: { readonly browser?: Browser; readonly start?: string } = {},
): Promise<Begun> {
  const browser = options.browser ?? createBrowser(sso.hub.url);
  const first = await browser.get(options.start ?? `${sso.hub.url}/sign-in`);
  const page = await browser.submit(first, { email, step: 'email' }, (form) => 'email' in form.fields);
  const goTo = (/<meta http-equiv="refresh" content="0; url=([^"]*)">/.exec(page.body)?.[1] ?? '').replaceAll(
    '&amp;',
    '&',
  );
  return { browser, page, goTo, requestId: goTo.includes('SAMLRequest') ? requestOf(goTo).id : '' };
}

/** What the identity provider would answer, with changes. */
export function answerTo(
  sso: TestSso,
  begun: { readonly requestId: string },
  email: string,
  changes: Partial<Answer> = {},
): Answer {
  return {
    requestId: begun.requestId,
    acsUrl: sso.addresses.acsUrl,
    audience: sso.addresses.entityId,
    email,
    ...changes,
  };
}

/** Posts a response as the identity provider's page makes the browser do: from another site, without cookies. */
export async function postResponse(
  sso: Pick<TestSso, 'addresses'>,
  browser: Browser,
  xml: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<Visited> {
  // SameSite=Lax: a post from another site carries no cookies; the navigation after it does.
  const held = new Map(browser.cookies);
  browser.cookies.clear();
  const response = await fetch(sso.addresses.acsUrl, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      origin: 'https://idp.test',
      'sec-fetch-site': 'cross-site',
    },
    body: new URLSearchParams({ SAMLResponse: encoded(xml), ...extra }).toString(),
  });
  for (const [name, cookie] of held) browser.cookies.set(name, cookie);
  const location = response.headers.get('location');
  if (location !== null) return browser.get(new URL(location, sso.addresses.acsUrl).href);
  return {
    status: response.status,
    url: response.url,
    headers: response.headers,
    body: await response.text(),
  };
}

/** The whole way with a good answer. */
export async function signInBySaml(
  sso: TestSso,
  email: string,
  changes: Partial<Answer> = {},
): Promise<{ readonly visited: Visited; readonly browser: Browser }> {
  const begun = await beginSso(sso, email);
  const visited = await postResponse(sso, begun.browser, goodResponse(answerTo(sso, begun, email, changes)));
  return { visited, browser: begun.browser };
}

/** Classes of the failures that were written down, newest first. */
export async function failuresOf({ database, connectionId }: TestSso): Promise<readonly string[]> {
  const rows = await database.db
    .selectFrom('connection_failures')
    .select('class')
    .where('connection_id', '=', connectionId)
    .orderBy('id', 'desc')
    .execute();
  return rows.map((row) => row.class);
}

/** Who a browser is signed in as; `null`: nobody. */
export async function whoIs(sso: Pick<TestSso, 'hub'>, browser: Browser): Promise<string | null> {
  const page = await browser.get(`${sso.hub.url}/signed-in`);
  return /<span class="who">([^<]*)<\/span>/.exec(page.body)?.[1] ?? null;
}
