import type { Browser } from '@playwright/test';
import { IDP_ONE } from '../../src/hub/connections/test-certificates.ts';
import { metadataOf } from '../../src/hub/connections/test-metadata.ts';
import { startTestProvider } from '../../src/hub/sso/test-openid-provider.ts';
import type { ConsoleHub, OpenConsole } from '../../test/console/open-console.ts';
import type { Album } from './album.ts';
import { hands } from './policy-states.ts';
import { change, make } from './world.ts';

/** Domains, connections in all their steps, SCIM, the move to it. A provider of its own stands on loopback meanwhile. */
export async function takeIdentityStates(
  album: Album,
  browser: Browser,
  hub: ConsoleHub,
  opened: OpenConsole,
) {
  const { page, go, api } = opened;
  const [button, dialog] = hands(page);
  const take = (name: string, reach: () => Promise<unknown>) => album.reach(page, name, reach);
  const inDialog = (name: string) => dialog.getByRole('button', { name, exact: true });

  await take('domain-dialog-add', async () => {
    await go('domains');
    await button('Add domain').click();
    await dialog.getByLabel('Domain').fill('not a domain');
    await inDialog('Add domain').click();
    await dialog.getByRole('alert').first().waitFor();
  });
  await take('domain-pending', async () => {
    await change(api, 'POST', '/domains', {
      name: 'a.department.with.a.long.name.of.its.own.acme-works.example',
    });
    await go('domains');
  });
  await take('domain-failing', async () => {
    await button(/^Verify now: a\.department/).click();
    await page
      .getByText(/no TXT record|could not be looked up|was not found/)
      .first()
      .waitFor();
  });
  await take('domain-dialog-remove', async () => {
    await button('Remove acme.example').click();
    await dialog.waitFor();
  });
  await take('sso-dialog-new', async () => {
    await go('sso');
    await button('Connect an identity provider').click();
    await dialog.waitFor();
  });
  await take('sso-dialog-accept', async () => {
    await go('sso');
    await button('Accept a connection').click();
    await dialog.waitFor();
  });
  const saml = `sso/${hub.said.connectionId}`;
  await take('connection-by-hand', async () => {
    await go(`${saml}?guide=other`);
    await page.getByText('Enter by hand', { exact: true }).click();
  });
  await take('connection-saml-ready', async () => {
    await change(api, 'PUT', `/connections/${hub.said.connectionId}/metadata`, {
      xml: metadataOf([IDP_ONE.certificate]),
    });
    await go(saml);
    await page.getByText('idp-one').first().waitFor();
  });
  await take('connection-dialog-certificate', async () => {
    await button('Add a certificate').click();
    await dialog.waitFor();
  });
  await take('connection-dialog-key', async () => {
    await go(saml);
    await button('Add a key').click();
    await dialog.waitFor();
  });
  await take('connection-dialog-remove', async () => {
    await go(saml);
    await button('Remove connection').click();
    await dialog.waitFor();
  });
  await take('scim-dialog-off', async () => {
    await go(`${saml}/scim`);
    await button('Switch SCIM off').click();
    await dialog.waitFor();
  });
  await take('scim-token-once', async () => {
    await go(`${saml}/scim`);
    await button('Make a successor').click();
    await page.getByText('The token was created').waitFor();
  });
  const id = await make(api, '/connections', { name: 'Acme Login', kind: 'oidc' });
  const oidc = `sso/${id}`;
  for (const guide of ['okta', 'entra', 'other'])
    await take(`connection-oidc-${guide}`, () => go(`${oidc}?guide=${guide}`));
  const provider = await startTestProvider([(await page.locator('dd code').first().textContent()) ?? '']);
  try {
    await take('connection-oidc-refused', async () => {
      await page.getByLabel('Issuer').fill('not an address');
      await page.getByLabel('Client ID').fill(provider.clientId);
      await page.getByLabel('Client secret').fill(provider.clientSecret);
      await button('Save the values').click();
      await page.getByRole('alert').first().waitFor();
    });
    await take('connection-oidc-saved', async () => {
      await page.getByLabel('Issuer').fill(provider.issuer);
      await page.getByLabel('Client secret').fill(provider.clientSecret);
      await button('Save the values').click();
      await page.getByText('Saved.', { exact: true }).waitFor();
    });
    await take('connection-test-begun', async () => {
      await page.getByRole('link', { name: 'Go to the test' }).click();
      await button('Begin a test').click();
      await page.getByText('Waiting for the answer of the identity provider…').waitFor();
    });
    await take('connection-test-done', async () => {
      provider.seat(person('ada', { upn: 'a.lovelace@acme.example' }));
      const [tab] = await Promise.all([
        opened.context.waitForEvent('page'),
        page.getByRole('link', { name: 'Open the identity provider' }).click(),
      ]);
      await tab.getByRole('heading', { name: 'The test worked' }).waitFor();
      await tab.close();
      await page.getByText('The test worked').waitFor();
    });
    for (const who of [person('jo'), person('kim'), person('eve', { email: 'eve@elsewhere.example' })]) {
      provider.seat(who);
      await signInBySso(browser, hub, String(who.claims.email).replace('elsewhere', 'acme'));
    }
  } finally {
    await provider.stop();
  }
  await take('connection-errors-some', () => go(`${oidc}/errors`));
  await take('connection-sign-in-off', async () => {
    await go(`${oidc}/sign-in`);
    await page.getByLabel('Make accounts at first sign-in').uncheck();
  });
  await take('connection-dialog-require', async () => {
    await change(api, 'PATCH', `/connections/${id}`, { domains: ['acme.example'] });
    await go(`${oidc}/sign-in`);
    await button('Require SSO').click();
    await dialog.waitFor();
  });
  await take('scim-off', () => go(`${oidc}/scim`));
  await take('migration-begun', async () => {
    await go(`${oidc}/migration`);
    await button('Begin the move').click();
    await page.getByRole('table', { name: 'Everybody in this move' }).waitFor();
  });
  await change(api, 'PATCH', `/connections/${id}/scim`, { enabled: true });
  await change(api, 'POST', `/connections/${id}/scim/tokens`);
  await take('migration-dialog-remove', async () => {
    await go(`${oidc}/migration`);
    await button('Remove the next batch').click();
    await dialog.waitFor();
  });
  await take('migration-removed', async () => {
    await inDialog('Remove the next batch').click();
    await page.getByText('2 of 2 done').waitFor();
  });
  await take('migration-dialog-finish', async () => {
    await button('Look who came back').click();
    await button('Finish the move').click();
    await dialog.waitFor();
  });
  await take('migration-finished', async () => {
    await inDialog('Finish without them').click();
    await page.getByRole('table', { name: 'Earlier moves' }).waitFor();
  });
  await change(api, 'DELETE', `/connections/${id}`);
}

function person(name: string, claims: Readonly<Record<string, unknown>> = {}) {
  const email = `${name}@acme.example`;
  return {
    subject: name,
    claims: { email, email_verified: true, given_name: 'Given', family_name: name, ...claims },
  };
}

async function signInBySso(browser: Browser, hub: ConsoleHub, email: string): Promise<void> {
  const context = await browser.newContext({ baseURL: hub.said.url });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.locator('input[name="email"]').fill(email);
  await page.locator('form:has(input[name="email"]) button[type="submit"]').first().click();
  const choice = page.getByRole('button', { name: 'Continue with Acme Login' });
  const end = page
    .getByRole('heading', { name: /signed in|did not work|denied/i })
    .or(page.getByRole('navigation', { name: 'Pages', exact: true }));
  await choice.or(end).first().waitFor();
  if ((await choice.count()) > 0) await choice.click();
  await end.first().waitFor();
  await context.close();
}
