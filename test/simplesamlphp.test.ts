import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applySettings } from '../src/hub/connections/connection-service.ts';
import { readIdpMetadata } from '../src/hub/connections/idp-metadata.ts';
import { hubForFile, OPERATOR } from '../src/hub/identity/test-hub.ts';
import { createOutbound } from '../src/hub/sso/outbound.ts';
import {
  beginSso,
  createTestSso,
  failuresOf,
  postResponse,
  type TestSso,
  whoIs,
} from '../src/hub/sso/test-sso-hub.ts';
import { isInstalled, type SimpleSamlPhp, startSimpleSamlPhp } from './simplesamlphp.ts';

/*
 * Sign-in by a SAML identity provider that somebody else wrote. Where its packages are not installed the run names
 * these tests as not run.
 */
describe.runIf(isInstalled)('SimpleSAMLphp', () => {
  const { database, hub } = hubForFile();
  let sso: TestSso;
  /** Signs its requests, and is answered encrypted. */
  let signing: TestSso;
  let idp: SimpleSamlPhp;
  beforeAll(async () => {
    sso = await createTestSso(hub, database);
    signing = await createTestSso(hub, database);
    const certificate = await (await fetch(signing.addresses.certificateUrl)).text();
    const email = (name: string) => [`${name}@${sso.domain}`];
    idp = await startSimpleSamlPhp(
      {
        'ada:secret': {
          email: email('ada'),
          givenname: ['Ada'],
          surname: ['Lovelace'],
          groups: [`${sso.organization}:Backend`],
        },
        'zoe:secret': { email: [`zoe@${signing.domain}`] },
        'eve:secret': { email: ['eve@other.example'] },
      },
      [sso.addresses, { ...signing.addresses, certificate }],
    );
    // Set up from its own metadata, fetched over loopback as an operator may allow.
    const xml = await createOutbound(['127.0.0.0/8']).text(idp.metadataUrl);
    const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
    const settings = readIdpMetadata(xml);
    await applySettings(place, OPERATOR, sso, settings);
    await applySettings(place, OPERATOR, signing, { ...settings, signRequests: true });
  });
  afterAll(async () => {
    await idp.stop();
  });

  const signIn = async (name: string, change: (xml: string) => string = (xml) => xml) => {
    const begun = await beginSso(sso, `${name}@${sso.domain}`);
    const answer = await idp.signIn(begun.goTo, name, 'secret');
    expect(answer.action).toBe(sso.addresses.acsUrl);
    const xml = Buffer.from(answer.fields.SAMLResponse ?? '', 'base64').toString('utf8');
    const visited = await postResponse(sso, begun.browser, change(xml));
    return { visited, browser: begun.browser };
  };

  it('signs a person in, with name and team', async () => {
    const { visited, browser } = await signIn('ada');
    expect([visited.status, await failuresOf(sso)]).toEqual([200, []]);
    expect(await whoIs(sso, browser)).toBe(`ada@${sso.domain}`);
    const rows = await database.db
      .selectFrom('team_members as tm')
      .innerJoin('teams as t', 't.id', 'tm.team_id')
      .innerJoin('users as u', 'u.id', 'tm.user_id')
      .select(['u.name as person', 't.name as team', 'tm.origin'])
      .where('tm.organization_id', '=', sso.organizationId)
      .execute();
    expect(rows).toEqual([{ person: 'Ada Lovelace', team: 'Backend', origin: 'jit' }]);
  });

  it('reads a request that is signed, and signs in by an encrypted assertion', async () => {
    const begin = () => beginSso(signing, `zoe@${signing.domain}`);
    const begun = await begin();
    const answer = await idp.signIn(begun.goTo, 'zoe', 'secret');
    const xml = Buffer.from(answer.fields.SAMLResponse ?? '', 'base64').toString('utf8');
    expect(xml).toContain('EncryptedAssertion');
    expect(xml).not.toContain('zoe@');
    await postResponse(signing, begun.browser, xml);
    expect(await failuresOf(signing)).toEqual([]);
    expect(await whoIs(signing, begun.browser)).toBe(`zoe@${signing.domain}`);
    // Without its signature, or with another request behind it, the same request is none there.
    const { goTo } = await begin();
    const unsigned = new URL(goTo);
    unsigned.searchParams.delete('Signature');
    unsigned.searchParams.delete('SigAlg');
    const other = new URL((await begin()).goTo);
    other.searchParams.set('Signature', new URL(goTo).searchParams.get('Signature') ?? '');
    for (const address of [unsigned.href, other.href])
      await expect(idp.signIn(address, 'zoe', 'secret')).rejects.toThrow('no form to sign in with');
  });

  it('signs nobody in with an answer that was changed on its way', async () => {
    const { visited, browser } = await signIn('ada', (xml) => xml.replaceAll('ada@', 'root@'));
    expect([visited.status, (await failuresOf(sso))[0]]).toEqual([403, 'signature_invalid']);
    expect(await whoIs(sso, browser)).toBeNull();
  });

  it('cannot vouch for an address of another domain', async () => {
    const { visited, browser } = await signIn('eve');
    expect([visited.status, (await failuresOf(sso))[0]]).toEqual([403, 'domain_not_verified']);
    expect(await whoIs(sso, browser)).toBeNull();
  });
});
