import type { StatusAnswer } from '../../shared/contracts/local-api.ts';

/** What the tray's icon tells at a glance. */
export type TrayFace = 'signed-out' | 'in-force' | 'attention' | 'offline';

export const TRAY_FACES: readonly TrayFace[] = ['signed-out', 'in-force', 'attention', 'offline'];

/** The face of a state; `null`: the agent does not answer. What a person must mend goes before what mends itself. */
export function trayFace(status: StatusAnswer | null): TrayFace {
  if (status === null) return 'offline';
  if (needsAttention(status)) return 'attention';
  if (status.sync.state === 'failed') return 'offline';
  const managed = status.policy !== null || status.managed.locked + status.managed.suggested > 0;
  return status.account.state === 'signed-out' && !managed ? 'signed-out' : 'in-force';
}

function needsAttention({ account, frozen, store, problems }: StatusAnswer): boolean {
  return (
    (account.signIn.enforced && !account.signIn.satisfied) ||
    account.state === 'sign-in-again' ||
    frozen !== null ||
    store.state === 'failed' ||
    store.state === 'contended' ||
    problems.some(({ severity }) => severity === 'error')
  );
}
