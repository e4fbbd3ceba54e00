/** One line of input, without its end; or a line that is too long to be read. */
export type InputLine =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string };

/** A case holds four documents of 1 MiB and choices at most, and JSON text in JSON takes up to six times its size. */
const LONGEST_LINE = 32 * 1024 * 1024;

/**
 * The lines of a stream of UTF-8, as they arrive. Only `\n` ends a line (with a `\r` before it or not): the other
 * characters that some readers take for line ends may stand inside JSON. A last line needs no end.
 */
export async function* inputLines(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<InputLine> {
  let parts: Uint8Array[] = [];
  let length = 0;
  let tooLong = false;
  const add = (part: Uint8Array): void => {
    length += part.length;
    tooLong ||= length > LONGEST_LINE;
    if (tooLong) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  const finish = (): InputLine => {
    const line = tooLong ? TOO_LONG : decode(Buffer.concat(parts));
    parts = [];
    length = 0;
    tooLong = false;
    return line;
  };
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    let start = 0;
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, start)) {
      add(bytes.subarray(start, end));
      start = end + 1;
      yield finish();
    }
    // Copied: a stream may use the memory of its chunk again.
    add(Uint8Array.from(bytes.subarray(start)));
  }
  if (length > 0) yield finish();
}

const LINE_END = 0x0a;
const TOO_LONG: InputLine = { ok: false, message: 'The line is longer than 32 MiB.' };

function decode(bytes: Uint8Array): InputLine {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { ok: false, message: 'The line is not UTF-8 text.' };
  }
}
