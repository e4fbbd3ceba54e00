import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { IDP_ONE } from '../src/hub/connections/test-certificates.ts';
import { IDP_METADATA } from '../src/hub/connections/test-metadata.ts';
import {
  begunDataDirectory,
  type HubProcess,
  runHubCommand,
  startHubProcess,
  type TemporaryDataDirectory,
} from './hub-process.ts';

/*
 * `mooring-hub connections` and `mooring-hub recover` as operators use them, beside a running demo hub.
 */
let data: TemporaryDataDirectory;
let hub: HubProcess;
beforeAll(async () => {
  data = await begunDataDirectory();
  hub = await startHubProcess(data.path, ['--demo']);
});
afterAll(async () => {
  await hub?.end('SIGKILL');
  await data?.remove();
});

const connectionSchema = z.object({
  connection: z.looseObject({
    id: z.string(),
    name: z.string(),
    ready: z.boolean(),
    jit: z.boolean(),
    enforced: z.boolean(),
    setUp: z.looseObject({ acsUrl: z.string().nullable(), metadataUrl: z.string().nullable() }),
  }),
});

const keysSchema = z.object({
  keys: z.array(z.looseObject({ fingerprint: z.string(), signs: z.boolean(), pem: z.string() })),
});

async function connections(...args: string[]) {
  const common = ['--organization', 'acme', '--data', data.path, '--json'];
  const result = await runHubCommand(['connections', ...args, ...common]);
  return { ...result, json: result.code === 0 ? (JSON.parse(result.stdout) as unknown) : null };
}

/** What the connection says of signatures, once it was changed so. */
async function signatures(...options: string[]) {
  const { json } = await connections('update', 'Okta', ...options);
  const { saml } = connectionSchema.parse(json).connection;
  return z.looseObject({ signRequests: z.boolean(), wantResponseSigned: z.boolean() }).parse(saml);
}

/** The key of the hub for the connection, in the steps that an administrator takes; the running hub follows at once. */
async function keyExchange(metadataOf: () => Promise<string>): Promise<void> {
  const listed = async () => keysSchema.parse((await connections('keys', 'Okta')).json).keys;
  const published = async (pem: string) =>
    (await metadataOf()).replaceAll(/\s/g, '').includes(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''));
  const [old] = await listed();
  expect((await connections('add-key', 'Okta')).code).toBe(0);
  const [present, next] = await listed();
  if (old === undefined || next === undefined) throw new Error('a key is missing');
  expect([present?.fingerprint, next.signs]).toEqual([old.fingerprint, false]);
  expect([await published(old.pem), await published(next.pem)]).toEqual([true, true]);
  expect((await connections('add-key', 'Okta')).code).not.toBe(0);
  expect((await connections('retire-key', 'Okta', old.fingerprint)).code).not.toBe(0);
  expect((await connections('sign-with', 'Okta', next.fingerprint)).code).toBe(0);
  expect((await connections('retire-key', 'Okta', old.fingerprint)).code).toBe(0);
  expect([await published(old.pem), await published(next.pem)]).toEqual([false, true]);
  expect(await listed()).toMatchObject([{ fingerprint: next.fingerprint, signs: true }]);
}

/* One connection from its making to its removal: each test goes on where the one before ended. */
describe('an identity provider on the command line', () => {
  let metadataOf: () => Promise<string>;

  it('is made and changed', async () => {
    const certificate = join(data.path, 'idp.pem');
    const metadata = join(data.path, 'idp.xml');
    writeFileSync(certificate, IDP_ONE.certificate);
    writeFileSync(metadata, IDP_METADATA);

    const values = [
      '--entity-id',
      'https://old.test',
      '--sign-in-url',
      'https://old.test/sso',
      '--certificate',
      certificate,
    ];
    const created = connectionSchema.parse(
      (await connections('create', 'Okta', '--kind', 'saml', ...values, '--public-url', hub.url)).json,
    );
    expect([created.connection.ready, created.connection.jit]).toEqual([true, true]);
    expect(created.connection.setUp.acsUrl).toBe(`${hub.url}/sso/${created.connection.id}/acs`);
    expect((await fetch(`${hub.url}/sso/${created.connection.id}/metadata`)).status).toBe(200);

    const updated = connectionSchema.parse(
      (await connections('update', 'okta', '--set', 'jit=off', 'enforced=on')).json,
    );
    expect([updated.connection.jit, updated.connection.enforced]).toEqual([false, true]);
    const moved = connectionSchema.parse((await connections('metadata', 'Okta', '--file', metadata)).json);
    expect(moved.connection.saml).toMatchObject({ idpEntityId: 'https://idp.test/entity' });
    expect((await connections('failures', 'Okta')).json).toMatchObject({ failures: [], total: 0 });
    metadataOf = async () => (await fetch(String(created.connection.setUp.metadataUrl))).text();
  });

  it('is told what to sign and with which key', async () => {
    expect(await signatures('--sign-requests', 'on', '--response-signed', 'on')).toMatchObject({
      idpEntityId: 'https://idp.test/entity',
      signRequests: true,
      wantResponseSigned: true,
    });
    expect(await signatures('--response-signed', 'off')).toMatchObject({
      signRequests: true,
      wantResponseSigned: false,
    });
    expect(await metadataOf()).toContain('AuthnRequestsSigned="true"');
    await keyExchange(metadataOf);
    expect(await signatures('--sign-requests', 'off')).toMatchObject({ signRequests: false });
  });

  it('refuses what makes no sense', async () => {
    for (const wrong of [
      ['update', 'Okta', '--sign-requests', 'yes'],
      ['sign-with', 'Okta', 'none'],
      ['create', 'Bad', '--kind', 'ldap'],
      ['create', 'Bad', '--kind', 'saml', '--set', 'fast=on'],
      ['create', 'Bad', '--kind', 'saml', '--entity-id', 'x'],
      ['metadata', 'Okta', '--url', 'https://127.0.0.1/metadata'],
      ['show', 'Nobody'],
    ]) {
      const refused = await connections(...wrong);
      expect([wrong, refused.code === 0]).toEqual([wrong, false]);
      expect(refused.stderr).not.toContain('Something went wrong');
    }
  });

  it('lets an owner in again by a link of the host, and is removed', async () => {
    const ownerEmail = String(hub.said.ownerEmail);
    const recovered = await runHubCommand([
      'recover',
      '--owner',
      ownerEmail,
      '--public-url',
      hub.url,
      '--data',
      data.path,
      '--json',
    ]);
    const link = z.object({ url: z.string(), expiresAt: z.string() }).parse(JSON.parse(recovered.stdout));
    expect((await fetch(link.url)).status).toBe(200);
    const member = String(hub.said.developerEmail);
    expect((await runHubCommand(['recover', '--owner', member, '--data', data.path, '--json'])).code).toBe(2);
    const audit = await runHubCommand([
      'audit',
      '--organization',
      'acme',
      '--action',
      'account.',
      '--data',
      data.path,
      '--json',
    ]);
    expect(audit.stdout).toContain('account.recover');

    expect((await connections('delete', 'Okta')).code).toBe(0);
    expect((await connections('show', 'Okta')).code).toBe(2);
  });
});
