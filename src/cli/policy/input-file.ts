import { readFileSync } from 'node:fs';

/** The bytes of a file that the person named, or why there are none. */
export type InputFile =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly message: string };

/** Reads a file that was named on the command line. Never throws. */
export function readInputFile(path: string): InputFile {
  try {
    return { ok: true, bytes: readFileSync(path) };
  } catch (error) {
    return { ok: false, message: `${path} cannot be read: ${reason(error)}.` };
  }
}

/** Everything from standard input. */
export async function readInput(stdin: AsyncIterable<Uint8Array | string>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'EISDIR':
      return 'it is a folder';
    case 'EACCES':
    case 'EPERM':
      return 'permission was denied';
    default:
      return typeof code === 'string' ? code : 'the system refused';
  }
}
