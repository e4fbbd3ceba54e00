import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { z } from 'zod';
import { publish, standInAccount, startStandInHub } from '../stand-in-hub.ts';
import { FAILURE_MODES, failAs, TWO_DAYS_SECONDS } from './failure-modes.ts';

/*
 * `npm run stand-in-hub`: a hub whose failures are switched by HTTP, for people who try the agent by hand. It signs
 * everybody in as one person without asking; nothing of it is meant for use.
 *
 *   POST /mode     { "mode": "captive_portal", "paths": "everything" }
 *   POST /policy   { "document": { … } }   publishes it with the next number, and nudges
 *   POST /nudge    { "seq": 7 }            nudges with any number
 *   GET  /         what it does now, and what it was asked
 */

const PERSON = 'ada';
const ORGANIZATION = 'acme';

const orders = {
  '/mode': z.object({
    mode: z.enum(FAILURE_MODES),
    paths: z.enum(['policy', 'everything']).default('policy'),
  }),
  '/policy': z.object({ document: z.record(z.string(), z.json()) }),
  '/nudge': z.object({ seq: z.int() }),
};

const hub = await startStandInHub();
hub.person = PERSON;
hub.accounts.set(PERSON, standInAccount(PERSON, [ORGANIZATION]));
let seq = Date.now();
let mode = 'none';

const publishDocument = async (document: Record<string, unknown>): Promise<void> => {
  seq = Math.max(seq + 1, Date.now());
  await publish(hub, PERSON, ORGANIZATION, seq, {
    document,
    iat: Math.floor(Date.now() / 1000),
    policy: {
      ...{ id: 'p1', name: 'Stand-in', scope: 'organization', revision: 1 },
      updatedAt: new Date().toISOString(),
    },
  });
};
const nudge = (to: number) => {
  for (const stream of hub.streams) stream.nudge(to);
};

const carryOut = async (path: string, body: unknown): Promise<boolean> => {
  if (path === '/mode') {
    const order = orders['/mode'].parse(body);
    await failAs(hub, order.mode, order.paths);
    mode = order.mode;
    // What was numbered by a clock that was ahead is overtaken by what is published next.
    if (mode === 'clock_skew') seq += TWO_DAYS_SECONDS * 1000;
  } else if (path === '/policy') {
    await publishDocument(orders['/policy'].parse(body).document);
    nudge(seq);
  } else if (path === '/nudge') nudge(orders['/nudge'].parse(body).seq);
  else return false;
  return true;
};

const control = createServer(async (request, response) => {
  const answer = (status: number, body: unknown) =>
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(`${JSON.stringify(body, null, 2)}\n`);
  const state = () => ({
    ...{ mode, modes: FAILURE_MODES, seq, streams: hub.streams.length },
    ...{ requests: hub.requests.slice(-50), reports: hub.reports.slice(-5) },
  });
  try {
    if (request.method === 'GET') {
      answer(200, state());
      return;
    }
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const known = await carryOut(request.url ?? '/', JSON.parse(text));
    answer(known ? 200 : 404, known ? state() : { error: 'GET /, or POST /mode, /policy or /nudge' });
  } catch (error) {
    answer(400, { error: error instanceof Error ? error.message : String(error) });
  }
});
control.listen(0, '127.0.0.1', () => {
  const address = control.address();
  const port = address === null || typeof address === 'string' ? 0 : address.port;
  process.stdout.write(
    `The stand-in hub answers at ${hub.url}; it signs in ${PERSON} of ${ORGANIZATION}, whoever comes.\n` +
      `Its failures are switched at http://127.0.0.1:${port}, for example:\n` +
      `  curl -d '{"mode":"captive_portal"}' http://127.0.0.1:${port}/mode\n`,
  );
});
const file = process.argv[2];
const first: unknown =
  file === undefined ? { configurationFileVersion: 2 } : JSON.parse(readFileSync(file, 'utf8'));
await publishDocument(orders['/policy'].shape.document.parse(first));

const end = () => {
  control.close();
  control.closeAllConnections();
  void hub.stop();
};
process.once('SIGINT', end);
process.once('SIGTERM', end);
