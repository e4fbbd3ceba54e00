import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT_SCOPES } from '../../shared/contracts/agent-api.ts';
import { startTestDatabase } from '../database/test-database.ts';
import { createBrowser } from './test-browser.ts';
import {
  createAccount,
  discover,
  signInDesktop,
  startSignIn,
  startTestHub,
  type TestHub,
  typeCredentials,
} from './test-hub.ts';

let database: Awaited<ReturnType<typeof startTestDatabase>>;
let hub: TestHub;

beforeAll(async () => {
  database = await startTestDatabase();
  hub = await startTestHub(database);
  await createAccount(database, 'ada@example.com');
});
afterAll(async () => {
  await hub?.stop();
  await database?.stop();
});

describe('authorization code with PKCE', () => {
  it('signs a desktop in through the pages', async () => {
    const { config, tokens } = await signInDesktop(hub, 'ada@example.com');
    expect(tokens.scope?.split(' ').sort()).toEqual(AGENT_SCOPES.split(' ').sort());
    expect(tokens.expires_in).toBe(600);
    const claims = tokens.claims();
    expect(claims?.iss).toBe(hub.url);
    const info = await client.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '');
    expect(info).toMatchObject({ email: 'ada@example.com', name: 'Name of ada@example.com' });
    expect(tokens.refresh_token).toBeTypeOf('string');
  });
});
