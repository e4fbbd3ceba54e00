import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readMachineFile } from '../../agent/sources/machine-file.ts';
import type { FileTrust } from '../../agent/sources/machine-file-trust.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { MACHINE_FILES } from './machine-files.ts';

const manifestSchema = z.strictObject({
  version: z.literal(1),
  layout: z.enum(['mooring', 'docker']),
  /** Which files were written, with the SHA-256 of their text. Where they are follows from the layout, never from here. */
  files: z.partialRecord(z.enum(MACHINE_FILES), z.string().regex(/^[0-9a-f]{64}$/)),
  /** Folders that were made on the way: removed again where they are empty. */
  folders: z.array(z.string()),
});

/** What `mooring install` noted about its last run. */
export type InstallManifest = z.infer<typeof manifestSchema>;

/** `null`: nothing is installed. */
export async function readManifest(
  path: string,
  trust: FileTrust,
): Promise<{ readonly manifest: InstallManifest | null } | Refusal> {
  const file = await readMachineFile(path, trust);
  if (file.kind === 'absent') return { manifest: null };
  const spoiled = (why: string): Refusal => ({
    code: 'conflict',
    message: `${path} says what was installed, and cannot be used: ${why} Nothing was changed.`,
    help: 'Remove that file, and the files beside it that you do not want, by hand; then run the command again.',
    details: { path },
  });
  if (file.kind !== 'read') return spoiled(file.message);
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(new TextDecoder().decode(file.bytes)));
    return parsed.success ? { manifest: parsed.data } : spoiled('it was changed by somebody.');
  } catch {
    return spoiled('it is not JSON.');
  }
}

/** How the manifest knows a text again. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A file of ours: two-space indent and a final newline. */
export function fileText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
