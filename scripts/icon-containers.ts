/*
 * Windows and mac want one file that holds an icon in several sizes. Both formats take PNG files as they are, behind
 * a small table, so nothing is drawn or compressed here.
 */

/** PNG files by the length of their side in pixels. */
export type IconSizes = ReadonlyMap<number, Buffer>;

/** An `.ico`: a header of 6 bytes, then 16 bytes for each image, then the images. */
export function icoFile(sizes: IconSizes): Buffer {
  const header = Buffer.alloc(6);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(sizes.size, 4);
  let offset = header.length + 16 * sizes.size;
  const entries = [...sizes].map(([size, image]) => {
    const entry = Buffer.alloc(16);
    // One byte a side; 256 is written as 0.
    entry.writeUInt8(size % 256, 0);
    entry.writeUInt8(size % 256, 1);
    entry.writeUInt16LE(1, 4);
    entry.writeUInt16LE(32, 6);
    entry.writeUInt32LE(image.length, 8);
    entry.writeUInt32LE(offset, 12);
    offset += image.length;
    return entry;
  });
  return Buffer.concat([header, ...entries, ...sizes.values()]);
}

/** The kinds of an `.icns` that hold PNG files; the second of a size is for a display of double density. */
const ICNS_KINDS = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic08', 256],
  ['ic13', 256],
  ['ic09', 512],
  ['ic14', 512],
  ['ic10', 1024],
] as const;

/** An `.icns`: `icns` and the whole length, then each image behind its kind and length. Throws where a size is missing. */
export function icnsFile(sizes: IconSizes): Buffer {
  const parts = ICNS_KINDS.map(([kind, size]) => {
    const image = sizes.get(size);
    if (image === undefined) throw new Error(`there is no image of ${size} pixels`);
    return block(kind, image);
  });
  return block('icns', Buffer.concat(parts));
}

function block(kind: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(kind, 'latin1');
  head.writeUInt32BE(head.length + content.length, 4);
  return Buffer.concat([head, content]);
}
