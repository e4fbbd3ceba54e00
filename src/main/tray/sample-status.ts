import type { StatusAnswer } from '../../shared/contracts/local-api.ts';

/** What a test changes about a device that follows its organization. */
export interface Sample {
  readonly signedOut?: boolean;
  readonly frozen?: StatusAnswer['frozen'];
  /** Organizations of an enforced sign-in that is not met. */
  readonly wall?: readonly string[];
  readonly syncFailed?: boolean;
  readonly store?: StatusAnswer['store']['state'];
  readonly errors?: number;
  readonly policyName?: string;
}

/** A status answer for tests: signed in to acme, whose policy was fetched at 12:00. */
export function status(sample: Sample = {}): StatusAnswer {
  const at = '2026-05-01T12:00:00.000Z';
  const signedOut = sample.signedOut ?? false;
  const sync = { lastAttempt: at, lastSuccess: at, nextAttempt: null, error: null };
  const problem = { severity: 'error', source: 'admin-settings', path: '', code: 'x', message: 'x' } as const;
  return {
    ...{ version: '1.2.3', pid: 1, platform: 'linux', layout: 'mooring', testPaths: false },
    paths: { store: '/s', choices: '/c', state: '/t', adminSettings: '/a' },
    account: {
      state: signedOut ? 'signed-out' : 'signed-in',
      account: signedOut ? null : ACCOUNT,
      sessionStorage: 'keychain',
      signIn: {
        ...{ enforced: sample.wall !== undefined, satisfied: sample.wall === undefined },
        ...{ method: null, location: null, problem: null, organizations: [...(sample.wall ?? [])] },
      },
    },
    policy: signedOut ? null : { ...POLICY, name: sample.policyName ?? POLICY.name, fetchedAt: at },
    sync: { state: sample.syncFailed === true ? 'failed' : signedOut ? 'signed-out' : 'idle', ...sync },
    frozen: sample.frozen ?? null,
    managed: { locked: signedOut ? 0 : 3, suggested: 0 },
    store: { state: sample.store ?? 'ok', lastWritten: at, repairs: 0 },
    problems: Array.from({ length: sample.errors ?? 0 }, () => problem),
  };
}

const ACCOUNT: NonNullable<StatusAnswer['account']['account']> = {
  ...{ hubUrl: 'https://hub.acme.example', userId: 'u', email: 'dev@acme.example', name: 'Dev' },
  organizations: [{ name: 'acme', displayName: 'Acme Inc.', role: 'member', teams: [] }],
  ...{ organization: 'acme', deviceId: 'd', deviceName: 'laptop' },
  ...{ signedInAt: '2026-05-01T08:00:00.000Z', sessionExpiresAt: null },
};

const POLICY: NonNullable<StatusAnswer['policy']> = {
  ...{ organization: 'acme', id: 'p', name: 'Engineering default', scope: 'organization' },
  ...{ revision: 7, seq: 9, updatedAt: null, fetchedAt: '', appliedAt: null },
  ...{ contact: { name: 'IT', url: 'https://help.acme.example/desk' }, stale: false },
};
