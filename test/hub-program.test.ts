import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  type CommandResult,
  type HubProcess,
  runHubCommand,
  startHubProcess,
  temporaryDataDirectory,
} from './hub-process.ts';

/*
 * `mooring-hub` as operators use it: real processes on a real data directory.
 */
const undo: (() => Promise<unknown> | unknown)[] = [];
afterAll(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

function newData(): string {
  const data = temporaryDataDirectory();
  undo.push(() => data.remove());
  return data.path;
}

async function start(
  data: string,
  more: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<HubProcess> {
  const hub = await startHubProcess(data, more, env);
  undo.push(() => hub.end('SIGKILL'));
  return hub;
}

/** The JSON answer of a command that succeeded. */
function answerOf(result: CommandResult): Record<string, unknown> {
  expect([result.code, result.stderr]).toEqual([0, '']);
  return z.record(z.string(), z.unknown()).parse(JSON.parse(result.stdout));
}

const errorSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), help: z.string().optional() }),
});

describe('a data directory', () => {
  const data = newData();

  it('is set up, administered beside a running hub, backed up, and restored elsewhere', async () => {
    const common = ['--data', data, '--json'];
    const inAcme = ['--organization', 'acme', ...common];
    const made = answerOf(
      await runHubCommand([
        'init',
        '--organization',
        'acme',
        '--public-url',
        'https://hub.example/',
        ...common,
      ]),
    );
    expect(made.setupLink).toMatch(/^https:\/\/hub\.example\/setup\/[\w-]{43}$/);
    const hub = await start(data);

    const rival = await runHubCommand(['start', '--port', '0', ...common, '--log-level', 'error']);
    expect(rival.code).toBe(1);
    expect(errorSchema.parse(JSON.parse(rival.stdout)).error.message).toContain(
      `in use by mooring-hub start (process ${hub.child.pid} on `,
    );

    const file = join(data, 'admin-settings.json');
    writeFileSync(file, '{ "memoryMiB": { "locked": true, "value": 2048 } }\n');
    const ann = answerOf(
      await runHubCommand(['members', 'add', 'ann@acme.example', '--role', 'owner', ...inAcme]),
    );
    const { url: link } = z.object({ url: z.string() }).parse(ann.passwordLink);
    const linkLeads = async () => (await fetch(`${hub.url}${new URL(link).pathname}`)).status;
    answerOf(await runHubCommand(['policy', 'import', file, '--name', 'Everyone', ...inAcme]));
    answerOf(await runHubCommand(['policy', 'default', 'everyone', ...inAcme]));
    answerOf(await runHubCommand(['policy', 'assign', 'Everyone', 'ann@acme.example', ...inAcme]));
    const allow = ['access', 'images', '--class', 'official', '--repository', 'bitnami/redis', ...inAcme];
    expect(answerOf(await runHubCommand(allow))).toMatchObject({
      access: { images: { classes: ['official'] } },
    });
    const port = await runHubCommand([
      'access',
      'registries',
      'docker.io',
      'registry.acme.example:5000',
      ...inAcme,
    ]);
    expect(errorSchema.parse(JSON.parse(port.stdout)).error.message).toMatch(/^entry 2 must be a host name/);
    answerOf(await runHubCommand(['access', 'registries', 'docker.io', ...inAcme]));
    const shown = await runHubCommand(['access', 'show', '--organization', 'acme', '--data', data]);
    expect(shown.stdout).toContain('Registries: docker.io\nImages: official\nRepositories: bitnami/redis\n');
    const exported = join(data, 'everyone.reg');
    const writing = ['policy', 'export', 'Everyone', '--format', 'reg', '--out', exported, ...inAcme];
    expect(answerOf(await runHubCommand(writing))).toEqual({ file: exported, revision: 1 });
    expect(readFileSync(exported, 'utf16le')).toContain('\\"memoryMiB\\":{');
    const twice = await runHubCommand(writing);
    expect(errorSchema.parse(JSON.parse(twice.stdout)).error.help).toContain('--force');
    const list = await runHubCommand(['policy', 'list', '--organization', 'acme', '--data', data]);
    expect(list.stdout).toMatch(/^NAME +REVISION +DEFAULT +USERS +ID\nEveryone +1 +yes +1 /);

    answerOf(await runHubCommand(['policy', 'delete', 'everyone', ...inAcme]));
    const deleted = await runHubCommand(['policy', 'deleted', '--organization', 'acme', '--data', data]);
    expect(deleted.stdout).toMatch(/^NAME +REVISION +DELETED +BY +UNTIL +ID\nEveryone +1 /);
    expect(answerOf(await runHubCommand(['policy', 'restore', 'Everyone', ...inAcme]))).toMatchObject({
      users: { restored: 1, left: 0 },
      isDefault: true,
    });

    writeFileSync(file, '{ "memoryMiB": { "locked": true, "value": "lots" } }');
    const refused = await runHubCommand([
      'policy',
      'set',
      'Everyone',
      file,
      '--organization',
      'acme',
      '--data',
      data,
    ]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Line 1');
    expect(refused.stderr).not.toMatch(/\n\s+at /);

    const last = await runHubCommand(['members', 'remove', 'ann@acme.example', ...inAcme]);
    expect(errorSchema.parse(JSON.parse(last.stdout)).error.code).toBe('conflict');
    const audit = await runHubCommand(['audit', '--organization', 'acme', '--data', data]);
    expect(audit.stdout).toContain('policy.assign');
    expect(audit.stdout).toContain('command line (');

    const weak = await runHubCommand(['users', 'set-password', 'ann@acme.example', ...common], {
      input: 'short\n',
    });
    expect(weak.code).toBe(2);
    const password = 'correct horse battery staple';
    expect(await linkLeads()).toBe(200);
    answerOf(
      await runHubCommand(['users', 'set-password', 'ann@acme.example', ...common], {
        input: `${password}\n`,
      }),
    );
    expect(await linkLeads()).toBe(404);

    const backup = join(data, 'acme.backup');
    expect(answerOf(await runHubCommand(['backup', backup, ...common]))).toMatchObject({ holdsSecret: true });
    const keys = await (await fetch(`${hub.url}/v1/agent/keys`)).text();
    expect(await hub.end('SIGTERM')).toBe(0);

    const other = newData();
    const restored = answerOf(await runHubCommand(['restore', backup, '--data', other, '--json']));
    expect(restored).toMatchObject({ secret: 'restored' });
    expect(readFileSync(join(other, 'hub.secret'), 'utf8').trim()).toBe(
      readFileSync(join(data, 'hub.secret'), 'utf8').trim(),
    );
    const again = await runHubCommand(['restore', backup, '--data', other, '--json']);
    expect(errorSchema.parse(JSON.parse(again.stdout)).error.message).toContain('not empty');
    const second = await start(other);
    expect(await (await fetch(`${second.url}/v1/agent/keys`)).text()).toBe(keys);
    expect((await fetch(`${second.url}/readyz`)).status).toBe(200);
    expect(await second.end('SIGTERM')).toBe(0);
  }, 180_000);

  it('that is not there is not made by a command that only looks', async () => {
    const nowhere = join(newData(), 'typo');
    const result = await runHubCommand([
      'policy',
      'list',
      '--organization',
      'acme',
      '--data',
      nowhere,
      '--json',
    ]);
    expect(result.code).toBe(2);
    expect(errorSchema.parse(JSON.parse(result.stdout)).error.help).toContain('--data');
  });
});

describe('the demo', () => {
  it('makes its world, answers metrics to this machine only, finishes what it began, and leaves nothing', async () => {
    const data = newData();
    const hub = await start(data, ['--demo'], { MOORING_METRICS_TOKEN: 'a metrics token' });
    expect(hub.said).toMatchObject({
      organization: 'acme',
      emailDomain: 'acme.example',
      ownerEmail: 'olivia@acme.example',
    });
    expect((await fetch(`${hub.url}/v1/orgs`)).status).toBe(401);

    const metrics = await (await fetch(`${hub.url}/metrics`)).text();
    expect(metrics).toMatch(/mooring_hub_requests_total\{method="GET",route="\/v1\/orgs",status="401"\} 1/);
    const proxied = { 'x-forwarded-for': '198.51.100.7' };
    expect((await fetch(`${hub.url}/metrics`, { headers: proxied })).status).toBe(403);
    const bearer = { ...proxied, authorization: 'Bearer a metrics token' };
    expect((await fetch(`${hub.url}/metrics`, { headers: bearer })).status).toBe(200);
    expect(await statusWithHost(hub.url, 'evil.example')).toBe(403);

    const page = await fetch(`${hub.url}/healthz`);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('x-content-type-options')).toBe('nosniff');

    // A second start finds its own world, with new passwords.
    expect(await hub.end('SIGTERM')).toBe(0);
    const again = await start(data, ['--demo']);
    expect(again.said.ownerPassword).not.toBe(hub.said.ownerPassword);
    expect(again.said.defaultPolicyId).toBe(hub.said.defaultPolicyId);
    expect(await again.end('SIGINT')).toBe(0);
  });

  it('is refused in a database that somebody uses', async () => {
    const data = newData();
    answerOf(await runHubCommand(['init', '--organization', 'real', '--data', data, '--json']));
    const demo = await runHubCommand([
      'start',
      '--demo',
      '--port',
      '0',
      '--data',
      data,
      '--json',
      '--log-level',
      'error',
    ]);
    expect(errorSchema.parse(JSON.parse(demo.stdout)).error.message).toContain('in use');
    expect(demo.code).toBe(1);
  });
});

const fixtures = join(import.meta.dirname, 'fixtures', 'tls');
const certificate = ['--tls-cert', join(fixtures, 'hub.pem'), '--tls-key', join(fixtures, 'hub-key.pem')];

it('speaks TLS by itself', async () => {
  const hub = await start(newData(), certificate);
  expect(hub.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
  const ca = readFileSync(join(fixtures, 'ca.pem'));
  const answer = await new Promise<{ status: number; hsts: unknown }>((resolve, reject) => {
    secureRequest(`${hub.url}/readyz`, { ca, agent: false, servername: 'hub.acme.test' }, (message) => {
      message.resume();
      resolve({ status: message.statusCode ?? 0, hsts: message.headers['strict-transport-security'] });
    })
      .on('error', reject)
      .end();
  });
  expect(answer).toEqual({ status: 200, hsts: 'max-age=31536000' });
  expect(await hub.end('SIGTERM')).toBe(0);
});

describe('addresses', () => {
  it.each([
    [['--host', '0.0.0.0'], '--public-url'],
    [['--public-url', 'http://hub.example.com'], 'https'],
    [['--public-url', 'https://hub.example.com'], '--tls-cert'],
    [['--public-url', 'https://hub.example.com/path', '--trust-proxy', '127.0.0.1'], 'without a path'],
    [['--public-url', 'https://u:p@hub.example.com', '--trust-proxy', '127.0.0.1'], 'without a path'],
    [['--tls-cert', '/nowhere.pem'], '--tls-key'],
    [['--public-url', 'http://127.0.0.1:8443', ...certificate], 'https://'],
  ])('%j is refused with the way out', async (args, hint) => {
    const result = await runHubCommand([
      'start',
      '--port',
      '0',
      '--data',
      '/nonexistent/hub',
      '--json',
      ...args,
    ]);
    expect(result.code).toBe(2);
    expect(errorSchema.parse(JSON.parse(result.stdout)).error.help).toContain(hint);
  });
});

/** `fetch` sets Host by itself. */
function statusWithHost(url: string, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request(`${url}/metrics`, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
