import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AGENT_CLIENT_ID } from '../../shared/contracts/agent-api.ts';
import { sweepExpired } from './device-sessions.ts';
import { createAccount, hubForFile, signInDesktop, startTestHub, type TestAccount } from './test-hub.ts';

const { database, hub } = hubForFile();
let account: TestAccount;

beforeAll(async () => {
  account = await createAccount(database, 'ada@example.com');
});
afterEach(() => {
  vi.useRealTimers();
});

/** Only the time of day moves: sockets and the database keep their own. */
function passSeconds(seconds: number): void {
  if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + seconds * 1000);
}

interface Answer {
  readonly status: number;
  readonly access_token: string;
  readonly refresh_token: string;
  readonly error?: string;
}

async function refresh(refreshToken: string, url = hub.url): Promise<Answer> {
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: AGENT_CLIENT_ID,
      grant_type: 'refresh_token',
      refresh_token: refreshToken,
    }),
  });
  return { status: response.status, ...((await response.json()) as Omit<Answer, 'status'>) };
}

/** A device's first refresh token. */
async function signIn(): Promise<string> {
  const { tokens } = await signInDesktop(hub, 'ada@example.com');
  return tokens.refresh_token ?? '';
}

/** Whether an access token still opens anything. */
async function works(accessToken: string): Promise<boolean> {
  const response = await fetch(`${hub.url}/v1/agent/account`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return response.status === 200;
}

describe('rotation of refresh tokens', () => {
  it('gives a new one each time', async () => {
    let token = await signIn();
    const seen = new Set([token]);
    for (let round = 0; round < 5; round += 1) {
      const answer = await refresh(token);
      expect(answer.status).toBe(200);
      token = answer.refresh_token;
      seen.add(token);
    }
    expect(seen.size).toBe(6);
  });

  it('a lost answer signs nobody out: the predecessor is accepted again and its unused successor replaced', async () => {
    const first = await signIn();
    const lost = await refresh(first);
    passSeconds(59);
    const again = await refresh(first);
    expect(again.status).toBe(200);
    expect(again.refresh_token).not.toBe(lost.refresh_token);
    // The replaced one is dead, and trying it ends nothing.
    expect(await refresh(lost.refresh_token)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect((await refresh(again.refresh_token)).status).toBe(200);
  });

  it('the answer may be lost several times', async () => {
    const first = await signIn();
    for (let round = 0; round < 4; round += 1) expect((await refresh(first)).status).toBe(200);
    const last = await refresh(first);
    expect((await refresh(last.refresh_token)).status).toBe(200);
  });

  it('the grace counts from the first use and is not prolonged', async () => {
    const first = await signIn();
    await refresh(first);
    passSeconds(40);
    expect((await refresh(first)).status).toBe(200);
    passSeconds(21);
    expect(await refresh(first)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it('a replay after the grace ends this device and no other', async () => {
    const first = await signIn();
    const other = await signIn();
    const successor = await refresh(first);
    passSeconds(60);
    expect(await refresh(first)).toMatchObject({ error: 'invalid_grant' });
    expect(await refresh(successor.refresh_token)).toMatchObject({ error: 'invalid_grant' });
    expect(await works(successor.access_token)).toBe(false);
    const untouched = await refresh(other);
    expect(untouched.status).toBe(200);
    expect(await works(untouched.access_token)).toBe(true);
  });

  it('a replay after the successor was used ends this device and no other, within the minute too', async () => {
    const first = await signIn();
    const other = await signIn();
    const second = await refresh(first);
    const third = await refresh(second.refresh_token);
    expect(third.status).toBe(200);
    expect(await refresh(first)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await refresh(third.refresh_token)).toMatchObject({ error: 'invalid_grant' });
    expect(await works(third.access_token)).toBe(false);
    expect((await refresh(other)).status).toBe(200);
  });

  it('a replay of a much older token ends the device as well', async () => {
    const first = await signIn();
    let token = first;
    for (let round = 0; round < 4; round += 1) token = (await refresh(token)).refresh_token;
    expect(await refresh(first)).toMatchObject({ error: 'invalid_grant' });
    expect(await refresh(token)).toMatchObject({ error: 'invalid_grant' });
  });

  it('refreshes at the same time are all answered, and one line goes on', async () => {
    const first = await signIn();
    const answers = await Promise.all(Array.from({ length: 10 }, () => refresh(first)));
    expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
    const next = await Promise.all(answers.map((answer) => refresh(answer.refresh_token)));
    const going = next.filter((answer) => answer.status === 200);
    expect(going).toHaveLength(1);
    expect((await refresh(going[0]?.refresh_token ?? '')).status).toBe(200);
  });

  it('two processes of the hub agree', async () => {
    const second = await startTestHub(database, { publicUrl: hub.url });
    try {
      const first = await signIn();
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => refresh(first, index % 2 === 0 ? hub.url : second.url)),
      );
      expect(answers.map((answer) => answer.status)).toEqual(answers.map(() => 200));
      const next = await Promise.all(
        answers.map((answer, index) => refresh(answer.refresh_token, index % 2 === 0 ? second.url : hub.url)),
      );
      expect(next.filter((answer) => answer.status === 200)).toHaveLength(1);
    } finally {
      await second.stop();
    }
  });

  it('a session ends 30 days after its last use, and 90 days after sign-in whatever is used', async () => {
    let token = await signIn();
    const idle = await signIn();
    const day = 86_400;
    passSeconds(29 * day);
    token = (await refresh(token)).refresh_token;
    passSeconds(day + 60);
    expect(await refresh(idle)).toMatchObject({ error: 'invalid_grant' });
    // The last time an hour before the 90 days are over.
    for (const days of [27, 29, 4 - 1 / 24]) {
      passSeconds(days * day);
      const answer = await refresh(token);
      expect(answer.status).toBe(200);
      token = answer.refresh_token;
    }
    passSeconds(3600);
    expect(await refresh(token)).toMatchObject({ error: 'invalid_grant' });
  });

  it('a disabled account gets no new tokens, and its access token stops at once', async () => {
    const first = await signIn();
    const answer = await refresh(first);
    expect(await works(answer.access_token)).toBe(true);
    await database.db
      .updateTable('users')
      .set({ disabled_at: new Date() })
      .where('id', '=', account.id)
      .execute();
    try {
      await expect.poll(() => works(answer.access_token)).toBe(false);
      expect(await refresh(answer.refresh_token)).toMatchObject({ error: 'invalid_grant' });
    } finally {
      await database.db
        .updateTable('users')
        .set({ disabled_at: null })
        .where('id', '=', account.id)
        .execute();
    }
  });

  it('the sweep removes what ended and leaves living sessions alone', async () => {
    await database.pool.query('delete from device_sessions');
    const living = await signIn();
    await signIn();
    passSeconds(29 * 86_400);
    const answer = await refresh(living);
    passSeconds(2 * 86_400);
    await sweepExpired({ db: database.db, now: () => new Date() });
    const { rows } = await database.pool.query('select count(*)::int as n from device_sessions');
    expect(rows).toEqual([{ n: 1 }]);
    expect((await refresh(answer.refresh_token)).status).toBe(200);
  });
});
