import { expect } from 'vitest';
import { systemClock } from '../src/hub/clock.ts';
import { type RunningHub, startHub } from '../src/hub/hub.ts';
import { createBrowser } from '../src/hub/identity/test-browser.ts';
import {
  createAccount,
  createTestOrganization,
  OPERATOR,
  type TestAccount,
  typeCredentials,
} from '../src/hub/identity/test-hub.ts';
import { createLogger } from '../src/hub/logging.ts';
import { createApiToken } from '../src/hub/tokens/api-tokens.ts';
import { loginAnswerSchema } from '../src/shared/contracts/local-api.ts';
import type { RunningAgent } from './agent-at-hub.ts';
import { begunDataDirectory } from './hub-process.ts';

/** The hub itself, on a database of its own, with one organization: what agents of tests meet in earnest. */
export interface RealHub {
  readonly url: string;
  readonly db: RunningHub['database']['db'];
  /** Its data directory, for commands beside it. */
  readonly data: string;
  readonly acme: { readonly id: string; readonly name: string };
  readonly ada: TestAccount;
  readonly bob: TestAccount;
  /** A call of the HTTP API as an owner's program makes it, of an address within the organization. */
  owner(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }>;
  /** The text of an answer that is no JSON. */
  ownerText(path: string, method?: string, body?: unknown): Promise<string>;
  /** Signs an agent in through the hub's own pages, as a person does. */
  signIn(agent: RunningAgent, person: TestAccount): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it with the members ada@acme.example and bob@acme.example. */
export async function startRealHub(): Promise<RealHub> {
  const data = await begunDataDirectory();
  const log = createLogger({ level: 'silent' });
  const address = { host: '127.0.0.1', port: 0 };
  const hub = await startHub({ dataDirectory: data.path, ...address, log, clock: systemClock });
  const { database } = hub;
  const ada = await createAccount(database, 'ada@acme.example');
  const bob = await createAccount(database, 'bob@acme.example');
  const acme = await createTestOrganization(database, 'acme', [ada, bob]);
  const wanted = { name: 'tests', role: 'owner', days: 1 } as const;
  const { secret } = await createApiToken(database.db, OPERATOR, acme.id, wanted);
  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${hub.publicUrl}/v1/orgs/${acme.name}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${secret}`,
        'if-match': '*',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    ...{ url: hub.publicUrl, data: data.path, db: database.db, acme, ada, bob },
    owner: async (method, path, body) => {
      const answer = await call(method, path, body);
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
    },
    ownerText: async (path, method = 'GET', body = undefined) => {
      const answer = await call(method, path, body);
      expect(answer.status).toBe(200);
      return answer.text();
    },
    signIn: (agent, person) => signInAt(hub.publicUrl, agent, person.email),
    stop: async () => {
      await hub.stop();
      await data.remove();
    },
  };
}

/** Signs an agent in through the pages of the hub that answers there; without a password with that of test accounts. */
export async function signInAt(
  url: string,
  agent: Pick<RunningAgent, 'ask'>,
  email: string,
  password?: string,
): Promise<void> {
  const begun = await agent.ask('POST', '/v1/account/login', { hub: url, openBrowser: false });
  const login = loginAnswerSchema.parse(begun.body);
  const browser = createBrowser(url);
  await typeCredentials(browser, login.url, email, password);
  const back = browser.left();
  if (back === undefined) throw new Error('the browser was not sent back to the agent');
  expect((await fetch(back)).status).toBe(200);
  const ended = await agent.ask('GET', `/v1/account/login/${login.id}?wait=10000`);
  expect(loginAnswerSchema.parse(ended.body)).toMatchObject({ state: 'done' });
}
