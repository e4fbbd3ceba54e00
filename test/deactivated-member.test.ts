import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createAccount, OPERATOR, type TestAccount } from '../src/hub/identity/test-hub.ts';
import { createScimToken } from '../src/hub/scim/tokens.ts';
import { policySchema } from '../src/shared/contracts/hub-api.ts';
import { deviceListSchema } from '../src/shared/contracts/hub-devices.ts';
import { SESSION_ENDED } from '../src/shared/text/session-ends.ts';
import { type Machine, makeMachine, type RunningAgent } from './agent-at-hub.ts';
import { type RealHub, startRealHub } from './real-hub.ts';

/*
 * The directory of an organization deactivates somebody whose desktop is running: the session ends within seconds and
 * nobody asks for it; the policy stays in force, locked, over restarts; the person is told why and what to do.
 */
const LIGHT = { configurationFileVersion: 2, theme: { locked: true, value: 'light' } };

let hub: RealHub;
let machine: Machine;
let token = '';
/** The directory's: no member until it says so. */
let carol: TestAccount;

beforeAll(async () => {
  [hub, machine] = await Promise.all([startRealHub(), makeMachine()]);
  carol = await createAccount(hub, 'carol@acme.example');
  const made = await hub.owner('POST', '/policies', { name: 'Everyone', document: LIGHT });
  await hub.owner('PUT', '/default-policy', { policyId: policySchema.parse(made.body).id });
  const organization_id = hub.acme.id;
  const domain = { organization_id, name: 'acme.example', challenge: 'x', verified_at: new Date() };
  await hub.db.insertInto('domains').values(domain).execute();
  const { id: connectionId } = await hub.db
    .insertInto('connections')
    .values({ organization_id, name: 'directory', kind: 'saml' })
    .returning('id')
    .executeTakeFirstOrThrow();
  const wanted = { organizationId: organization_id, connectionId };
  token = (await createScimToken(hub.db, OPERATOR, wanted))?.secret ?? '';
});
afterAll(async () => {
  await machine?.end();
  await hub?.stop();
});

async function scim(method: string, path: string, body: unknown): Promise<{ readonly id: string }> {
  const answer = await fetch(`${hub.url}/scim/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/scim+json' },
    body: JSON.stringify(body),
  });
  const answered: unknown = await answer.json();
  expect(answered).toHaveProperty('id');
  return z.object({ id: z.string() }).parse(answered);
}

const setActive = (id: string, value: boolean) =>
  scim('PATCH', `/Users/${id}`, { Operations: [{ op: 'replace', path: 'active', value }] });

/** What a person on this machine has and is told, once the session is over. */
async function hasEnded(agent: RunningAgent): Promise<void> {
  const { account, policy, frozen } = await agent.status();
  expect({ account, policy, frozen }).toMatchObject({
    account: {
      state: 'sign-in-again',
      sessionEnd: 'account_deactivated',
      account: { email: 'carol@acme.example' },
    },
    policy: { name: 'Everyone' },
    frozen: null,
  });
  expect(await agent.store()).toMatchObject({ ThemeSource: 'light' });
  expect((await agent.ask('PATCH', '/v1/settings', { set: { theme: 'dark' } })).status).toBe(423);
  expect(await agent.setting('theme')).toMatchObject({ locked: true, value: 'light' });
  const { error } = await agent.sync();
  expect(error).toMatchObject({ code: 'sign_in_required', message: SESSION_ENDED.account_deactivated.what });
}

describe('somebody whom the directory deactivates', () => {
  it('loses the session within seconds, keeps the policy, is told why, and is let in again when active', async () => {
    const agent = await machine.launch();
    const { id } = await scim('POST', '/Users', { userName: 'carol@acme.example' });
    // What let in before was revoked with that; here a new password stands for the sign-in of the directory.
    await createAccount(hub, carol.email);
    await hub.signIn(agent, carol);
    await expect.poll(async () => (await agent.status()).sync.push).toBe('connected');
    await expect.poll(async () => (await agent.store()).ThemeSource).toBe('light');

    await setActive(id, false);
    // Nobody asks for it, and no poll is due: the clock stands still but for what a reconnecting stream waits.
    await expect
      .poll(async () => {
        machine.time.advance(100);
        return (await agent.status()).account.state;
      })
      .toBe('sign-in-again');
    await hasEnded(agent);
    await agent.stop();
    const next = await machine.launch();
    await hasEnded(next);

    // The device's rows are the organization's to see; the account is no member any more.
    const { devices } = deviceListSchema.parse((await hub.owner('GET', '/devices')).body);
    expect(devices.filter(({ user }) => user.email === 'carol@acme.example')).toEqual([]);
    await setActive(id, true);
  });
});
