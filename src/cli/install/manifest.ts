import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Layout } from '../../agent/paths.ts';
import { readMachineFile } from '../../agent/sources/machine-file.ts';
import type { FileTrust } from '../../agent/sources/machine-file-trust.ts';
import type { Refusal } from '../../shared/contracts/refusal.ts';
import { MACHINE_FILES, type MachineFile } from './machine-files.ts';

const writtenSchema = z.strictObject({
  layout: z.enum(['mooring', 'docker']),
  /** Which files were written, with the SHA-256 of their text. Where they are follows from the layout, never from here. */
  files: z.partialRecord(z.enum(MACHINE_FILES), z.string().regex(/^[0-9a-f]{64}$/)),
});

const manifestSchema = z.strictObject({
  version: z.literal(1),
  ...writtenSchema.shape,
  /** Folders that were made on the way: removed again where they are empty. */
  folders: z.array(z.string()),
  /** What a run was about to write. It is there only while one is under way, and after one that was killed. */
  pending: writtenSchema.optional(),
});

/** What `mooring install` noted about its last run. */
export type InstallManifest = z.infer<typeof manifestSchema>;

/** A place where a text of ours stands, or where a run that was killed may have put one. */
export interface KnownFile {
  readonly file: MachineFile;
  readonly path: string;
  /** SHA-256 of the text. */
  readonly digest: string;
  /** Whether a run was only about to write it: then the file is ours only with this very text. */
  readonly pending: boolean;
}

/** Everything that earlier runs wrote or began to write. */
export function knownFiles(
  manifest: InstallManifest | null,
  placesOf: (layout: Layout) => Readonly<Record<MachineFile, string>>,
): readonly KnownFile[] {
  const of = (
    written: Pick<InstallManifest, 'layout' | 'files'> | undefined,
    pending: boolean,
  ): KnownFile[] =>
    MACHINE_FILES.flatMap((file) => {
      const digest = written?.files[file];
      if (written === undefined || digest === undefined) return [];
      return [{ file, path: placesOf(written.layout)[file], digest, pending }];
    });
  return [...of(manifest ?? undefined, false), ...of(manifest?.pending, true)];
}

const REMOVE_IT =
  'Remove that file, and the files beside it that you do not want, by hand; then run the command again.';
/** Removed, the files beside it would count as somebody else's, and nothing be mended. */
const MEND_RIGHTS =
  'Set the owner and the rights that are named, look whether the files there are still yours, and run the command again.';

/** `null`: nothing is installed. */
export async function readManifest(
  path: string,
  trust: FileTrust,
): Promise<{ readonly manifest: InstallManifest | null } | Refusal> {
  const file = await readMachineFile(path, trust);
  if (file.kind === 'absent') return { manifest: null };
  const spoiled = (why: string, help = REMOVE_IT): Refusal => ({
    code: 'conflict',
    message: `${path} says what was installed, and cannot be used: ${why} Nothing was changed.`,
    help,
    details: { path },
  });
  if (file.kind === 'untrusted') return spoiled(file.message, MEND_RIGHTS);
  if (file.kind !== 'read') return spoiled(file.message);
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(new TextDecoder().decode(file.bytes)));
    return parsed.success ? { manifest: parsed.data } : spoiled('it was changed by somebody.');
  } catch {
    return spoiled('it is not JSON.');
  }
}

/** Whether a run has ended that decided something: the first one, when it is killed, leaves a note and no decision. */
export function hasDecided(manifest: InstallManifest | null): boolean {
  return manifest !== null && (manifest.pending === undefined || Object.keys(manifest.files).length > 0);
}

/** How the manifest knows a text again. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A file of ours: two-space indent and a final newline. */
export function fileText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
