import { rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { systemClock } from '../src/hub/clock.ts';
import { passableTemporaryDirectory } from '../src/hub/database/test-data-directory.ts';
import { startHub } from '../src/hub/hub.ts';
import { createLogger } from '../src/hub/logging.ts';
import { setDefaultPolicy } from '../src/hub/policies/assignment-service.ts';
import { createPolicy, updatePolicy } from '../src/hub/policies/policy-service.ts';
import { BENCH_SECRET, createDesktops, OPERATOR } from './desktops.ts';

/*
 * One server of the benchmarks of event streams, as a process of its own: `hub` is the hub whole with its database and
 * so many desktops signed in, `bare` is node:http. Both answer to the process that started them: `save` changes the
 * policy (or writes one line to every stream), `memory` says what is held after collecting.
 */

/** What the measuring process is told first. */
export interface PushReady {
  readonly port: number;
  /** One for each desktop. */
  readonly tokens: readonly string[];
}
/** Asked by the measuring process. */
export type PushQuestion = { readonly ask: 'save' | 'memory'; readonly bodyBytes?: number };

const [role = 'bare', count = '1'] = process.argv.slice(2);

function residentBytes(): number {
  for (let round = 0; round < 4; round += 1) globalThis.gc?.();
  return process.memoryUsage().rss;
}

function answer(message: object): void {
  process.send?.(message);
}

async function serveHub(desktops: number): Promise<void> {
  const directory = passableTemporaryDirectory('mooring-bench-');
  const hub = await startHub({
    dataDirectory: directory,
    host: '127.0.0.1',
    port: 0,
    secret: BENCH_SECRET,
    log: createLogger({ level: 'warn', destination: { write: () => undefined } }),
    clock: systemClock,
  });
  const { db } = hub.database;
  const { organizationId, tokens } = await createDesktops(hub.database, desktops);
  const document = (memory: number) => ({ memoryMiB: { locked: true, value: memory } });
  const wanted = { name: 'Standard', description: '', document: document(1024), reason: '' };
  const { id: policyId } = await createPolicy(db, OPERATOR, organizationId, wanted);
  await setDefaultPolicy(db, OPERATOR, organizationId, policyId);
  let memory = 1024;
  process.on('message', ({ ask }: PushQuestion) => {
    if (ask === 'memory') return answer({ bytes: residentBytes() });
    memory += 1;
    const edited = { organizationId, policyId, version: null };
    void updatePolicy(db, OPERATOR, edited, { document: document(memory), reason: '' });
  });
  process.on('disconnect', () => {
    void hub.stop().then(() => {
      rmSync(directory, { recursive: true, force: true });
      process.exit(0);
    });
  });
  answer({ port: hub.port, tokens } satisfies PushReady);
}

function serveBare(desktops: number): void {
  const streams = new Set<ServerResponse>();
  let seq = Date.now();
  let body = '';
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/v1/agent/events') !== true) {
      response.setHeader('content-length', Buffer.byteLength(body));
      response.end(body);
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(`id: ${seq}\nevent: policy\ndata: {"seq":${seq}}\n\n`);
    streams.add(response);
    response.on('close', () => streams.delete(response));
  });
  process.on('message', ({ ask, bodyBytes = 0 }: PushQuestion) => {
    if (ask === 'memory') return answer({ bytes: residentBytes() });
    body = 'x'.repeat(bodyBytes);
    seq += 1;
    const line = `id: ${seq}\nevent: policy\ndata: {"seq":${seq}}\n\n`;
    for (const stream of streams) stream.write(line);
  });
  process.on('disconnect', () => process.exit(0));
  server.listen(0, '127.0.0.1', 4096, () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const tokens = Array.from({ length: desktops }, (_, index) => String(index).padStart(43, 'x'));
    answer({ port: address.port, tokens } satisfies PushReady);
  });
}

if (role === 'hub') await serveHub(Number(count));
else serveBare(Number(count));
