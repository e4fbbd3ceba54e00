import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { createBrowser } from '../identity/test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  hubForFile,
  OPERATOR,
  signInDesktop,
  type TestAccount,
  typeCredentials,
} from '../identity/test-hub.ts';
import { verifyDomain } from '../sso/test-sso-hub.ts';
import { endSignIns } from './end-sign-ins.ts';
import { listSignIns } from './sign-ins.ts';

/* An owner ends where members are signed in. */

const { database, hub } = hubForFile();
let ada: TestAccount;
let organizationId: string;
let count = 0;
beforeEach(async () => {
  count += 1;
  ada = await createAccount(database, `ada@ends${count}.example`);
  ({ id: organizationId } = await createTestOrganization(database, `ends${count}`, [ada]));
});

const of = () => ({ organizationId, userId: ada.id });
const end = (signInId: string | null) => endSignIns(database.db, OPERATOR, of(), signInId);
const list = async () => (await listSignIns(database.db, { ...of(), at: new Date() })).signIns;
const refusal = (code: string) => ({ refusal: { code } });

describe('sessions of a member', () => {
  it('end one by one, and the person is told why', async () => {
    const browser = createBrowser(hub.url);
    await typeCredentials(browser, `${hub.url}/sign-in`, ada.email);
    await signInDesktop(hub, ada.email);
    // The browser, the desktop, and the browser that it was signed in with.
    const [desktop] = (await list()).filter(({ kind }) => kind === 'desktop');
    expect(await end(desktop?.id ?? '')).toEqual({ browsers: 0, devices: 1 });
    const others = await list();
    expect(others.map(({ kind }) => kind)).toEqual(['browser', 'browser']);
    const first = others.at(-1);
    expect(await end(first?.id ?? '')).toEqual({ browsers: 1, devices: 0 });
    expect(await list()).toHaveLength(1);
    const page = await browser.get('/signed-in');
    expect(page.body).toContain('An owner of your organization ended this session');
    await expect(end(first?.id ?? '')).rejects.toMatchObject(refusal('not_found'));
    await expect(end(randomUUID())).rejects.toMatchObject(refusal('not_found'));
  });

  it('end all at once, with what is kept in the audit log', async () => {
    await signInDesktop(hub, ada.email);
    await signInDesktop(hub, ada.email);
    expect(await end(null)).toEqual({ browsers: 2, devices: 2 });
    expect(await list()).toEqual([]);
    expect(await end(null)).toEqual({ browsers: 0, devices: 0 });
    const { rows } = await database.pool.query(
      "select target_id, after from audit_events where action = 'member.end-sessions' and organization_id = $1",
      [organizationId],
    );
    expect(rows).toEqual([{ target_id: ada.id, after: { browsers: 2, devices: 2 } }]);
  });

  it('are not ended by another organization, nor those of somebody else by their id', async () => {
    const bob = await createAccount(database, `bob@ends${count}.example`);
    const stranger = await createTestOrganization(database, `strange${count}`, [bob]);
    await signInDesktop(hub, ada.email);
    const theirs = { organizationId: stranger.id, userId: ada.id };
    await expect(endSignIns(database.db, OPERATOR, theirs, null)).rejects.toMatchObject(refusal('not_found'));
    for (const { id } of await list())
      await expect(
        endSignIns(database.db, OPERATOR, { organizationId: stranger.id, userId: bob.id }, id),
      ).rejects.toMatchObject(refusal('not_found'));
    expect(await list()).toHaveLength(2);
  });

  it('of an account of several organizations end only where its domain is verified', async () => {
    const second = await createTestOrganization(database, `second${count}`, [ada]);
    await signInDesktop(hub, ada.email);
    const there = { organizationId: second.id, userId: ada.id };
    await expect(end(null)).rejects.toMatchObject(refusal('conflict'));
    await expect(endSignIns(database.db, OPERATOR, there, null)).rejects.toMatchObject(refusal('conflict'));
    await verifyDomain(database, organizationId, `ends${count}.example`);
    await expect(endSignIns(database.db, OPERATOR, there, null)).rejects.toMatchObject(refusal('conflict'));
    expect(await list()).toHaveLength(2);
    expect(await end(null)).toEqual({ browsers: 1, devices: 1 });
  });
});
