import { type StorageFailure, storageRefusal } from '../../agent/files/storage-failure.ts';
import type { AgentPaths, HostFacts, Layout } from '../../agent/paths.ts';
import type { FileTrust } from '../../agent/sources/machine-file-trust.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import type { FileChanging } from './file-changes.ts';

/** What installing stands on; everything that touches the machine is given. */
export interface Installing {
  readonly host: HostFacts;
  readonly pathsOf?: (host: HostFacts, layout: Layout) => AgentPaths;
  readonly files: FileChanging;
  readonly trust: FileTrust;
  /** Makes a folder one that only administrators change, before anything is put there; what is wrong, or `null`. */
  readonly protectFolder: (folder: string) => Promise<string | null>;
}

/** Something stands where a file or folder of ours belongs, or it cannot be made an administrator's. */
export function occupied(path: string, why: string): Refusal {
  const message = `${path} could not be written: ${why}. Nothing was changed.`;
  return { code: 'conflict', message, help: 'Move it away, and run the command again.', details: { path } };
}

/** Why nothing was changed, or what could not be put back after it was. */
export function failed(failure: StorageFailure, left: readonly string[]): Refusal {
  const refusal = storageRefusal(failure);
  if (left.length === 0) return refusal;
  const message = `${failure.message} Not everything could be put back: ${left.join('; ')}.`;
  return { ...refusal, message, details: { ...refusal.details, left } };
}
