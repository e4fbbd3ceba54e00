import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { systemClock } from '../src/hub/clock.ts';
import { passableTemporaryDirectory } from '../src/hub/database/test-data-directory.ts';
import { startHub } from '../src/hub/hub.ts';
import { createAccount, createTestOrganization, signInDesktop } from '../src/hub/identity/test-hub.ts';
import { createLogger } from '../src/hub/logging.ts';

/*
 * One server of hub-304.bench.ts, as a process of its own: `hub` is the hub with its database and one desktop
 * signed in, `bare` is node:http. Both say where they are, and what to ask, to the process that started them.
 */

/** What the measuring process is told. */
export interface ServerReady {
  readonly port: number;
  /** The request line and headers, ready to be written. */
  readonly request: string;
}

function ready(message: ServerReady): void {
  process.send?.(message);
}

function requestOf(port: number, token: string, etag: string): string {
  return [
    'GET /v1/agent/policy?org=acme HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${token}`,
    `If-None-Match: ${etag}`,
    'Accept: application/jose',
    'User-Agent: mooring-agent/1.0.0',
    'Connection: keep-alive',
    '\r\n',
  ].join('\r\n');
}

if (process.argv[2] === 'bare') {
  const etag = '"1732270000000"';
  const server = createServer((request, response) => {
    // Reads the header and answers the same whatever it says.
    response.statusCode = request.headers['if-none-match'] === undefined ? 200 : 304;
    response.setHeader('etag', etag);
    response.end();
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    ready({ port: address.port, request: requestOf(address.port, 'x'.repeat(43), etag) });
  });
  process.on('disconnect', () => process.exit(0));
} else {
  // The hub whole, as `mooring-hub start` composes it, on a database in a directory of its own.
  const directory = passableTemporaryDirectory('mooring-bench-');
  const hub = await startHub({
    dataDirectory: directory,
    host: '127.0.0.1',
    port: 0,
    log: createLogger({ level: 'info', destination: { write: () => undefined } }),
    clock: systemClock,
  });
  const account = await createAccount(hub.database, 'ada@example.com');
  await createTestOrganization(hub.database, 'acme', [account]);
  const { tokens } = await signInDesktop({ url: hub.publicUrl }, account.email);
  const authorization = { authorization: `Bearer ${tokens.access_token}` };
  const first = await fetch(`${hub.publicUrl}/v1/agent/policy?org=acme`, { headers: authorization });
  const etag = first.headers.get('etag');
  if (first.status !== 200 || etag === null) throw new Error(`the hub answered ${first.status}`);
  process.on('disconnect', () => {
    void hub.stop().then(() => {
      rmSync(directory, { recursive: true, force: true });
      process.exit(0);
    });
  });
  ready({ port: hub.port, request: requestOf(hub.port, tokens.access_token, etag) });
}
