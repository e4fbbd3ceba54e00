import { beforeEach, describe, expect, it } from 'vitest';
import { acceptConnection } from '../connections/acceptance-service.ts';
import { findConnection } from '../connections/find-connection.ts';
import { createAccount, createTestOrganization, hubForFile, OPERATOR } from '../identity/test-hub.ts';
import { addMember } from '../organizations/member-service.ts';
import type { AssertedIdentity } from '../sso/asserted-identity.ts';
import { createTestSso, type TestSso, verifyDomain } from '../sso/test-sso-hub.ts';
import { signInByConnection } from './sign-in-by-connection.ts';
import { inviteTo, standingOf } from './test-standing.ts';

/* Where signing in puts people, at the edges: what is named elsewhere, named late, named twice, or taken back. */

const { database, hub } = hubForFile();
let sso: TestSso;
let other: { readonly id: string; readonly name: string };
beforeEach(async () => {
  sso = await createTestSso(hub, database, { defaultTeam: 'Everyone' });
  other = await createTestOrganization(database, `other-${sso.domain.split('.')[0]}`, []);
  await acceptConnection(database.db, OPERATOR, { organizationId: other.id, connectionId: sso.connectionId });
});

const standing = (name: string) => standingOf(database, `${name}@${sso.domain}`);

/** What signing in ends with: `ok`, or the class of the refusal. */
async function signIn(
  name: string,
  claims: Partial<AssertedIdentity> = {},
  how: { readonly jit?: boolean; readonly scimWins?: boolean; readonly oidc?: true } = {},
): Promise<string> {
  const found = await findConnection(database.db, sso.connectionId);
  if (found === null) throw new Error('the connection is gone');
  const oidc = { kind: 'oidc', issuer: 'https://idp.example', clientId: 'mooring' } as const;
  const settings = how.oidc === true ? oidc : found.settings;
  const outcome = await signInByConnection(
    { db: database.db, secret: hub.secret, at: new Date(), sourceAddress: '' },
    { ...found, settings, jit: how.jit ?? true, scimWins: how.scimWins ?? false },
    {
      issuer: 'https://idp.example',
      subject: name,
      email: `${name}@${sso.domain}`,
      givenName: 'Ann',
      surname: 'Other',
      fullName: '',
      groups: { kind: 'missing' },
      role: null,
      organization: null,
      team: null,
      sessionMinutes: null,
      ...claims,
    },
  );
  return outcome.kind === 'ok' ? 'ok' : outcome.failure.class;
}
const groups = (...values: string[]) => ({ groups: { kind: 'listed', values } }) as const;

describe('somebody new', () => {
  it('whom groups place elsewhere does not join the default organization as well', async () => {
    await signIn('ann', groups(`${other.name}:Tools`));
    expect(await standing('ann')).toEqual([`${other.name} member jit`, `${other.name}:Tools jit`]);
  });

  it('becomes an editor where the attribute says so', async () => {
    await signIn('ann', { role: 'Editor' });
    expect(await standing('ann')).toContain(`${sso.organization} editor jit`);
  });

  it('becomes one by the attribute beside groups as well, in the one organization that it is about', async () => {
    const both = groups(`${other.name}:Tools`, `${sso.organization}:Tools`);
    await signIn('ann', { ...both, role: 'editor' });
    expect(await standing('ann')).toEqual(
      [
        `${other.name} member jit`,
        `${sso.organization} editor jit`,
        `${other.name}:Tools jit`,
        `${sso.organization}:Tools jit`,
      ].sort(),
    );
    await signIn('bea', { ...both, role: 'owner', organization: other.name });
    expect(await standing('bea')).toEqual(expect.not.arrayContaining([expect.stringContaining(' owner ')]));
    await signIn('ann', { ...both, role: 'owner' });
    expect(await standing('ann')).toContain(`${sso.organization} editor jit`);
  });

  it('in another organization joins no team that only the connection’s own one has by default', async () => {
    await signIn('ann', { organization: other.name });
    expect(await standing('ann')).toEqual([`${other.name} member jit`]);
  });

  it('named into an organization that is closed to the connection takes nothing named along', async () => {
    await signIn('ann', { organization: 'elsewhere', team: 'Admins' });
    expect(await standing('ann')).toEqual([
      `${sso.organization} member jit`,
      `${sso.organization}:Everyone jit`,
    ]);
  });
});

describe('somebody who was there before', () => {
  it('is moved nowhere by role attributes, at the first sign-in and later', async () => {
    const email = `ann@${sso.domain}`;
    await createAccount(database, email);
    await addMember(
      database.db,
      OPERATOR,
      { organizationId: sso.organizationId, publicUrl: '' },
      { email, role: 'member' },
    );
    for (const _time of [1, 2]) {
      await signIn('ann', { organization: other.name, team: 'Admins', role: 'editor' });
      expect(await standing('ann')).toEqual([`${sso.organization} member manual`]);
    }
  });

  it('is still placed by sign-in where SCIM wins, as long as SCIM does not manage them', async () => {
    await signIn('ann', groups(`${sso.organization}:Old`), { scimWins: true });
    await signIn('ann', groups(`${sso.organization}:New`), { scimWins: true });
    expect(await standing('ann')).toEqual([`${sso.organization} member jit`, `${sso.organization}:New jit`]);
  });

  it('is not theirs to vouch for once the account has an address of another’s domain', async () => {
    expect(await signIn('ann', {}, { oidc: true })).toBe('ok');
    const theirs = await createTestOrganization(database, `theirs-${sso.domain.split('.')[0]}`, []);
    await verifyDomain(database, theirs.id, `their.${sso.domain}`);
    await database.db
      .updateTable('users')
      .set({ email: `ann@their.${sso.domain}` })
      .where('email', '=', `ann@${sso.domain}`)
      .execute();
    // The provider still says the address that it knows.
    expect(await signIn('ann', {}, { oidc: true })).toBe('domain_not_verified');
  });
});

describe('an invitation', () => {
  it.each([
    ['was revoked', { revoked_at: new Date() }],
    ['has expired', { expires_at: new Date(Date.now() - 1000) }],
    ['was accepted', { accepted_at: new Date() }],
  ])('that %s lets nobody in', async (_what, values) => {
    await inviteTo(database, sso.organizationId, { email: `ann@${sso.domain}`, role: 'owner' });
    await database.db
      .updateTable('invitations')
      .set(values)
      .where('email', '=', `ann@${sso.domain}`)
      .execute();
    expect(await signIn('ann', {}, { jit: false })).toBe('not_assigned');
    // The account exists already: that is no way round.
    await createAccount(database, `ann@${sso.domain}`);
    expect(await signIn('ann', {}, { jit: false })).toBe('not_assigned');
    // Whom sign-in may provision joins without what the invitation promised.
    await signIn('ann');
    expect(await standing('ann')).toContain(`${sso.organization} member jit`);
  });
});
