import { Agent, request } from 'node:http';
import { type Benchmark, type Measurement, median } from './benchmark.ts';
import { type ScimEndpoint, startOurs, startScimmy } from './scim.server.ts';

const USERS = 10_000;
const WARM = 300;
const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';

const benchmarks: readonly Benchmark[] = [
  {
    what: 'SCIM: time of one POST, the last thousand of 10,000 made one after the other',
    against: 'the first thousand, of another hub, in turn',
    atMost: 1.2,
    unit: '×',
    measure: firstAndLast,
  },
  {
    what: 'SCIM: GET /Users?filter=userName eq "…" among 10,000 users',
    against: 'among 100, of another hub, in turn',
    atMost: 1.3,
    unit: '×',
    measure: fewAndMany,
  },
  {
    what: 'SCIM: one PATCH that adds 100 members to a group of 5,000',
    against: 'one PATCH that adds 1',
    atMost: 5,
    unit: '×',
    measure: () => withOurs(groupPatches),
  },
  {
    what: 'SCIM: time to provision 1,000 users',
    against: 'scimmy-routers over the same tables',
    atMost: 1,
    unit: '×',
    measure: againstScimmy,
  },
];
export default benchmarks;

/** Two hubs beside each other, asked in turn: a machine that slows down meanwhile slows both alike. */
async function firstAndLast(): Promise<Measurement> {
  return withOurs((_late, last) =>
    withOurs(async (_early, first) => {
      for (const client of [first, last]) await provision(client, 'warm', WARM);
      await provision(last, 'user', USERS - 1000);
      const times = { first: [] as number[], last: [] as number[] };
      for (let round = 0; round < 20; round += 1) {
        times.first.push(...(await provision(first, `r${round}x`, 50)));
        times.last.push(...(await provision(last, `r${round}x`, 50)));
      }
      if ((await total(last)) !== USERS + WARM) throw new Error('users are missing');
      return compared(times.last, times.first);
    }),
  );
}

async function fewAndMany(): Promise<Measurement> {
  return withOurs((full, many) =>
    withOurs(async (small, few) => {
      await small.fill(1, 100);
      await full.fill(1, USERS);
      const times = { few: [] as number[], many: [] as number[] };
      for (let round = 0; round < 12; round += 1) {
        const found = [await lookUps(few, 100, round), await lookUps(many, USERS, round)] as const;
        if (round < 2) continue;
        times.few.push(...found[0]);
        times.many.push(...found[1]);
      }
      return compared(times.many, times.few);
    }),
  );
}

async function groupPatches(ours: ScimEndpoint, client: Client): Promise<Measurement> {
  await ours.fill(1, 8000);
  const { rows } = await ours.database.pool.query('select id from scim_users order by created_at, id');
  const ids = rows.map((row: { id: string }) => row.id);
  const group = await client('POST', '/Groups', {
    displayName: 'acme:Crowd',
    members: ids.slice(0, 5000).map((value: string) => ({ value })),
  });
  const path = `/Groups/${group.id}`;
  const add = (values: readonly string[]) =>
    client('PATCH', path, {
      Operations: values.map((value) => ({ op: 'add', path: 'members', value: [{ value }] })),
    });
  const remove = (values: readonly string[]) =>
    client('PATCH', path, {
      Operations: [{ op: 'remove', path: 'members', value: values.map((value) => ({ value })) }],
    });
  const one: number[] = [];
  const hundred: number[] = [];
  for (let round = 0; round <= 15; round += 1) {
    const single = ids.slice(5000 + round, 5001 + round);
    const many = ids.slice(5100 + round * 100, 5200 + round * 100);
    const times = [await timed(() => add(single)), await timed(() => add(many))] as const;
    if (round > 0) {
      one.push(times[0]);
      hundred.push(times[1]);
    }
    await remove([...single, ...many]);
  }
  return compared(hundred, one);
}

async function againstScimmy(): Promise<Measurement> {
  const theirs = await startScimmy();
  try {
    const their = clientOf(theirs);
    return await withOurs(async (_ours, our) => {
      await provision(their.call, 'warm', 200);
      await provision(our, 'warm', 200);
      const mine: number[] = [];
      const others: number[] = [];
      // In turn, so that a noisy machine slows both alike.
      for (let round = 0; round < 10; round += 1) {
        others.push(sum(await provision(their.call, `r${round}x`, 100)));
        mine.push(sum(await provision(our, `r${round}x`, 100)));
      }
      return compared(mine, others);
    }).finally(() => their.close());
  } finally {
    await theirs.stop();
  }
}

type Client = (method: string, path: string, body?: object) => Promise<{ id: string; totalResults: number }>;

async function withOurs(
  work: (ours: ScimEndpoint, client: Client) => Promise<Measurement>,
): Promise<Measurement> {
  const ours = await startOurs();
  const client = clientOf(ours);
  try {
    return await work(ours, client.call);
  } finally {
    client.close();
    await ours.stop();
  }
}

/** One kept-alive connection, as provisioning clients use; anything but success ends the measurement. */
function clientOf({ base, token }: ScimEndpoint): { readonly call: Client; close(): void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    close: () => agent.destroy(),
    call: (method, path, body) =>
      new Promise((resolve, reject) => {
        const text = body === undefined ? undefined : JSON.stringify(body);
        const sent = request(
          `${base}${path}`,
          {
            method,
            agent,
            headers: {
              authorization: `Bearer ${token}`,
              ...(text === undefined
                ? {}
                : { 'content-type': 'application/scim+json', 'content-length': Buffer.byteLength(text) }),
            },
          },
          (answer) => {
            let seen = '';
            answer.setEncoding('utf8');
            answer.on('data', (chunk: string) => {
              seen += chunk;
            });
            answer.on('end', () => {
              if ((answer.statusCode ?? 500) < 300) resolve(seen === '' ? {} : JSON.parse(seen));
              else
                reject(new Error(`${method} ${path} answered ${answer.statusCode}: ${seen.slice(0, 200)}`));
            });
          },
        );
        sent.on('error', reject);
        sent.end(text);
      }),
  };
}

/** Creates users one after the other; answers the time of each. */
async function provision(client: Client, name: string, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const userName = `${name}${index}@acme.example`;
    times.push(
      await timed(() =>
        client('POST', '/Users', {
          schemas: [CORE],
          userName,
          externalId: `${name}-${index}`,
          displayName: `${name} ${index}`,
          name: { givenName: name, familyName: String(index) },
          emails: [{ value: userName, type: 'work', primary: true }],
          active: true,
        }),
      ),
    );
  }
  return times;
}

/** Looks fifty users up by name, others in each round; answers the time of each. */
async function lookUps(client: Client, users: number, round: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < 50; index += 1) {
    const name = `FILL${(((round * 50 + index) * 7919) % users) + 1}@acme.example`;
    const path = `/Users?filter=${encodeURIComponent(`userName eq "${name}"`)}&startIndex=1&count=100`;
    const time = await timed(async () => {
      const found = await client('GET', path);
      if (found.totalResults !== 1) throw new Error(`${name} was found ${found.totalResults} times`);
    });
    times.push(time);
  }
  return times;
}

async function total(client: Client): Promise<number> {
  return (await client('GET', '/Users?count=0')).totalResults;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function compared(ours: readonly number[], theirs: readonly number[]): Measurement {
  const [mine, others] = [median(ours), median(theirs)];
  return { result: mine / others, ours: `${mine.toFixed(2)} ms`, theirs: `${others.toFixed(2)} ms` };
}
