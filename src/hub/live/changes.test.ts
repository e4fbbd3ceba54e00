import { EventSourceParserStream } from 'eventsource-parser/stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CHANGE_EVENT, changeSchema } from '../../shared/contracts/hub-changes.ts';
import { systemClock } from '../clock.ts';
import { type AnnouncementListener, listenForAnnouncements } from '../database/announcements.ts';
import { databaseForFile } from '../database/test-database.ts';
import { createBrowserSessions } from '../identity/browser-sessions.ts';
import { createAccount, createTestOrganization, OPERATOR } from '../identity/test-hub.ts';
import { createLogger } from '../logging.ts';
import { addMember, changeRole, removeMember } from '../organizations/member-service.ts';
import { updateOrganization } from '../organizations/organization-service.ts';
import { acceptReport } from '../reports/report-service.ts';
import { sampleReport } from '../reports/test-report.ts';
import { createHubSecret } from '../secrets/hub-secret.ts';
import { buildServer, type HubServer } from '../server.ts';
import { authenticateByApiToken, createApiToken, revokeApiToken } from '../tokens/api-tokens.ts';
import { changeRoutes } from './change-routes.ts';
import { createRecentChanges } from './recent-changes.ts';

const SECRET = createHubSecret('a secret for tests, thirty-two characters and more');
type Role = 'member' | 'editor' | 'owner';
const database = databaseForFile();
let announcements: AnnouncementListener;
let app: HubServer;
let url: string;
let acme: { readonly id: string };
let globex: { readonly id: string };
let ada: { readonly id: string; readonly email: string };
const open: AbortController[] = [];

beforeAll(async () => {
  const { db } = database;
  announcements = listenForAnnouncements({ target: database.target });
  await new Promise<void>((done) =>
    announcements.subscribe(({ channel }) => channel === 'connected' && done()),
  );
  app = await buildServer({
    db,
    config: { publicUrl: 'http://127.0.0.1', trustProxy: [], version: '0' },
    log: createLogger({ level: 'silent', destination: { write: () => undefined } }),
    clock: systemClock,
    announcements,
    authenticators: [
      authenticateByApiToken({ db, clock: systemClock }),
      createBrowserSessions({ db, secret: SECRET, now: () => new Date() }, { publicUrl: 'http://127.0.0.1' })
        .authenticate,
    ],
    // Without what changed before: each test hears only what it does itself.
    plugins: [(server, context) => changeRoutes(server, context, createRecentChanges({ keepMs: -1 }))],
  });
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  ada = await createAccount(database, 'ada@acme.example');
  acme = await createTestOrganization(database, 'acme', [ada]);
  globex = await createTestOrganization(database, 'globex', []);
});
afterEach(() => {
  for (const each of open.splice(0)) each.abort();
});
afterAll(async () => {
  const closed = app?.close();
  // Whoever listens never hangs up, and a connection that falls idle only now would be waited for until it times out.
  app?.server.closeAllConnections();
  await closed;
  await announcements?.stop();
});

/** Listens as an API token of that role, in acme unless another organization is named. */
async function listen(role: Role, name: 'acme' | 'globex' = 'acme') {
  const { id } = name === 'acme' ? acme : globex;
  const made = await createApiToken(database.db, OPERATOR, id, { name: role, role, days: 1 });
  return { token: made.token, ...(await stream({ authorization: `Bearer ${made.secret}` }, name)) };
}

/** Listens as the page of a person who is signed in in a browser. */
async function listenInBrowser(userId: string) {
  const id = crypto.randomUUID();
  const row = SECRET.digest('browser-session', id);
  await database.db
    .insertInto('browser_sessions')
    .values({
      id_hash: row,
      user_id: userId,
      created_at: new Date(),
      proved_at: new Date(),
      expires_at: new Date(Date.now() + 3_600_000),
    })
    .execute();
  return {
    ...(await stream({ cookie: `mooring_session=${id}` })),
    /** As its own page does it. */
    signOut: () => database.db.deleteFrom('browser_sessions').where('id_hash', '=', row).execute(),
    /** As somebody else does it: the row stays, to say why. */
    end: () =>
      database.db
        .updateTable('browser_sessions')
        .set({ ended_reason: 'password_changed' })
        .where('id_hash', '=', row)
        .execute(),
  };
}

async function stream(headers: Readonly<Record<string, string>>, organization = 'acme') {
  const stopping = new AbortController();
  open.push(stopping);
  const response = await fetch(`${url}/v1/orgs/${organization}/changes`, {
    headers,
    signal: stopping.signal,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const events = response.body
    ?.pipeThrough(new TextDecoderStream())
    .pipeThrough(new EventSourceParserStream())
    .getReader();
  const next = async (): Promise<readonly string[] | null> => {
    const read = await events?.read();
    if (read === undefined || read.done || read.value.event !== CHANGE_EVENT) return null;
    return changeSchema.parse(JSON.parse(read.value.data)).topics;
  };
  return {
    next,
    /** Everything that is told until this topic is, event by event. */
    until: async (topic: string): Promise<readonly (readonly string[])[]> => {
      const heard: (readonly string[])[] = [];
      while (heard.at(-1)?.includes(topic) !== true) {
        const topics = await next();
        if (topics === null) throw new Error(`the stream ended before ${topic}`);
        heard.push(topics);
      }
      return heard;
    },
  };
}

/** Announces many kinds at once, as a change of another process would. */
async function announce(organization: string, ...topics: readonly string[]): Promise<void> {
  await database.pool.query(
    `select pg_notify('mooring_changes', json_build_object('organization', $1::text, 'topic', topic)::text)
       from unnest($2::text[]) topic`,
    [organization, topics],
  );
}

const addPerson = (name: string) =>
  addMember(
    database.db,
    OPERATOR,
    { organizationId: acme.id, publicUrl: url },
    { email: `${name}@acme.example`, role: 'owner' },
  );
const rename = (displayName: string) => updateOrganization(database.db, OPERATOR, acme.id, { displayName });
const report = () =>
  acceptReport(
    database.db,
    OPERATOR,
    { organizationId: acme.id, userId: ada.id, email: ada.email },
    { ...sampleReport(), reportId: crypto.randomUUID() },
  );

describe('the stream of changes', () => {
  it('tells what kind of thing changed in this organization and in no other', async () => {
    // Somebody listens in both, or nothing of the other would be told to anybody.
    const owner = await listen('owner');
    const other = await listen('owner', 'globex');
    await announce(globex.id, 'scim');
    expect((await other.until('scim')).flat()).not.toContain('organization');
    await rename('First');
    expect((await owner.until('organization')).flat()).not.toContain('scim');
    await announce(globex.id, 'policy');
    expect((await other.until('policy')).flat()).not.toContain('organization');
  });

  it('tells an editor of reports of devices, which nobody audits, and nothing of tokens', async () => {
    const editor = await listen('editor');
    await createApiToken(database.db, OPERATOR, acme.id, { name: 'more', role: 'member', days: 1 });
    await report();
    expect((await editor.until('device')).flat()).not.toContain('token');
  });

  it('tells a member only of what may change their own settings', async () => {
    const member = await listen('member');
    await report();
    await announce(acme.id, 'something-new');
    await rename('Second');
    expect((await member.until('organization')).flat()).toEqual(['organization']);
  });

  it('gathers a storm into few events', async () => {
    const owner = await listen('owner');
    await announce(acme.id, ...Array.from({ length: 500 }, (_, index) => `kind-${index}`), 'last');
    const events = await owner.until('last');
    expect(events.flat().length).toBeGreaterThan(500);
    expect(events.length).toBeLessThan(20);
  });

  it('ends when the token is revoked, and tells it nothing any more', async () => {
    const owner = await listen('owner');
    await revokeApiToken(database.db, OPERATOR, acme.id, owner.token.id);
    // What was announced before may still come; what follows the revocation is the end.
    let heard = await owner.next();
    while (heard !== null) heard = await owner.next();
    await rename('After the end');
    expect(await owner.next()).toBeNull();
  });

  it('tells a page no more than the role that its person has by now', async () => {
    await addPerson('another-owner');
    const { member } = await addPerson('grace');
    const page = await listenInBrowser(member.userId);
    await createApiToken(database.db, OPERATOR, acme.id, { name: 'heard', role: 'member', days: 1 });
    expect((await page.until('token')).flat()).toContain('token');
    await changeRole(database.db, OPERATOR, acme.id, { userId: member.userId, role: 'member' });
    await page.until('member');
    await createApiToken(database.db, OPERATOR, acme.id, { name: 'unheard', role: 'member', days: 1 });
    await report();
    await rename('For members too');
    expect((await page.until('organization')).flat()).toEqual(['organization']);
  });

  it('ends at once when its person is removed, or the session ends, and other pages go on', async () => {
    const { member } = await addPerson('linus');
    const [left, ended, others, removed] = await Promise.all([
      listenInBrowser(ada.id),
      listenInBrowser(ada.id),
      listenInBrowser(ada.id),
      listenInBrowser(member.userId),
    ]);
    await left.signOut();
    await ended.end();
    await removeMember(database.db, OPERATOR, acme.id, member.userId);
    for (const page of [left, ended, removed]) {
      let heard = await page.next();
      while (heard !== null) heard = await page.next();
    }
    await rename('Still heard');
    expect((await others.until('organization')).flat()).toContain('organization');
  });

  it('lets nobody listen elsewhere', async () => {
    const made = await createApiToken(database.db, OPERATOR, acme.id, { name: 'x', role: 'owner', days: 1 });
    const ask = (organization: string, bearer: string) =>
      fetch(`${url}/v1/orgs/${organization}/changes`, { headers: { authorization: `Bearer ${bearer}` } });
    expect((await ask('globex', made.secret)).status).toBe(404);
    expect((await ask('acme', 'nonsense')).status).toBe(401);
  });
});
