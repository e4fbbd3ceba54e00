import { afterAll, beforeAll, expect, it } from 'vitest';
import { listAuditEvents } from '../audit/audit-list.ts';
import type { ChangeContext } from '../audit/record.ts';
import type { DatabaseHandle } from '../database/connection.ts';
import { startTestDatabase } from '../database/test-database.ts';
import { hashOneTimeSecret } from '../secrets/one-time-secret.ts';
import { readSignInSettings } from '../sso/sign-in-settings.ts';
import { awaitFirstOwner } from './first-owner.ts';
import { addMember } from './member-service.ts';
import { createOrganization } from './organization-service.ts';

let database: DatabaseHandle & { stop(): Promise<void> };
const context = (): ChangeContext => ({
  ...{ actor: { kind: 'system', name: 'test' }, sourceAddress: null, at: new Date() },
});
const publicUrl = 'https://hub.example';
const wanted = { name: 'acme', displayName: 'Acme', publicUrl };

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

/** Whether a link would still be taken. */
async function isGood(url: string): Promise<boolean> {
  const secret = url.slice(url.lastIndexOf('/') + 1);
  const link = await database.db
    .selectFrom('setup_links')
    .select('expires_at')
    .where('secret_hash', '=', hashOneTimeSecret(secret))
    .executeTakeFirstOrThrow();
  return link.expires_at.getTime() > Date.now();
}

it('as long as nobody owns the organization a new link takes the place of the lost one', async () => {
  const { db } = database;
  const first = await awaitFirstOwner(db, context(), wanted);
  expect([first.made, await isGood(first.link.url)]).toEqual([true, true]);
  const second = await awaitFirstOwner(db, context(), wanted);
  expect([second.made, await isGood(second.link.url), await isGood(first.link.url)]).toEqual([
    ...[false, true, false],
  ]);
  const { id } = await db.selectFrom('organizations').select('id').executeTakeFirstOrThrow();
  const { events } = await listAuditEvents(db, id, { limit: 10 });
  expect(events.map(({ action }) => action)).toEqual(['organization.setup-link', 'organization.create']);
});

it('an organization that somebody owns is given to nobody, and the way in is named', async () => {
  const { db } = database;
  const other = { ...wanted, name: 'owned' };
  await awaitFirstOwner(db, context(), other);
  const { id: organizationId } = await db
    .selectFrom('organizations')
    .select('id')
    .where('name', '=', 'owned')
    .executeTakeFirstOrThrow();
  const where = { organizationId, publicUrl };
  await addMember(db, context(), where, { email: 'ann@owned.example', role: 'owner' });
  await expect(awaitFirstOwner(db, context(), other)).rejects.toMatchObject({
    refusal: { code: 'conflict', help: expect.stringContaining('mooring-hub recover --owner') },
  });
});

it('asks its owners for a second factor, as an organization that is made for a demo does not', async () => {
  const { db } = database;
  await awaitFirstOwner(db, context(), { ...wanted, name: 'careful' });
  await createOrganization(db, context(), { name: 'shown', displayName: 'Shown' });
  const rows = await db
    .selectFrom('organizations')
    .select(['id', 'name'])
    .where('name', 'in', ['careful', 'shown'])
    .orderBy('name')
    .execute();
  const settings = await Promise.all(rows.map(({ id }) => readSignInSettings(db, id)));
  expect(settings.map((each) => each.ownersNeedSecondFactor)).toEqual([true, false]);
});
