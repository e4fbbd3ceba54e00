import { type Disk, systemDisk } from './disk.ts';

/** A disk that answers every reading, and refuses every writing with an error of this code, as the system would. */
export function readOnlyDisk(code: string, disk: Disk = systemDisk()): Disk {
  const refuse = async (): Promise<never> => {
    throw Object.assign(new Error(`${code}: nothing is written here`), { code });
  };
  return {
    ...disk,
    open: async (path, purpose) =>
      purpose === 'create' ? refuse() : { ...(await disk.open(path, purpose)), chmod: refuse },
    rename: refuse,
    unlink: refuse,
    link: refuse,
    append: refuse,
    mkdir: refuse,
  };
}
