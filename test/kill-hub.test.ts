import { afterAll, expect, it } from 'vitest';
import { z } from 'zod';
import { type HubProcess, runHubCommand, startHubProcess, temporaryDataDirectory } from './hub-process.ts';

/*
 * A real hub is killed without warning, again and again, while an administrator saves policies as fast as it
 * answers. What it acknowledged has to be there afterwards, and what is there has to be whole.
 */
/** Fifty take more than a minute of a run of everything: `MOORING_TEST_KILLS=50 npm test -- test/kill-hub.test.ts`. */
const KILLS = Number(process.env.MOORING_TEST_KILLS ?? 20);
const data = temporaryDataDirectory();
let hub: HubProcess | undefined;

afterAll(async () => {
  await hub?.end('SIGKILL');
  await data.remove();
});

const policySchema = z.object({
  id: z.string(),
  revision: z.int(),
  version: z.int(),
  document: z.record(z.string(), z.unknown()),
  text: z.string(),
});
type Policy = z.infer<typeof policySchema>;

/** The number that each saved document carries, in a setting that takes any. */
function documentOf(number: number) {
  return { configurationFileVersion: 2, memoryMiB: { locked: true, value: 1000 + number } };
}

async function send(method: string, path: string, token: string, body?: unknown): Promise<Response> {
  return fetch(`${hub?.url}/v1/orgs/acme/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      'if-match': '*',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  });
}

async function readPolicy(id: string, token: string): Promise<Policy> {
  const answer = await send('GET', `policies/${id}`, token);
  expect(answer.status).toBe(200);
  return policySchema.parse(await answer.json());
}

/** Saves until the hub dies; answers the last number that was acknowledged and the last that was sent. */
async function saveUntilKilled(id: string, token: string, from: number, kill: () => void, after: number) {
  let acknowledged = from;
  for (let number = from + 1; ; number += 1) {
    const saving = send('PATCH', `policies/${id}`, token, { document: documentOf(number) });
    // The kill comes while this change is somewhere between the socket and the disk.
    if (number === from + after) kill();
    try {
      const answer = await saving;
      await answer.arrayBuffer();
      if (answer.status !== 200) return { acknowledged, sent: number };
      acknowledged = number;
    } catch {
      return { acknowledged, sent: number };
    }
  }
}

it(`loses nothing it acknowledged, and tears nothing, over ${KILLS} kills`, async () => {
  const token = await prepare();
  hub = await startHubProcess(data.path);
  const made = await send('POST', 'policies', token, { name: 'Killed', document: documentOf(0) });
  expect(made.status).toBe(201);
  const { id } = policySchema.parse(await made.json());
  await send('PUT', 'default-policy', token, { policyId: id });
  let last = 0;
  let seq = 0;
  let acknowledgedInAll = 0;
  for (let kill = 1; kill <= KILLS; kill += 1) {
    const dying = hub;
    let ended: Promise<unknown> = Promise.resolve();
    const { acknowledged, sent } = await saveUntilKilled(
      id,
      token,
      last,
      () => {
        ended = dying.end('SIGKILL');
      },
      2 + (kill % 5),
    );
    await ended;
    acknowledgedInAll += acknowledged - last;
    hub = await startHubProcess(data.path);
    const policy = await readPolicy(id, token);
    const present = numberIn(policy);
    // Everything acknowledged is there; what was only sent may or may not be; nothing else is.
    expect(present).toBeGreaterThanOrEqual(acknowledged);
    expect(present).toBeLessThanOrEqual(sent);
    seq = await expectWhole(policy, token, seq);
    last = present;
  }
  expect(acknowledgedInAll).toBeGreaterThan(KILLS);
  expect(await hub.end('SIGTERM')).toBe(0);
  hub = undefined;
}, 600_000);

/** Document, text, revision, history, audit log and sequence number speak of the same change. */
async function expectWhole(policy: Policy, token: string, seqBefore: number): Promise<number> {
  expect(JSON.parse(policy.text)).toEqual(policy.document);
  expect(policy.document).toEqual(documentOf(numberIn(policy)));
  const history = z
    .object({ revisions: z.array(z.object({ revision: z.int(), current: z.boolean() })) })
    .parse(await (await send('GET', `policies/${policy.id}/revisions`, token)).json());
  const numbers = history.revisions.map(({ revision }) => revision);
  expect(numbers).toEqual(Array.from({ length: policy.revision }, (_, index) => policy.revision - index));
  expect(history.revisions.filter(({ current }) => current)).toEqual([
    { revision: policy.revision, current: true },
  ]);
  const audit = z
    .object({ events: z.array(z.object({ after: z.object({ revision: z.int() }).nullable() })) })
    .parse(await (await send('GET', `audit?limit=1&action=policy.update`, token)).json());
  expect(audit.events[0]?.after?.revision).toBe(policy.revision);
  const members = z
    .object({ members: z.array(z.object({ userId: z.string() })) })
    .parse(await (await send('GET', 'members', token)).json());
  const userId = members.members[0]?.userId ?? '';
  const effective = z
    .object({ seq: z.int(), settings: z.record(z.string(), z.object({ value: z.unknown() })) })
    .parse(await (await send('GET', `members/${userId}/effective-policy?platform=mac`, token)).json());
  expect(effective.settings.memoryMiB?.value).toBe(1000 + numberIn(policy));
  expect(effective.seq).toBeGreaterThan(seqBefore);
  return effective.seq;
}

function numberIn(policy: Policy): number {
  return z.object({ memoryMiB: z.object({ value: z.int() }) }).parse(policy.document).memoryMiB.value - 1000;
}

/** An organization with one member, and a token of an owner's rights; by the commands that operators use. */
async function prepare(): Promise<string> {
  const common = ['--data', data.path, '--json'];
  const made = await runHubCommand(['init', '--organization', 'acme', ...common]);
  expect(made.stderr).toBe('');
  const added = await runHubCommand([
    'members',
    'add',
    'ann@acme.example',
    '--organization',
    'acme',
    ...common,
  ]);
  expect(added.code).toBe(0);
  const token = await runHubCommand([
    ...['tokens', 'create', 'killer', '--organization', 'acme', '--role', 'owner', ...common],
  ]);
  expect(token.code).toBe(0);
  return z.object({ secret: z.string() }).parse(JSON.parse(token.stdout)).secret;
}
