import { basename } from 'node:path';
import type { DurableWriting } from '../files/durable-file.ts';
import {
  giveRights,
  OWN_FOLDER,
  PRIVATE,
  READ_BY_OTHERS,
  type Rights,
  wrongRights,
} from '../files/keep-rights.ts';
import type { DueRepair } from './judge-store.ts';
import type { EnforcementPaths } from './model.ts';

/** Rights of the files of this user, and of the folder that is ours alone (docs/policy.md section 5). */
export interface FileRights {
  /** What is wrong now. */
  readonly wrong: () => Promise<readonly DueRepair[]>;
  /** Puts these right; answers with those that could be. */
  readonly give: (due: readonly DueRepair[]) => Promise<readonly DueRepair[]>;
}

/**
 * The folder of the store is kept only where we made it: that of Docker's layout is Docker Desktop's own, and "mooring
 * doctor" names it.
 */
export function fileRights(on: DurableWriting, paths: EnforcementPaths): FileRights {
  const kept: readonly (readonly [name: string, path: string, rights: Rights])[] = [
    ...(paths.userData === undefined
      ? []
      : [[`${basename(paths.userData)}/`, paths.userData, OWN_FOLDER] as const]),
    [basename(paths.store), paths.store, READ_BY_OTHERS],
    [basename(paths.choices), paths.choices, PRIVATE],
    ...[paths.state, ...(paths.others ?? [])].map((path) => [basename(path), path, PRIVATE] as const),
  ];
  return {
    wrong: async () => {
      const looks = kept.map(async ([file, path, rights]): Promise<DueRepair[]> => {
        const wrong = await wrongRights(on, path, rights);
        return wrong === null ? [] : [{ kind: 'permissions', setting: null, file, ...wrong }];
      });
      return (await Promise.all(looks)).flat();
    },
    give: async (due) => {
      const given: DueRepair[] = [];
      for (const repair of due) {
        const path = kept.find(([file]) => file === repair.file)?.[1];
        if (path !== undefined && (await giveRights(on, path, String(repair.right)))) given.push(repair);
      }
      return given;
    },
  };
}
