import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, win32 } from 'node:path';
import type { CommandRunner } from '../agent-options.ts';
import { type RegistryTree, readRegistryExport, sameName } from './registry-export.ts';

export type RegistryReading =
  | { readonly kind: 'absent' }
  | { readonly kind: 'read'; readonly tree: RegistryTree }
  | { readonly kind: 'failed'; readonly message: string };

/** More than any policy holds; a key that is larger is not read into memory. */
const EXPORT_LIMIT = 16 * 1024 * 1024;

/**
 * Reads a key of the 64-bit registry with `reg.exe`, which needs no native module. It is exported to a file instead of
 * printed: `reg query` prints in the console's code page, where a character that it lacks becomes a question mark, or
 * one that looks alike, and nobody can tell. Its messages are translated, so a missing key is told from an unreadable
 * one by asking for the parents instead of by reading the message.
 */
export async function queryRegistry(
  runCommand: CommandRunner,
  systemRoot: string,
  key: string,
): Promise<RegistryReading> {
  const program = win32.join(systemRoot, 'System32', 'reg.exe');
  const failed = (message: string): RegistryReading => ({ kind: 'failed', message });
  // Of this user alone, and with a name that nobody can have taken before.
  let folder: string;
  try {
    folder = await mkdtemp(join(tmpdir(), 'mooring-registry-'));
  } catch (error) {
    return failed(`${key} is unknown: ${reasonOf(error)}. Make room in the folder for temporary files.`);
  }
  try {
    const file = join(folder, 'key.reg');
    const asked = await runCommand(program, ['export', key, file, '/y', '/reg:64']);
    if (asked.kind === 'failed')
      return failed(`${program} could not be run (${asked.reason}), so ${key} is unknown.`);
    if (asked.exitCode !== 0) return await whyNot(runCommand, program, key, asked.stderr);
    const tree = readRegistryExport(await readExport(file), key);
    if (tree === null) return failed(`${program} answered for ${key} what cannot be read. Try again.`);
    return { kind: 'read', tree };
  } catch (error) {
    return failed(`${key} is unknown: ${reasonOf(error)}. Make room in the folder for temporary files.`);
  } finally {
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function readExport(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > EXPORT_LIMIT) throw new Error('it is larger than any policy');
    return await file.readFile();
  } finally {
    await file.close();
  }
}

async function whyNot(
  runCommand: CommandRunner,
  program: string,
  key: string,
  stderr: string,
): Promise<RegistryReading> {
  for (let child = key; child.includes('\\'); child = win32.dirname(child)) {
    const parent = child.slice(0, child.lastIndexOf('\\'));
    const answer = await runCommand(program, ['query', parent, '/reg:64']);
    if (answer.kind === 'failed' || answer.exitCode !== 0) continue;
    const lists = subkeys(answer.stdout).some((name) => sameName(name, lastName(child)));
    if (!lists) return { kind: 'absent' };
    break;
  }
  const detail = stderr.trim().slice(0, 200);
  return {
    kind: 'failed',
    message: `The registry key ${key} is there but cannot be read (${detail}). Let Users read it.`,
  };
}

function subkeys(output: string): string[] {
  return output
    .split(/\r?\n/)
    .filter((line) => /^HKEY_[A-Z_]+(\\|$)/.test(line))
    .map((line) => lastName(line.trimEnd()));
}

function lastName(key: string): string {
  return key.slice(key.lastIndexOf('\\') + 1);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
