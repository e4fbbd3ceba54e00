import { randomUUID } from 'node:crypto';
import {
  type AgentReport,
  type AgentReportBody,
  agentReportSchema,
} from '../../shared/contracts/device-report.ts';
import { VERSION } from '../../shared/version.ts';

/** For tests: a report of a device that fetched nothing yet, with anything changed. */
export function sampleReport(change: Partial<AgentReportBody> = {}): AgentReport {
  return agentReportSchema.parse({
    reportId: randomUUID(),
    deviceId: '11111111-1111-4111-8111-111111111111',
    deviceName: 'desk',
    reason: 'apply',
    at: new Date().toISOString(),
    agentVersion: VERSION,
    catalogVersion: VERSION,
    platform: 'linux',
    osVersion: '24.04',
    policy: { id: null, revision: null, seq: null, fetchedAt: null, appliedAt: null },
    fetchedSeq: null,
    managedHash: null,
    ...change,
  } satisfies AgentReportBody);
}
