import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Announcement } from '../database/announcements.ts';
import type { Db } from '../database/connection.ts';
import { databaseForFile } from '../database/test-database.ts';
import { createHubSecret } from '../secrets/hub-secret.ts';
import { type AgentBearer, createAgentAccess } from './agent-access.ts';
import { oidcHash, sealPayload } from './oidc-store.ts';

/* Bearers that are looked at again because they are about to come. That a token is refused is in agent-api.test.ts. */

const START = Date.parse('2026-01-02T03:04:05Z');
const secret = createHubSecret('a secret for tests, thirty-two characters and more');
const database = databaseForFile();

/** So many accounts with a desktop that is signed in; answers the headers of their tokens. */
async function signedIn(count: number): Promise<readonly string[]> {
  const [at, later] = [new Date(START), new Date(START + 600_000)];
  const headers: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const [token, grant] = [randomBytes(32).toString('base64url'), randomBytes(32)];
    await database.pool.query(
      `with made as (insert into users (email, username, name) values ($1, $1, 'Ada') returning id)
       insert into device_sessions (grant_hash, user_id, client_id, sealed, created_at, last_used_at, expires_at)
       select $2, id, 'mooring-desktop', 'x', $3, $3, $4 from made`,
      [`${randomBytes(6).toString('hex')}@acme.example`, grant, at, later],
    );
    const store = { db: database.db, secret, now: () => at };
    await database.pool.query(
      `insert into oidc_entities (model, id_hash, grant_hash, sealed, created_at, expires_at)
       values ('AccessToken', $1, $2, $3, $4, $5)`,
      [
        ...[oidcHash(store, 'AccessToken', token), grant],
        ...[sealPayload(store, 'AccessToken', { scope: 'openid agent' }), at, later],
      ],
    );
    headers.push(`Bearer ${token}`);
  }
  return headers;
}

/** Verifies them, and lets so much time pass that nothing of it is in memory any more. */
async function idle(headers: readonly string[], db: Db = database.db) {
  let now = START;
  let announce: (announcement: Announcement) => void = () => undefined;
  const access = createAgentAccess(
    { db, secret, now: () => new Date(now) },
    {
      subscribe: (listener) => {
        announce = listener;
        return () => undefined;
      },
    },
  );
  const verified = await Promise.all(headers.map((header) => access.verify(header)));
  const bearers = verified.flatMap((bearer) => bearer ?? []);
  expect(bearers).toHaveLength(headers.length);
  now += 5_001;
  return {
    access,
    bearers,
    announce: (announcement: Announcement) => announce(announcement),
    pass: (ms: number) => {
      now += ms;
    },
  };
}

const hashOf = ({ proof }: AgentBearer) => Buffer.from(proof.idHash, 'hex');

describe('an agent that is about to come', () => {
  it('is answered from memory by its own header, whoever else is asked about, and for five seconds', async () => {
    const headers = await signedIn(5);
    const { access, bearers, pass } = await idle(headers);
    await access.renew(bearers.toReversed());
    // Without a promise.
    expect(headers.map((header) => access.verify(header))).toEqual(bearers);
    expect(new Set(bearers.map(({ userId }) => userId)).size).toBe(5);
    pass(5_001);
    const answers = headers.map((header) => access.verify(header));
    expect(answers.every((answer) => answer instanceof Promise)).toBe(true);
    expect((await Promise.all(answers)).map((bearer) => bearer?.userId)).toEqual(
      bearers.map(({ userId }) => userId),
    );
  });

  const ended: readonly (readonly [string, (bearer: AgentBearer) => readonly [string, unknown]])[] = [
    ['token is gone', (bearer) => ['delete from oidc_entities where id_hash = $1', hashOf(bearer)]],
    [
      'token has ended',
      (bearer) => [`update oidc_entities set expires_at = '2026-01-02' where id_hash = $1`, hashOf(bearer)],
    ],
    ['session is gone', ({ sessionId }) => ['delete from device_sessions where id = $1', sessionId]],
    [
      'session has ended',
      ({ sessionId }) => [`update device_sessions set expires_at = '2026-01-02' where id = $1`, sessionId],
    ],
    ['account is disabled', ({ userId }) => ['update users set disabled_at = now() where id = $1', userId]],
  ];
  it.each(ended)('is asked about, and refused, where its %s', async (_what, end) => {
    const [first = '', second = ''] = await signedIn(2);
    const { access, bearers } = await idle([first, second]);
    const [gone, kept] = bearers;
    if (gone === undefined) throw new Error('not signed in');
    const [statement, value] = end(gone);
    await database.pool.query(statement, [value]);
    await access.renew(bearers);
    const answer = access.verify(first);
    expect(answer).toBeInstanceOf(Promise);
    expect(await answer).toBeNull();
    expect(access.verify(second)).toBe(kept);
  });

  it('costs no statement where its token ended while it was idle, and is refused', async () => {
    const headers = await signedIn(1);
    let statements = 0;
    const counting = database.db.withPlugin({
      transformQuery: ({ node }) => {
        statements += 1;
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const { access, bearers, pass } = await idle(headers, counting);
    pass(600_000);
    const before = statements;
    await access.renew(bearers);
    expect(statements).toBe(before);
    expect(await access.verify(headers[0])).toBeNull();
  });

  it('is asked about where it may have been signed out while it was looked at', async () => {
    const headers = await signedIn(1);
    const { access, bearers, announce } = await idle(headers);
    const looking = access.renew(bearers);
    announce({ channel: 'mooring_access', payload: bearers[0]?.userId ?? '' });
    await looking;
    const answer = access.verify(headers[0]);
    expect(answer).toBeInstanceOf(Promise);
    expect((await answer)?.userId).toBe(bearers[0]?.userId);
  });

  it('is asked about where the database did not answer', async () => {
    const headers = await signedIn(1);
    let away = false;
    const db = database.db.withPlugin({
      transformQuery: ({ node }) => {
        if (away) throw new Error('the database is away');
        return node;
      },
      transformResult: async ({ result }) => result,
    });
    const { access, bearers } = await idle(headers, db);
    away = true;
    await access.renew(bearers);
    const answer = access.verify(headers[0]);
    expect(answer).toBeInstanceOf(Promise);
    await expect(answer).rejects.toThrow('the database is away');
  });
});
