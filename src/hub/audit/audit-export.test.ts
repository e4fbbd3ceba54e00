import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { databaseForFile } from '../database/test-database.ts';
import { createOrganization } from '../organizations/organization-service.ts';
import { exportAuditEvents } from './audit-export.ts';
import { listAuditEvents } from './audit-list.ts';
import { recordChanges } from './record.ts';

const database = databaseForFile();
let organizationId: string;
beforeAll(async () => {
  const { db } = database;
  const context = (name: string, day: number) => ({
    actor: { kind: 'system' as const, name },
    sourceAddress: '192.0.2.1',
    at: new Date(Date.UTC(2026, 0, day)),
  });
  organizationId = (await createOrganization(db, context('setup', 1), { name: 'acme', displayName: 'A' })).id;
  const other = await createOrganization(db, context('setup', 1), { name: 'globex', displayName: 'G' });
  await db.transaction().execute(async (trx) => {
    const entry = (label: string, organization = organizationId) => ({
      organizationId: organization,
      action: 'team.create',
      target: { kind: 'team', id: label, label },
      after: { name: label },
    });
    await recordChanges(
      trx,
      context('Ada 100%', 2),
      Array.from({ length: 1203 }, (_, n) => entry(`team ${n}`)),
    );
    await recordChanges(trx, context('Bob', 3), [entry('=1+1'), entry('quoted "x",\ny'), entry('two\n=1+1')]);
    await recordChanges(trx, context('Bob', 3), [entry('secret of another', other.id)]);
  });
});

const found = async (query: object) =>
  (await listAuditEvents(database.db, organizationId, { limit: 500, ...query })).events.map(
    (event) => event.target.label,
  );

describe('the log', () => {
  it.each([
    ['actor', { actor: 'bob' }, 3],
    ['an actor with the signs of a pattern', { actor: '0%' }, 500],
    ['no actor', { actor: '_' }, 0],
    ['target', { target: 'TEAM 1202' }, 1],
    ['action', { action: 'team.', target: 'team 12' }, 14],
    ['whatever has it', { search: 'BOB' }, 3],
    ['an action, with all of it', { search: 'm.crea', actor: 'bob' }, 3],
    ['nothing that has it', { search: 'b_b' }, 0],
    ['time', { since: '2026-01-03T00:00:00Z' }, 3],
    ['time, exclusive', { until: '2026-01-02T00:00:00Z' }, 1],
    ['all of it', { actor: 'ada', action: 'team.create', since: '2026-01-03T00:00:00Z' }, 0],
  ])('is found by %s', async (_what, query, count) => {
    expect(await found(query)).toHaveLength(count);
  });

  it('goes out whole as JSON lines, newest first', async () => {
    const lines = (await text(exportAuditEvents(database.db, organizationId, { format: 'jsonl' })))
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(1207);
    const events = lines.map((line): { id: number } => JSON.parse(line));
    expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).toSorted((a, b) => b - a));
    expect(lines.join()).not.toContain('another');
  });

  it('goes out as CSV without formulas', async () => {
    const csv = await text(exportAuditEvents(database.db, organizationId, { format: 'csv', actor: 'Bob' }));
    const [head, ...rows] = csv.split('\r\n');
    expect(head).toMatch(/^Time,Actor,Actor kind,/);
    expect(rows).toHaveLength(4);
    expect(csv).toContain(`,team.create,'=1+1,team,'=1+1,,"{""name"":""=1+1""}",`);
    expect(csv).toContain('"quoted ""x"",\ny"');
    // A line break alone ends a row for some readers, and what follows would begin one.
    expect(csv).toContain('"two\n=1+1"');
  });

  it('can be added to and never changed', async () => {
    await expect(database.pool.query(`update audit_events set actor_label = 'x'`)).rejects.toThrow(
      'append-only',
    );
    await expect(database.pool.query('delete from audit_events')).rejects.toThrow('append-only');
  });
});
