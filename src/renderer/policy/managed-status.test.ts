import { expect, test } from 'vitest';
import type { SettingState } from '../../shared/contracts/local-api.ts';
import { managedStatus } from './managed-status.ts';

const BY = { source: 'user-policy', label: 'Engineering (acme)' } as const;
const OVERRIDE = { id: 'o', until: '2026-05-01T12:00:00.000Z', returnsTo: null } as const;
const locked = { locked: true, managedBy: BY };

test.each<
  readonly [
    string,
    Pick<SettingState, 'frozen' | 'managedBy' | 'locked' | 'choice'>,
    Parameters<typeof managedStatus>[1],
  ]
>([
  ['in-force', locked, 'ok'],
  // The lock decides; the choice is only kept.
  ['in-force', { ...locked, choice: 1 }, 'ok'],
  ['in-force', locked, 'contended'],
  ['in-force', { locked: false, managedBy: BY }, 'ok'],
  ['chosen', { locked: false, managedBy: BY, choice: 1 }, 'ok'],
  ['excepted', { ...locked, managedBy: { ...BY, override: OVERRIDE } }, 'ok'],
  ['waiting', locked, 'waiting'],
  ['not-written', locked, 'failed'],
  ['held', { ...locked, frozen: 'policy_stale' }, 'failed'],
])('%s: %j, store %s', (status, state, store) => expect(managedStatus(state, store)).toBe(status));
