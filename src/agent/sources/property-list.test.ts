import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { buildBinary } from 'plist';
import { describe, expect, test } from 'vitest';
import { readPropertyList } from './property-list.ts';

const POLICY = {
  allowedOrgs: ['acme', 'Zoë 日本 🚀'],
  hubUrl: 'https://hub.example',
  settings: { memoryMiB: { locked: true, value: 8192 }, proxy: { locked: false, exclude: [], port: -1 } },
};

const xml = (inner: string) =>
  Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">${inner}</plist>
`);
const read = async (bytes: Uint8Array) => {
  const list = await readPropertyList(bytes);
  return list.ok ? list.value : `refused: ${list.message}`;
};
const REFUSED = expect.stringMatching(/^refused: /);

/** What another program makes of the policy, in both forms. */
function madeBy(program: string, make: (folder: string) => void): Uint8Array[] {
  const folder = mkdtempSync(join(tmpdir(), `mooring-${program}-`));
  try {
    writeFileSync(join(folder, 'policy.json'), JSON.stringify(POLICY));
    make(folder);
    return ['policy.xml', 'policy.bin'].map((file) => readFileSync(join(folder, file)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('what other programs write is read', () => {
  test('plistlib of Python', async (context) => {
    context.skip(spawnSync('python3', ['--version']).status !== 0, 'there is no python3 here');
    const script = `
import json, plistlib, sys
policy = json.load(open('policy.json', encoding='utf-8'))
plistlib.dump(policy, open('policy.xml', 'wb'), fmt=plistlib.FMT_XML)
plistlib.dump(policy, open('policy.bin', 'wb'), fmt=plistlib.FMT_BINARY)`;
    for (const bytes of madeBy('plistlib', (cwd) => execFileSync('python3', ['-c', script], { cwd })))
      expect(await read(bytes)).toEqual(POLICY);
  });

  test('plistutil of libimobiledevice', async (context) => {
    const isThere = spawnSync('plistutil', ['--help']).error === undefined;
    context.skip(!isThere, 'there is no plistutil here (apt-get install libplist-utils)');
    const files = madeBy('plistutil', (cwd) => {
      writeFileSync(join(cwd, 'ours.bin'), buildBinary(POLICY));
      execFileSync('plistutil', ['-i', 'ours.bin', '-o', 'policy.xml', '-f', 'xml'], { cwd });
      execFileSync('plistutil', ['-i', 'policy.xml', '-o', 'policy.bin', '-f', 'bin'], { cwd });
    });
    for (const bytes of files) expect(await read(bytes)).toEqual(POLICY);
  });

  test('every kind of value of the XML form', async () => {
    const all = `<dict><key>t</key><true/><key>i</key><integer>-5</integer><key>r</key><real>1.5</real><key>s</key><string>&lt;<![CDATA[&]]><!-- c --></string>
      <key>d</key><date>2026-01-02T03:04:05Z</date><key>b</key><data>AAEC</data><key>a</key><array><false/><dict/></array><key>e</key><string/></dict>`;
    expect(await read(xml(all))).toEqual({
      ...{ t: true, i: -5, r: 1.5, s: '<&', d: '2026-01-02T03:04:05.000Z' },
      ...{ b: 'AAEC', a: [false, {}], e: '' },
    });
  });
});

describe('XML that is not what it says is refused', () => {
  const nested = (count: number) => xml('<array>'.repeat(count) + '</array>'.repeat(count));
  const entities = (more: string, use: string) =>
    Buffer.from(`<?xml version="1.0"?><!DOCTYPE x [${more}]><plist><string>${use}</string></plist>`);

  test.each<[string, Uint8Array]>([
    ['nothing', Buffer.from('')],
    ['no value', xml('')],
    ['two values', xml('<true/><false/>')],
    ['another root', Buffer.from('<dict/>')],
    ['an unknown kind', xml('<null/>')],
    ['a kind of the prototype', xml('<constructor/>')],
    ['a key without a value', xml('<dict><key>allowedOrgs</key></dict>')],
    ['a value without a key', xml('<dict><true/></dict>')],
    ['two keys in a row', xml('<dict><key>a</key><key>b</key><true/><false/></dict>')],
    ['a number with letters', xml('<integer>12abc</integer>')],
    ['an empty number', xml('<integer/>')],
    ['a date that is none', xml('<date>2026-13-45T00:00:00Z</date>')],
    ['a value in a text', xml('<string><true/></string>')],
    ['an end that is missing', Buffer.from('<plist><dict>')],
    ['a key of the prototype', xml('<dict><key>__proto__</key><dict/></dict>')],
    ['nesting', nested(65)],
    ['nesting without end', nested(60_000)],
    ['entities in entities', entities('<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">', '&b;')],
    ['a file of the machine', entities('<!ENTITY a SYSTEM "file:///etc/passwd">', '&a;')],
    ['another encoding', Buffer.from('\ufeff<plist><true/></plist>', 'utf16le')],
  ])('%s', async (_what, bytes) => {
    expect(await read(bytes)).toEqual(REFUSED);
  });

  test('as deep as is allowed is read', async () => {
    expect(await read(nested(64))).toBeInstanceOf(Array);
  });
});

/** A binary property list of these objects, the first on top; references and offsets of one and of two bytes. */
function binary(objects: readonly (readonly number[])[], change: { count?: bigint; top?: bigint } = {}) {
  const body = [...Buffer.from('bplist00')];
  const offsets = objects.map((object) => {
    const at = body.length;
    for (const byte of object) body.push(byte);
    return at;
  });
  const table = Buffer.alloc(offsets.length * 2);
  offsets.forEach((at, index) => {
    table.writeUInt16BE(at, index * 2);
  });
  const trailer = Buffer.alloc(32);
  trailer.set([2, 1], 6);
  trailer.writeBigUInt64BE(change.count ?? BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(change.top ?? 0n, 16);
  trailer.writeBigUInt64BE(BigInt(body.length), 24);
  return Buffer.concat([Buffer.from(body), table, trailer]);
}

describe('a binary list that is crafted is refused', () => {
  const TRUE = [0x09];
  const folded = (levels: number, members: number, last: readonly number[]) =>
    binary([
      ...Array.from({ length: levels }, (_, level) => [
        0xa0 + members,
        ...Array<number>(members).fill(level + 1),
      ]),
      last,
    ]);
  const text = [0x5f, 0x11, 0x7f, 0xff, ...Array<number>(0x7fff).fill(0x41)];

  test.each<[string, Uint8Array]>([
    ['only its mark', Buffer.from('bplist00')],
    ['in a circle', binary([[0xa1, 0]])],
    [
      'in a circle of two',
      binary([
        [0xa1, 1],
        [0xa1, 0],
      ]),
    ],
    ['2^30 values in 100 bytes', folded(30, 2, TRUE)],
    ['8^12 values in 200 bytes', folded(12, 8, TRUE)],
    ['a long text 4096 times', folded(4, 8, text)],
    ['nesting', folded(65, 1, TRUE)],
    ['more objects than bytes', binary([TRUE], { count: 2n ** 52n })],
    ['a top that is not there', binary([TRUE], { top: 7n })],
    ['a reference that leads nowhere', binary([[0xa1, 9]])],
    ['an array longer than the file', binary([[0xaf, 0x12, 0x0f, 0xff, 0xff, 0xff, 0]])],
    ['a text longer than the file', binary([[0x5f, 0x13, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]])],
    ['a date that is none', binary([[0x33, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0]])],
  ])('%s', async (_what, bytes) => {
    expect(await read(bytes)).toEqual(REFUSED);
  });

  test('what is used twice, and as deep as is allowed, is read', async () => {
    expect(await read(binary([[0xa2, 1, 1], TRUE]))).toEqual([true, true]);
    expect(await read(folded(64, 1, TRUE))).toBeInstanceOf(Array);
  });

  test('no change of a good one makes it throw, and none reaches a prototype', async () => {
    const good = buildBinary(POLICY);
    const changes = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const check = fc.asyncProperty(changes, fc.nat(good.length), async (each, length) => {
      const bytes = Uint8Array.from(good.subarray(0, length % 3 === 0 ? length : good.length));
      for (const [at, byte] of each) if (at < bytes.length) bytes[at] = byte;
      const list = await readPropertyList(bytes);
      expect(typeof list.ok).toBe('boolean');
      expect(Reflect.ownKeys(Object.prototype)).not.toContain('allowedOrgs');
    });
    await fc.assert(check, { numRuns: 500 });
  });
});
