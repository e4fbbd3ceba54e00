import type { SettingState, StatusAnswer } from '../../shared/contracts/local-api.ts';

/** What became of a policy's wish for a setting. */
export type ManagedStatus =
  /** Its value is in force and written. */
  | 'in-force'
  /** The user chose another value than the suggested one. */
  | 'chosen'
  /** A granted exception takes its place for a while. */
  | 'excepted'
  /** Kept at its present value, because a source cannot be read or is too old. */
  | 'held'
  /** Written when the other program that keeps the store has ended. */
  | 'waiting'
  /** The store cannot be written, so other programs see another value. */
  | 'not-written';

/** The status of a managed setting; `store` is the state of settings-store.json. */
export function managedStatus(
  { frozen, managedBy, locked, choice }: Pick<SettingState, 'frozen' | 'managedBy' | 'locked' | 'choice'>,
  store: StatusAnswer['store']['state'],
): ManagedStatus {
  if (frozen !== undefined) return 'held';
  if (store === 'failed') return 'not-written';
  if (store === 'waiting') return 'waiting';
  if (managedBy?.override !== undefined) return 'excepted';
  return !locked && choice !== undefined ? 'chosen' : 'in-force';
}
