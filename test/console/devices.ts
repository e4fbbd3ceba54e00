import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { createBrowser } from '../../src/hub/identity/test-browser.ts';
import { signInDesktop } from '../../src/hub/identity/test-hub.ts';
import { hashOf } from '../../src/hub/reports/judge-hash.ts';
import { sampleReport } from '../../src/hub/reports/test-report.ts';
import type { AgentReportBody } from '../../src/shared/contracts/device-report.ts';
import { managedPairs } from '../../src/shared/policy/managed-hash.ts';
import { readDocument } from '../../src/shared/policy/read-document.ts';
import { desktopCatalog } from '../../src/shared/settings/desktop-catalog.ts';
import type { ConsoleHub, Who } from './open-console.ts';

const bundleSchema = z.object({
  seq: z.int(),
  policy: z.object({ id: z.string(), revision: z.int() }).nullable(),
  document: z.record(z.string(), z.unknown()),
});

/** Of the hub, which runs as it is built: a device of another version is told that it is. */
const BUILT_VERSION = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))).version;

/** A desktop of one of the demo's people: signed in through the pages, and what it reports is up to the test. */
export interface ReportingDevice {
  /** As its agent names it to the hub. */
  readonly deviceId: string;
  /** Asks the agent's API as it does, such as for an override; answers what the hub said. */
  ask(method: string, path: string, body?: unknown): Promise<unknown>;
  /** Fetches, and reports that everything is as the policy has it; `change` says what is not. */
  report(change?: Partial<AgentReportBody>): Promise<void>;
}

export async function signInDevice(hub: ConsoleHub, who: Who, name: string): Promise<ReportingDevice> {
  const { url } = hub.said;
  const [email, password] = [hub.said[`${who}Email`], hub.said[`${who}Password`]];
  const { tokens } = await signInDesktop({ url }, email, createBrowser(url), password);
  const headers = { authorization: `Bearer ${tokens.access_token}` };
  const deviceId = randomUUID();
  return {
    deviceId,
    ask: async (method, path, body) => {
      const answer = await fetch(`${url}/v1/agent/${path}?org=acme`, {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`the hub refused ${method} ${path}: ${text}`);
      return text === '' ? undefined : JSON.parse(text);
    },
    report: async (change = {}) => {
      const fetched = await fetch(`${url}/v1/agent/policy?org=acme`, { headers });
      const [, payload = ''] = (await fetched.text()).split('.');
      const bundle = bundleSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')));
      const layer = readDocument(bundle.document, 'user-policy', desktopCatalog);
      const at = new Date().toISOString();
      const { seq, policy } = bundle;
      const body = sampleReport({
        deviceId,
        deviceName: name,
        ...{ agentVersion: BUILT_VERSION, catalogVersion: BUILT_VERSION },
        policy: {
          id: policy?.id ?? null,
          revision: policy?.revision ?? null,
          seq,
          fetchedAt: at,
          appliedAt: at,
        },
        fetchedSeq: seq,
        managedHash: hashOf(managedPairs(layer, desktopCatalog, 'linux', new Set())),
        settings: [...layer.mentions.keys()].map((id) => ({
          id,
          source: 'organization-policy' as const,
          locked: true,
          outcome: 'enforced' as const,
        })),
        ...change,
      });
      const answer = await fetch(`${url}/v1/agent/reports?org=acme`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (answer.status !== 200) throw new Error(`the report was refused: ${await answer.text()}`);
    },
  };
}

/** What a device reports after somebody edited its settings and it put them right. */
export const DRIFTED: Partial<AgentReportBody> = {
  reason: 'drift',
  managedHash: 'a'.repeat(64),
  drift: [
    { at: '2026-03-01T10:00:00Z', kind: 'value', setting: 'analyticsEnabled', wrong: true, right: false },
    { at: '2026-03-01T10:01:00Z', kind: 'unparsable', setting: null },
  ],
  problems: [
    {
      source: 'admin-settings',
      code: 'invalid_json',
      severity: 'error',
      path: '/usr/share/mooring-desktop/admin-settings.json',
      message: 'The file is not valid JSON: line 3 ends too early.',
    },
  ],
};
