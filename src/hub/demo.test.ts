import { expect, it } from 'vitest';
import { systemClock } from './clock.ts';
import { databaseForFile } from './database/test-database.ts';
import { createDemoWorld } from './demo.ts';
import { recheckDomains } from './domains/domain-service.ts';

const database = databaseForFile();

it('has domains that no daily look finds unproved: nobody could put a record under their names', async () => {
  const { db } = database;
  await createDemoWorld({ db, clock: systemClock, hashPassword: async (password) => `hash of ${password}` });
  const context = { actor: { kind: 'system' as const, name: 'test' }, sourceAddress: null, at: new Date() };
  const inTwoDays = new Date(Date.now() + 2 * 24 * 3_600_000);
  const empty = { txt: async () => ({ ok: true as const, values: [] }) };
  await recheckDomains(db, context, empty, inTwoDays);
  const domains = await db.selectFrom('domains').select(['name', 'verified_at', 'failing_since']).execute();
  expect(domains.length).toBeGreaterThan(0);
  for (const domain of domains)
    expect(domain).toMatchObject({ verified_at: expect.any(Date), failing_since: null });
});
