import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type HubProcess, runHubCommand, startHubProcess, temporaryDataDirectory } from './hub-process.ts';

/*
 * A real hub is killed without warning in the middle of what an identity provider sends, and in the middle of moves
 * and of work on many members. What it acknowledged has to be there afterwards, and nothing may be there by half.
 */
const data = temporaryDataDirectory();
const demoSchema = z.object({ organization: z.string(), emailDomain: z.string(), scimToken: z.string() });
const membersSchema = z.object({
  members: z.array(
    z.object({
      userId: z.string(),
      email: z.string(),
      origin: z.string(),
      teams: z.array(z.object({ name: z.string() })),
    }),
  ),
});
const userSchema = z.object({
  id: z.string(),
  userName: z.string(),
  active: z.boolean(),
  groups: z.array(z.object({ value: z.string() })).default([]),
});
const groupSchema = z.object({ members: z.array(z.object({ value: z.string() })) });
let hub: HubProcess;
let demo: z.infer<typeof demoSchema>;
let ownerToken = '';

beforeAll(async () => {
  hub = await startHubProcess(data.path, ['--demo']);
  demo = demoSchema.parse(hub.said);
  const made = await runHubCommand([
    ...['tokens', 'create', 'killer', '--organization', demo.organization, '--role', 'owner'],
    ...['--data', data.path, '--json'],
  ]);
  expect(made.stderr).toBe('');
  ownerToken = z.object({ secret: z.string() }).parse(JSON.parse(made.stdout)).secret;
}, 120_000);
afterAll(async () => {
  await hub?.end('SIGKILL');
  await data.remove();
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** `null`: the hub died before it answered. */
async function send(token: string, method: string, path: string, body?: unknown): Promise<Answer | null> {
  try {
    const answer = await fetch(`${hub.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch {
    return null;
  }
}
const scim = (method: string, path: string, body?: unknown) =>
  send(demo.scimToken, method, `/scim/v2${path}`, body);
const api = (method: string, path: string, body?: unknown) =>
  send(ownerToken, method, `/v1/orgs/${demo.organization}${path}`, body);

async function read<T>(schema: z.ZodType<T>, answer: Promise<Answer | null>, status = 200): Promise<T> {
  const got = await answer;
  expect(got?.status, JSON.stringify(got?.body)).toBe(status);
  return schema.parse(got?.body);
}

async function lookUp(userName: string) {
  const listed = await read(
    z.object({ Resources: z.array(userSchema) }),
    scim('GET', `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`),
  );
  expect(listed.Resources.length).toBeLessThanOrEqual(1);
  return listed.Resources[0];
}

async function memberOf(email: string) {
  const { members } = await read(membersSchema, api('GET', `/members?search=${encodeURIComponent(email)}`));
  return members.find((member) => member.email === email);
}

/** Kills the hub once `after` of the requests were answered, while the others are under way; starts it again. */
async function killedAmong(
  after: number,
  requests: readonly (() => Promise<Answer | null>)[],
): Promise<readonly (Answer | null)[]> {
  const dying = hub;
  let answered = 0;
  let ended: Promise<unknown> = Promise.resolve();
  const kill = () => {
    ended = dying.end('SIGKILL');
  };
  if (after === 0) setImmediate(kill);
  const answers = await Promise.all(
    requests.map(async (request) => {
      const answer = await request();
      answered += 1;
      if (answered === after) kill();
      return answer;
    }),
  );
  await ended;
  hub = await startHubProcess(data.path);
  return answers;
}

it('leaves no user, group or membership by half when it dies while a client provisions', async () => {
  const people = await Promise.all(
    Array.from({ length: 16 }, async (_, index) =>
      read(userSchema, scim('POST', '/Users', { userName: `base${index}@${demo.emailDomain}` }), 201),
    ),
  );
  const everyone = people.map(({ id }) => id).sort();
  const half = everyone.slice(0, 8);
  let torn = 0;
  for (let round = 0; round < 5; round += 1) {
    const label = `Killed ${round}`;
    const group = await read(
      z.object({ id: z.string() }),
      scim('POST', '/Groups', {
        displayName: `${demo.organization}:${label}`,
        members: half.map((value) => ({ value })),
      }),
      201,
    );
    const leaver = await read(
      userSchema,
      scim('POST', '/Users', { userName: `leaver${round}@${demo.emailDomain}` }),
      201,
    );
    const newcomers = Array.from({ length: 6 }, () => `${randomUUID()}@${demo.emailDomain}`);
    const patch = (...Operations: unknown[]) => scim('PATCH', `/Groups/${group.id}`, { Operations });
    const [all, removed, ...created] = await killedAmong(round, [
      () => patch({ op: 'add', path: 'members', value: everyone.map((value) => ({ value })) }),
      () => scim('DELETE', `/Users/${leaver.id}`),
      ...newcomers.map((userName) => () => scim('POST', '/Users', { userName })),
    ]);
    torn += [all, removed, ...created].filter((answer) => answer === null).length;

    // The group is as it was or as it was to be; whom it shows, their own pages and the team all say the same.
    const { members } = await read(groupSchema, scim('GET', `/Groups/${group.id}`));
    const shown = members.map(({ value }) => value).sort();
    expect(shown).toEqual(shown.length === half.length ? half : everyone);
    if (all !== null && all !== undefined) expect([all.status, shown.length]).toEqual([204, everyone.length]);
    for (const { id, userName } of people) {
      const user = await read(userSchema, scim('GET', `/Users/${id}`));
      const within = shown.includes(id);
      expect(user.groups.some(({ value }) => value === group.id)).toBe(within);
      const member = await memberOf(userName);
      expect(member?.teams.some(({ name }) => name === label)).toBe(within);
    }
    // A user without a membership, or a membership without its user, would be half a change.
    for (const [index, userName] of newcomers.entries()) {
      const user = await lookUp(userName);
      const member = await memberOf(userName);
      expect([user?.active, member?.origin]).toEqual(
        user === undefined ? [undefined, undefined] : [true, 'scim'],
      );
      if (created[index] !== null) expect(user).toBeDefined();
      // What got no answer is simply sent again.
      const again = await scim('POST', '/Users', { userName });
      expect(again?.status).toBe(user === undefined ? 201 : 409);
    }
    const left = await lookUp(leaver.userName);
    const leaving = await memberOf(leaver.userName);
    expect(leaving === undefined).toBe(left === undefined);
    if (removed !== null) expect(left).toBeUndefined();
  }
  expect(torn).toBeGreaterThan(5);
}, 240_000);

it('goes on with work on many members where it was, and does nothing twice', async () => {
  const emails = Array.from({ length: 60 }, (_, index) => `bulk${index}@${demo.emailDomain}`);
  for (const email of emails)
    await read(z.unknown(), api('POST', '/members', { email, role: 'member' }), 201);
  const { members } = await read(membersSchema, api('GET', '/members?search=bulk&limit=100'));
  const jobSchema = z.object({
    id: z.string(),
    finishedAt: z.string().nullable(),
    counts: z.object({ waiting: z.int(), done: z.int(), refused: z.int() }),
  });
  const job = await read(
    jobSchema,
    api('POST', '/member-jobs', { action: { kind: 'remove' }, userIds: members.map(({ userId }) => userId) }),
    201,
  );
  const progress = () => read(jobSchema, api('GET', `/member-jobs/${job.id}`));
  await expect
    .poll(async () => (await progress()).counts.done, { timeout: 20_000, interval: 5 })
    .toBeGreaterThan(0);
  await killedAmong(0, []);
  const found = await progress();
  expect(found.counts.done + found.counts.waiting).toBe(60);
  // The lease of the process that died has to run out first.
  await expect
    .poll(async () => (await progress()).finishedAt, { timeout: 90_000, interval: 500 })
    .not.toBeNull();
  expect((await progress()).counts).toEqual({ waiting: 0, done: 60, refused: 0 });
  const events = await read(
    z.object({ events: z.array(z.object({ target: z.object({ label: z.string() }) })) }),
    api('GET', '/audit?action=member.remove&limit=200'),
  );
  const removals = events.events
    .map(({ target }) => target.label)
    .filter((label) => label.startsWith('bulk'));
  expect(removals.sort()).toEqual([...emails].sort());
}, 180_000);
