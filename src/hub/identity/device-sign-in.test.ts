import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { AGENT_CLIENT_ID, AGENT_SCOPES } from '../../shared/contracts/agent-api.ts';
import { updateConnection } from '../connections/connection-service.ts';
import { endSignIns } from '../organizations/end-sign-ins.ts';
import { removeMember } from '../organizations/member-service.ts';
import { startTestScim } from '../scim/test-scim.ts';
import { createScimToken } from '../scim/tokens.ts';
import { createTestSso, verifyDomain } from '../sso/test-sso-hub.ts';
import { DEVICE_CODES } from './attempts.ts';
import { createBrowser, type Visited } from './test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  hubForFile,
  OPERATOR,
  PASSWORD,
  startTestHub,
  type TestAccount,
} from './test-hub.ts';
import { letTestsHold, meetingAt } from './test-meeting.ts';

const { database, hub } = hubForFile();

beforeAll(async () => {
  await letTestsHold(database);
  await createAccount(database, 'ada@example.com');
});
afterEach(() => {
  vi.useRealTimers();
});

/** Only the time of day moves: sockets and the database keep their own. */
function passSeconds(seconds: number): void {
  if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(Date.now() + seconds * 1000);
}

interface Asked {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
  readonly interval: number;
}

async function ask(extra: Readonly<Record<string, string>> = {}): Promise<Asked> {
  const response = await fetch(`${hub.url}/oauth/device`, {
    method: 'POST',
    headers: { 'user-agent': 'mooring-agent/1.2.3 (linux)' },
    body: new URLSearchParams({ client_id: AGENT_CLIENT_ID, scope: AGENT_SCOPES, ...extra }),
  });
  expect(response.status).toBe(200);
  return (await response.json()) as Asked;
}

async function poll(deviceCode: string): Promise<Record<string, unknown>> {
  const response = await fetch(`${hub.url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      client_id: AGENT_CLIENT_ID,
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: deviceCode,
    }),
  });
  return { status: response.status, ...((await response.json()) as object) };
}

/** From the confirmation page on: signs in where asked to. */
async function allow(
  confirm: Visited,
  browser: ReturnType<typeof createBrowser>,
  email = 'ada@example.com',
): Promise<Visited> {
  const form = { confirm: 'yes' };
  const page = await browser.submit(confirm, form, ({ fields }) => 'user_code' in fields);
  const typed = await browser.submit(page, { email });
  return browser.submit(typed, { password: PASSWORD });
}

describe('device grant', () => {
  it('shows which device asks, signs it in when the person allows it, and says when to ask', async () => {
    const asked = await ask({ device_name: 'build-server-7' });
    expect(asked).toMatchObject({ interval: 5, verification_uri: `${hub.url}/device` });
    expect(asked.user_code).toMatch(/^[B-Z]{4}-[B-Z]{4}$/);
    expect(await poll(asked.device_code)).toMatchObject({ status: 400, error: 'authorization_pending' });

    const browser = createBrowser(hub.url);
    const entered = await browser.submit(await browser.get('/device'), {
      user_code: asked.user_code.toLowerCase().replace('-', ' '),
    });
    expect(entered.body).toContain('build-server-7');
    expect(entered.body).toContain('mooring-agent/1.2.3 (linux)');
    expect(entered.body).toContain('127.0.0.1');
    expect(entered.body).toContain(asked.user_code);
    const done = await allow(entered, browser);
    expect(done.body).toContain('The device is signed in');

    passSeconds(6);
    const tokens = await poll(asked.device_code);
    expect(tokens).toMatchObject({ status: 200, token_type: 'Bearer' });
    expect(tokens.refresh_token).toBeTypeOf('string');
    const { rows } = await database.pool.query(
      'select device_name, user_agent from device_sessions where device_name is not null',
    );
    expect(rows).toEqual([{ device_name: 'build-server-7', user_agent: 'mooring-agent/1.2.3 (linux)' }]);
    // A code is good once; a second use ends what the first gave (RFC 6749 section 4.1.2).
    expect(await poll(asked.device_code)).toMatchObject({ error: 'invalid_grant' });
  });

  it('fills the code of a complete address in, and sends nothing by itself', async () => {
    const asked = await ask();
    const page = await createBrowser(hub.url).get(asked.verification_uri_complete);
    expect(page.body).toContain(`value="${asked.user_code}"`);
    expect(page.body).not.toContain('<script');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('tells the device when the person refuses', async () => {
    const asked = await ask();
    const browser = createBrowser(hub.url);
    const entered = await browser.submit(await browser.get('/device'), { user_code: asked.user_code });
    const denied = await browser.submit(entered, { abort: 'yes' }, ({ fields }) => 'user_code' in fields);
    expect(denied.body).toContain('The device was not signed in');
    expect(await poll(asked.device_code)).toMatchObject({ error: 'access_denied' });
  });

  it('tells the device when the person cancels at the sign-in page', async () => {
    const asked = await ask();
    const browser = createBrowser(hub.url);
    const entered = await browser.submit(await browser.get('/device'), { user_code: asked.user_code });
    const page = await browser.submit(entered, { confirm: 'yes' }, ({ fields }) => 'user_code' in fields);
    await browser.submit(page, {}, ({ fields }) => fields.step === 'cancel');
    expect(await poll(asked.device_code)).toMatchObject({ error: 'access_denied' });
  });

  it('slows a device down that asks too often, further each time, and forgives the pace it was told', async () => {
    const asked = await ask();
    expect(await poll(asked.device_code)).toMatchObject({ error: 'authorization_pending' });
    passSeconds(1);
    expect(await poll(asked.device_code)).toMatchObject({ status: 400, error: 'slow_down' });
    passSeconds(6); // now ten are asked for
    expect(await poll(asked.device_code)).toMatchObject({ error: 'slow_down' });
    passSeconds(15);
    expect(await poll(asked.device_code)).toMatchObject({ error: 'authorization_pending' });
  });

  it('ends a code after ten minutes, for the device and for the person', async () => {
    const asked = await ask();
    passSeconds(601);
    expect(await poll(asked.device_code)).toMatchObject({ error: 'expired_token' });
    const browser = createBrowser(hub.url);
    const answer = await browser.submit(await browser.get('/device'), { user_code: asked.user_code });
    expect(answer.body).toContain('This code has expired');
    expect(answer.body).toContain('role="alert"');
  });

  it('says when a code does not exist, was used, or is missing', async () => {
    const browser = createBrowser(hub.url);
    const page = await browser.get('/device');
    expect((await browser.submit(page, { user_code: 'BBBB-BBBB' })).body).toContain('There is no such code');
    expect((await browser.submit(await browser.get('/device'), { user_code: '' })).body).toContain(
      'Enter the code that the device shows',
    );
    const asked = await ask();
    const entered = await browser.submit(await browser.get('/device'), { user_code: asked.user_code });
    await allow(entered, browser);
    expect(
      (await browser.submit(await browser.get('/device'), { user_code: asked.user_code })).body,
    ).toContain('was used already');
  });

  it('takes no code from a form that was not shown here', async () => {
    const asked = await ask();
    const answer = await createBrowser(hub.url).post('/device', {
      user_code: asked.user_code,
      confirm: 'yes',
      xsrf: '',
    });
    expect(answer.body).toContain('no longer valid');
    expect(await poll(asked.device_code)).toMatchObject({ error: 'authorization_pending' });
  });

  it('limits the codes tried from one address', async () => {
    expect(DEVICE_CODES).toMatchObject({ most: 100, windowSeconds: 10 * 60 });
    const browser = createBrowser(hub.url);
    const page = await browser.get('/device');
    await database.pool.query('delete from attempt_counters');
    await browser.submit(page, { user_code: 'BBBB-BBBB' });
    await database.pool.query('update attempt_counters set count = $1', [DEVICE_CODES.most]);
    const answer = await browser.post('/device', { user_code: 'BBBB-BBBB' });
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await database.pool.query('delete from attempt_counters');
  });
});

it('devices of one address ask for a thousand codes a minute, and for tokens without end', async () => {
  // A hub of its own: the others here share the address.
  const other = await startTestHub(database);
  try {
    const statuses = async (path: string) => {
      const seen = new Map<number, number>();
      for (let sent = 0; sent < 1020; sent += 20) {
        const one = () => fetch(`${other.url}${path}`, { method: 'POST', body: new URLSearchParams() });
        for (const answer of await Promise.all(Array.from({ length: 20 }, one))) {
          await answer.body?.cancel();
          seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
        }
      }
      return [...seen];
    };
    expect(await statuses('/oauth/token')).toEqual([[400, 1020]]);
    expect(await statuses('/oauth/device')).toEqual([
      [400, 1000],
      [429, 20],
    ]);
    const refused = await fetch(`${other.url}/oauth/device`, { method: 'POST' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    // Each address of the provider counts by itself.
    expect((await fetch(`${other.url}/oauth/authorize`, { redirect: 'manual' })).status).toBe(400);
  } finally {
    await other.stop();
  }
});

describe('a device whose person allowed it, and who is signed out before it asks', () => {
  let bea: TestAccount;
  let organizationId: string;
  let count = 0;
  beforeEach(async () => {
    count += 1;
    bea = await createAccount(database, `bea@unit${count}.example`);
    ({ id: organizationId } = await createTestOrganization(database, `unit${count}`, [bea]));
  });

  /** Allowed in the browser; the device has not asked since. */
  async function allowed(): Promise<string> {
    const asked = await ask();
    const browser = createBrowser(hub.url);
    const entered = await browser.submit(await browser.get('/device'), { user_code: asked.user_code });
    const done = await allow(entered, browser, bea.email);
    expect(done.body).toContain('The device is signed in');
    return asked.device_code;
  }
  async function left(): Promise<number> {
    const { rows } = await database.pool.query(
      `select (select count(*) from browser_sessions where user_id = $1 and ended_reason is null)
            + (select count(*) from device_sessions where user_id = $1) as live`,
      [bea.id],
    );
    return Number(rows[0].live);
  }
  const ends: Readonly<Record<string, () => Promise<unknown>>> = {
    'the member was removed': () => removeMember(database.db, OPERATOR, organizationId, bea.id),
    'an owner ended the sessions': () =>
      endSignIns(database.db, OPERATOR, { organizationId, userId: bea.id }, null),
    'the organization requires single sign-on now': async () => {
      const sso = await createTestSso(hub, database);
      await verifyDomain(database, sso.organizationId, bea.email.split('@')[1] ?? '');
      const place = { db: database.db, secret: hub.secret, publicUrl: hub.url };
      await updateConnection(place, OPERATOR, sso, { enforced: true });
    },
    'SCIM deactivated them': async () => {
      const { organizationId: id, connectionId } = await createTestSso(hub, database, { scim: true });
      const { rows } = await database.pool.query(
        `with was as (delete from memberships where user_id = $1),
              row as (insert into scim_users (connection_id, user_id, managed, user_name, active, resource,
                                              placement_organization_id, placement_role, created_at, updated_at)
                      values ($2, $1, true, $3, true, '{}', $4, 'member', now(), now()) returning id),
              now_by_scim as (insert into memberships (organization_id, user_id, role, origin, connection_id)
                              values ($4, $1, 'member', 'scim', $2))
         select id from row`,
        [bea.id, connectionId, bea.email, id],
      );
      const made = await createScimToken(database.db, OPERATOR, { organizationId: id, connectionId });
      const scim = await startTestScim({}, database);
      const off = { Operations: [{ op: 'Replace', path: 'active', value: 'False' }] };
      const tenant = { organizationId: id, connectionId, token: made?.secret ?? '' };
      expect((await scim.send(tenant, 'PATCH', `/Users/${rows[0].id}`, off)).status).toBe(200);
      await scim.app.close();
    },
  };

  it.each(Object.entries(ends))('gets nothing when %s', async (_name, end) => {
    const code = await allowed();
    await end();
    expect(await poll(code)).toMatchObject({ status: 400, error: 'invalid_grant' });
    expect(await left()).toBe(0);
  });

  it('gets nothing for a disabled account', async () => {
    const code = await allowed();
    await database.pool.query('update users set disabled_at = now() where id = $1', [bea.id]);
    expect(await poll(code)).toMatchObject({ status: 400, error: 'invalid_grant' });
  });

  it.each(['AccessToken', 'RefreshToken'])(
    'is left with nothing that works when its %s is just being written',
    async (model) => {
      const code = await allowed();
      const hold = { table: 'oidc_entities', when: `new.model = '${model}'` } as const;
      const tokens = await meetingAt(
        database,
        hold,
        () => poll(code),
        ends['an owner ended the sessions'] ?? (async () => {}),
      );
      expect(await left()).toBe(0);
      const refreshed = await fetch(`${hub.url}/oauth/token`, {
        method: 'POST',
        body: new URLSearchParams({
          client_id: AGENT_CLIENT_ID,
          grant_type: 'refresh_token',
          refresh_token: String(tokens.refresh_token ?? 'none'),
        }),
      });
      expect(await refreshed.json()).toMatchObject({ error: 'invalid_grant' });
      const account = await fetch(`${hub.url}/v1/agent/account`, {
        headers: { authorization: `Bearer ${String(tokens.access_token ?? 'none')}` },
      });
      expect(account.status).toBe(401);
    },
  );
});
