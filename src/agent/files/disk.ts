import { constants, type Stats } from 'node:fs';
import { appendFile, link, lstat, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { makeFolder } from './make-folder.ts';

/** An open file, as far as durable writing needs one. */
export interface OpenFile {
  write(bytes: Uint8Array, offset: number): Promise<{ readonly bytesWritten: number }>;
  read(into: Uint8Array): Promise<{ readonly bytesRead: number }>;
  sync(): Promise<void>;
  chmod(mode: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * The calls of the operating system beneath every file of the agent. An interface, so that a test can fill the disk
 * or take a right away between any two of them: tests run as root too, whom no file mode stops.
 */
export interface Disk {
  /** `read` never waits for a writer, should a pipe stand at the path; `create` refuses an existing path. */
  open(path: string, purpose: 'read' | 'create'): Promise<OpenFile>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  lstat(path: string): Promise<Stats>;
  /** A second name for the same file. */
  link(path: string, name: string): Promise<void>;
  append(path: string, text: string): Promise<void>;
  /** Follows links. */
  stat(path: string): Promise<Stats>;
  readdir(path: string): Promise<string[]>;
  /** Answers with the first folder it had to make, with mode 0700. */
  mkdir(path: string): Promise<string | undefined>;
}

/** The machine's own disk. */
export function systemDisk(): Disk {
  return {
    open: async (path, purpose) => {
      const file =
        purpose === 'create'
          ? await open(path, 'wx', 0o600)
          : await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
      return {
        write: (bytes, offset) => file.write(bytes, offset, bytes.byteLength - offset),
        read: (into) => file.read(into, 0, into.byteLength, null),
        sync: () => file.sync(),
        chmod: (mode) => file.chmod(mode),
        close: () => file.close(),
      };
    },
    rename,
    unlink,
    lstat: (path) => lstat(path),
    stat: (path) => stat(path),
    link,
    append: (path, text) => appendFile(path, text, { mode: 0o600 }),
    readdir: (path) => readdir(path),
    mkdir: async (path) => makeFolder(path),
  };
}
