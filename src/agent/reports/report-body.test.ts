import { describe, expect, it } from 'vitest';
import { standInPayload } from '../../../test/stand-in-hub.ts';
import { REPORT_LIMIT_BYTES } from '../../shared/contracts/device-report.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { resolve } from '../../shared/policy/resolve.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import type { SettingValue } from '../../shared/settings/setting.ts';
import { type ReportView, reportBody, reportedDrift, reportedState } from './report-body.ts';

/* What a report says of one state, which a whole agent would have to be brought into by force. */

const AT = '2026-01-01T00:00:00.000Z';
const DOCUMENT = {
  configurationFileVersion: 2,
  theme: { locked: true, value: 'light' },
  memoryMiB: { locked: false, value: 4096 },
};
const CHOICES = new Map<string, SettingValue>([['memoryMiB', 5000]]);
const HUB = { url: 'https://hub.acme.test' };

/** A device with a policy in force, but for what a test says. */
function view(change: {
  readonly bundle?: Partial<NonNullable<ReportView['delivery']['bundle']>>;
  readonly enforcement?: Partial<ReportView['enforcement']>;
  readonly problems?: ReportView['problems'];
}): ReportView {
  const layer = readDocument(DOCUMENT, 'organization-policy', desktopCatalog);
  const choices = { state: 'ok' as const, values: CHOICES, invalid: new Map(), problems: [] };
  const resolution = resolve({ catalog: desktopCatalog, platform: 'linux', layers: [layer], choices });
  const sync = { state: 'idle', lastAttempt: AT, lastSuccess: AT, nextAttempt: null, error: null } as const;
  return {
    device: { id: 'd1', name: 'desk' },
    agentVersion: '1.2.3',
    osVersion: 'Linux 6',
    delivery: {
      bundle: {
        payload: standInPayload(HUB, 'ada', 'acme', 10, { document: DOCUMENT }),
        ...{ fetchedAt: AT, stale: false, ofPreviousAccount: false, offline: false, ...change.bundle },
      },
      cache: 'valid',
      sync: { ...sync, push: 'off' },
      refused: null,
      proxyProblem: null,
    },
    inputs: {
      layers: [{ scope: 'acme/ada', origin: { label: 'Default' }, layer }],
      ...{ stale: false, wall: null },
    },
    enforcement: {
      resolution: () => resolution,
      choices: () => CHOICES,
      managedBy: () => null,
      appliedAt: () => AT,
      storeState: () => ({ state: 'ok', lastWritten: AT, repairs: 0 }),
      ...change.enforcement,
    },
    problems: change.problems ?? [],
  };
}

describe('what is reported', () => {
  it('is what was applied, with the ids of choices and never their values', () => {
    const state = reportedState(view({}));
    expect(state).toMatchObject({
      policy: { id: 'p1', revision: 10, seq: 10, fetchedAt: AT, appliedAt: AT },
      fetchedSeq: 10,
      managedHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      choices: ['memoryMiB'],
    });
    expect(state.settings).toEqual([
      { id: 'theme', source: 'organization-policy', locked: true, outcome: 'enforced' },
      { id: 'memoryMiB', source: 'user', locked: false, outcome: 'chosen' },
    ]);
    expect(JSON.stringify(state)).not.toContain('5000');
  });

  it('is nothing of the policy of the account before, which stays in force until the new one’s comes', () => {
    expect(reportedState(view({ bundle: { ofPreviousAccount: true } }))).toMatchObject({
      policy: { id: null, revision: null, seq: null, fetchedAt: null },
      fetchedSeq: null,
      managedHash: null,
    });
  });

  it('is not said to be applied while the store does not take it', () => {
    const failed = reportedState(
      view({
        enforcement: {
          appliedAt: () => AT,
          storeState: () => ({ state: 'failed', lastWritten: AT, repairs: 0, message: 'The disk is full.' }),
        },
      }),
    );
    expect(failed).toMatchObject({ policy: { seq: null, appliedAt: null }, fetchedSeq: 10 });
    expect(failed.settings?.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
    // Nor while it waits for another program to quit.
    const waiting = reportedState(view({ enforcement: { appliedAt: () => null } }));
    expect(waiting).toMatchObject({ policy: { seq: null, appliedAt: null }, fetchedSeq: 10 });
  });

  it('tells where the user’s own file is wrong without quoting it, and masks user-info elsewhere', () => {
    const problem = { severity: 'error', path: 'theme', code: 'invalid_value' } as const;
    const { problems } = reportedState(
      view({
        problems: [
          { ...problem, source: 'choices', message: '"theme" is "my secret", which is no theme.' },
          { ...problem, source: 'organization-policy', message: 'http://me:hunter2@proxy:3128 is wrong.' },
        ],
      }),
    );
    expect(problems?.map(({ path, code }) => [path, code])).toEqual([
      ['theme', 'invalid_value'],
      ['theme', 'invalid_value'],
    ]);
    expect(JSON.stringify(problems)).not.toMatch(/my secret|hunter2/);
  });
});

describe('a repair', () => {
  const { enforcement } = view({});
  const drift = { at: AT, kind: 'value', wrong: 1, right: 2 } as const;

  it('is told with its values only where the setting is locked', () => {
    const of = (setting: string) => reportedDrift({ ...drift, setting }, enforcement.resolution());
    expect(of('theme')).toMatchObject({ wrong: 1, right: 2 });
    expect(of('memoryMiB')).toEqual({ at: AT, kind: 'value', setting: 'memoryMiB' });
    expect(of('no-setting')).toEqual({ at: AT, kind: 'value', setting: 'no-setting' });
  });

  it('keeps its place in a report that would be too large, without its values; the last ones have them', () => {
    const wrong = 'ü'.repeat(1000);
    const many = Array.from({ length: 200 }, () => ({
      at: AT,
      kind: 'value' as const,
      setting: 'theme',
      wrong,
    }));
    const problem = { source: 'store', severity: 'error', path: 'p', code: 'invalid_value' } as const;
    const problems = Array.from({ length: 200 }, () => ({ ...problem, message: 'ü'.repeat(2000) }));
    const since = { reason: 'drift', at: AT, drift: many, driftDropped: 0, refused: null } as const;
    const body = reportBody(reportedState(view({ problems })), since);
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(REPORT_LIMIT_BYTES);
    expect(body.drift).toHaveLength(200);
    expect([body.drift?.[0]?.wrong, body.drift?.at(-1)?.wrong]).toEqual([undefined, wrong]);
    expect(body.problems?.map(({ code }) => code)).toEqual(problems.map(({ code }) => code));
  });

  it('that no longer fits into a report is counted', () => {
    const many = Array.from({ length: 5_000 }, () => ({ at: AT, kind: 'value' as const, setting: 'theme' }));
    const since = { reason: 'drift', at: AT, drift: many, driftDropped: 3, refused: null } as const;
    const body = reportBody(reportedState(view({})), since);
    expect((body.drift?.length ?? 0) + (body.driftDropped ?? 0)).toBe(5_003);
    expect(body.drift?.length).toBeLessThan(5_000);
  });
});
