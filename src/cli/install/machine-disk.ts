import { chmod, mkdir, rmdir } from 'node:fs/promises';
import { type Disk, systemDisk } from '../../agent/files/disk.ts';

/** The calls of the file system that changing the machine's files needs; tests put one in that fails on demand. */
export interface MachineDisk extends Disk {
  /** Makes one folder, mode 0755 whatever the process's mask; fails where something stands at the path. */
  makeFolder(path: string): Promise<void>;
  /** Removes an empty folder. */
  removeFolder(path: string): Promise<void>;
}

/** The machine's own disk. */
export function systemMachineDisk(): MachineDisk {
  return {
    ...systemDisk(),
    makeFolder: async (path) => {
      await mkdir(path);
      await chmod(path, 0o755);
    },
    removeFolder: (path) => rmdir(path),
  };
}
