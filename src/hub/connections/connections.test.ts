import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { createOutbound } from '../sso/outbound.ts';
import { startTestApi, type TestApi } from '../test-api.ts';
import { certificateFacts, readCertificate } from './certificates.ts';
import { readIdpMetadata } from './idp-metadata.ts';
import { oidcSettings } from './settings.ts';
import { IDP_ONE, IDP_TWO, WEAK_CERTIFICATE } from './test-certificates.ts';
import { IDP_METADATA, metadataOf } from './test-metadata.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.stop());

const base = '/v1/orgs/acme/connections';
const send = (method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, payload?: object) =>
  api.send({ method, url: `${base}${path}`, as: 'owner', ...(payload === undefined ? {} : { payload }) });

/** What a refusal says. */
const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof RefusalError) return error.refusal.message;
    throw error;
  }
  return '';
};

describe('connections over the API', () => {
  it('are made, set up by metadata, changed and removed, each with an event', async () => {
    const made = (await send('POST', '', { name: 'Okta', kind: 'saml' })).json();
    expect([made.ready, made.jit, made.scim, made.enforced]).toEqual([false, true, false, false]);
    expect(made.setUp.acsUrl).toBe(`${api.publicUrl}/sso/${made.id}/acs`);
    expect(made.warnings.map((each: { code: string }) => each.code)).toContain('not_set_up');
    const xml = metadataOf([IDP_ONE.certificate, IDP_TWO.certificate]);
    const ready = (await send('PUT', `/${made.id}/metadata`, { xml })).json();
    expect([ready.ready, ready.saml.idpEntityId, ready.saml.signInUrl]).toEqual([
      true,
      'https://idp.test/entity',
      'https://idp.test/sso',
    ]);
    expect(ready.saml.certificates.map((each: { state: string }) => each.state)).toEqual(['valid', 'valid']);
    const changed = (
      await send('PATCH', `/${made.id}`, {
        jit: false,
        scim: true,
        scimWins: true,
        scimAdopts: true,
        enforced: true,
        domains: ['Acme.Example'],
      })
    ).json();
    expect(changed).toMatchObject({
      jit: false,
      scim: true,
      scimWins: true,
      scimAdopts: true,
      enforced: true,
      domains: ['acme.example'],
    });
    expect((await send('DELETE', `/${made.id}`)).statusCode).toBe(204);
    expect((await send('GET', `/${made.id}`)).statusCode).toBe(404);
    const audit = (
      await api.send({ method: 'GET', url: '/v1/orgs/acme/audit?action=connection.', as: 'owner' })
    ).json();
    const actions = audit.events.filter((event: { target: { id: string } }) => event.target.id === made.id);
    expect(actions.map((event: { action: string }) => event.action)).toEqual([
      'connection.delete',
      'connection.update',
      'connection.update',
      'connection.create',
    ]);
  });

  it('never show a client secret, and forget it when the issuer changes', async () => {
    const oidc = { issuer: 'https://login.example/', clientId: 'mooring', clientSecret: 'hush hush' };
    const made = await send('POST', '', { name: 'OIDC', kind: 'oidc', oidc });
    expect(made.statusCode).toBe(201);
    const { id } = made.json();
    expect(made.json().oidc).toEqual({
      issuer: 'https://login.example/',
      clientId: 'mooring',
      hasSecret: true,
    });
    const same = (
      await send('PATCH', `/${id}`, { oidc: { issuer: 'https://login.example/', clientId: 'other' } })
    ).json();
    expect(same.oidc.hasSecret).toBe(true);
    const moved = (
      await send('PATCH', `/${id}`, { oidc: { issuer: 'https://evil.example/', clientId: 'other' } })
    ).json();
    expect(moved.oidc.hasSecret).toBe(false);
    const audit = await api.send({ method: 'GET', url: '/v1/orgs/acme/audit?limit=500', as: 'owner' });
    expect(audit.body + made.body).not.toContain('hush');
  });

  it('have names of their own, and refuse values of the other kind', async () => {
    expect((await send('POST', '', { name: 'Twice', kind: 'saml' })).statusCode).toBe(201);
    expect((await send('POST', '', { name: 'tWICE', kind: 'oidc' })).statusCode).toBe(409);
    const mixed = await send('POST', '', {
      name: 'Mixed',
      kind: 'saml',
      oidc: { issuer: 'https://login.example', clientId: 'x' },
    });
    expect(mixed.statusCode).toBe(422);
    expect((await send('POST', '', { name: 'Hollow', kind: 'saml', enforced: true })).statusCode).toBe(422);
  });

  it('are accepted and revoked by the other organization, seen on both sides', async () => {
    const asStranger = (method: 'GET' | 'PUT' | 'DELETE', id = '') =>
      api.send({
        method,
        url: `/v1/orgs/globex/accepted-connections${id === '' ? '' : `/${id}`}`,
        as: 'stranger',
      });
    const { connectionId } = api.ids;
    expect((await asStranger('PUT', connectionId)).statusCode).toBe(204);
    expect((await asStranger('GET')).json().connections).toMatchObject([
      { id: connectionId, organization: 'acme' },
    ]);
    const acceptances = async (query = '') =>
      (await send('GET', `/${connectionId}/acceptances${query}`)).json();
    expect(await acceptances()).toMatchObject({ organizations: [{ organization: 'globex' }], total: 1 });
    expect(await acceptances('?search=LOBE')).toMatchObject({ total: 1 });
    expect(await acceptances('?search=acme')).toMatchObject({ organizations: [], total: 0 });
    // The connection is not theirs: who else accepted it is none of their business.
    const theirs = await api.send({
      method: 'GET',
      url: `/v1/orgs/globex/connections/${connectionId}/acceptances`,
      as: 'stranger',
    });
    expect(theirs.statusCode).toBe(404);
    expect((await asStranger('DELETE', connectionId)).statusCode).toBe(204);
    expect((await asStranger('DELETE', connectionId)).statusCode).toBe(404);
    expect((await acceptances()).organizations).toEqual([]);
    await asStranger('PUT', connectionId);
    expect((await send('DELETE', `/${connectionId}/acceptances/globex`)).statusCode).toBe(204);
    expect((await asStranger('GET')).json().connections).toEqual([]);
    expect((await send('DELETE', `/${connectionId}/acceptances/globex`)).statusCode).toBe(404);
    // Not one's own, and none that is not there.
    const own = await api.send({
      method: 'PUT',
      url: `/v1/orgs/acme/accepted-connections/${connectionId}`,
      as: 'owner',
    });
    expect(own.statusCode).toBe(409);
    const unknown = await asStranger('PUT', '11111111-1111-4111-8111-111111111111');
    expect(unknown.statusCode).toBe(404);
    expect(unknown.json().error.message).toBe('No organization of this hub has a connection of that id.');
  });
});

describe('metadata', () => {
  it.each([
    [
      'a document type',
      `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${IDP_METADATA}`,
      'document type',
    ],
    ['no XML', 'hello', 'not well-formed'],
    ['XML of another kind', '<html/>', 'no SAML 2.0 metadata'],
    [
      'a service provider',
      '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x"/>',
      'no identity provider',
    ],
    ['no certificate', metadataOf([]), 'no signing certificate'],
    ['a weak certificate', metadataOf([WEAK_CERTIFICATE]), 'fewer than 2048 bits'],
    [
      'a sign-in address without TLS',
      metadataOf([IDP_ONE.certificate], { location: 'http://idp.test/sso' }),
      'https',
    ],
    [
      'a script as sign-in address',
      metadataOf([IDP_ONE.certificate], { location: 'javascript:alert(1)' }),
      'https',
    ],
  ])('with %s is refused', (_name, xml, reason) => {
    expect(refusal(() => readIdpMetadata(xml))).toContain(reason);
  });

  it('is asked only at public addresses, by https, not through redirects, and not without end', async () => {
    const outbound = createOutbound();
    const inside = 'not an address of the public internet';
    for (const [url, reason] of [
      ['http://example.com/metadata', 'must begin with https'],
      ['http://localhost/metadata', 'must begin with https'],
      ['https://localhost/metadata', 'leads into a private network'],
      ['https://127.0.0.1/metadata', inside],
      ['https://10.0.0.1/', inside],
      ['https://192.168.1.1/', inside],
      ['https://100.64.0.1/', inside],
      ['https://169.254.169.254/latest/meta-data', inside],
      ['https://[::1]/', inside],
      ['https://[::ffff:127.0.0.1]/', inside],
      ['https://[::ffff:169.254.169.254]/', inside],
      ['https://[fd00::1]/', inside],
      ['https://[64:ff9b::7f00:1]/', inside],
      ['https://0.0.0.0/', inside],
      ['https://2130706433/', inside],
      ['https://0x7f.1/', inside],
      ['file:///etc/passwd', 'must begin with https'],
      ['https://user:pass@example.com/', 'not an address'],
      ['nonsense', 'not an address'],
    ] as const) {
      await expect(outbound.text(url), url).rejects.toMatchObject({
        refusal: { code: 'unreachable', message: expect.stringContaining(reason) },
      });
    }
    const server = createServer((request, response) => {
      if (request.url === '/away') response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
      else if (request.url === '/large') response.end('x'.repeat(2_000_000));
      else response.end(IDP_METADATA);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    try {
      await expect(outbound.text(origin)).rejects.toThrow('not an address of the public internet');
      const trusting = createOutbound(['127.0.0.0/8']);
      expect(await trusting.text(`${origin}/`)).toBe(IDP_METADATA);
      await expect(trusting.text(`${origin}/away`)).rejects.toThrow('302, and redirects are not followed');
      await expect(trusting.text(`${origin}/large`)).rejects.toThrow();
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    // What went wrong in words, and help that is about it; nothing listens there any more.
    const gone = createOutbound(['127.0.0.0/8']).text(origin);
    await expect(gone).rejects.toMatchObject({
      refusal: {
        message: 'The address cannot be asked: 127.0.0.1 refuses the connection.',
        help: expect.stringContaining('DNS, proxy, firewall'),
      },
    });
    await expect(outbound.text('nonsense')).rejects.toMatchObject({
      refusal: { help: expect.stringContaining('beginning with https') },
    });
    await expect(outbound.text('https://10.0.0.1/')).rejects.toMatchObject({
      refusal: { help: expect.stringContaining('--idp-network') },
    });
  });

  it('by address is refused over the API as well', async () => {
    const answer = await send('PUT', `/${api.ids.connectionId}/metadata`, {
      url: 'https://127.0.0.1/metadata',
    });
    expect(answer.statusCode).toBe(502);
  });
});

it('reads certificates with and without their frame, and warns before they end', () => {
  const bare = IDP_ONE.certificate.replaceAll(/-----[A-Z ]+-----/g, '');
  expect(readCertificate(bare)).toBe(readCertificate(IDP_ONE.certificate));
  expect(refusal(() => readCertificate('MIIB'))).toContain('not an X.509 certificate');
  const { validTo, validFrom } = certificateFacts(IDP_ONE.certificate, Date.now());
  const state = (now: number) => certificateFacts(IDP_ONE.certificate, now).state;
  const day = 86_400_000;
  expect([
    state(Date.parse(validFrom) - day),
    state(Date.parse(validTo) - 31 * day),
    state(Date.parse(validTo) - 29 * day),
    state(Date.parse(validTo)),
  ]).toEqual(['not_yet_valid', 'valid', 'expiring', 'expired']);
});

it('refuses issuers that stand for every tenant', () => {
  expect(
    refusal(() => oidcSettings({ issuer: 'https://login.microsoftonline.com/common/v2.0', clientId: 'x' })),
  ).toContain('every directory');
  expect(refusal(() => oidcSettings({ issuer: 'http://login.example', clientId: 'x' }))).toContain('https');
});
