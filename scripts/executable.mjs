// `npm run executable`: the command `mooring` as one file with Node in it (nodejs.org/api/single-executable-applications),
// for the desktop app's installers. The app's own Electron cannot be run as Node, so it brings a Node of its own.
//
//   node scripts/executable.mjs [--out FILE]
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'postject';
import { rolldown } from 'rolldown';
import { buildConstants } from './bundle.mjs';
import { pinnedNode, root } from './setup.mjs';

/** What Node looks for in itself at start, to know whether it carries a program (Node's documentation). */
const FUSE = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

const NAME = process.platform === 'win32' ? 'mooring.exe' : 'mooring';

/** Where electron-builder.yml takes the command from. */
export const EXECUTABLE = join(root, 'out', 'executable', NAME);

/** Makes the executable at `file`; whatever stood there is replaced as a whole. */
export async function makeExecutable(file = EXECUTABLE) {
  const folder = mkdtempSync(join(tmpdir(), 'mooring-executable-'));
  try {
    const blob = await makeBlob(folder);
    mkdirSync(dirname(file), { recursive: true });
    const fresh = `${file}.new`;
    copyFileSync(pinnedNode(), fresh);
    chmodSync(fresh, 0o755);
    // A signature of somebody else's bytes is no longer true, and mac starts nothing with a broken one.
    if (process.platform === 'darwin') run('codesign', ['--remove-signature', fresh]);
    await inject(fresh, 'NODE_SEA_BLOB', readFileSync(blob), {
      sentinelFuse: FUSE,
      ...(process.platform === 'darwin' ? { machoSegmentName: 'NODE_SEA' } : {}),
    });
    if (process.platform === 'darwin') run('codesign', ['--sign', '-', fresh]);
    renameSync(fresh, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function makeBlob(folder) {
  const main = join(folder, 'mooring.cjs');
  await bundleWhole(main);
  const blob = join(folder, 'mooring.blob');
  const configuration = join(folder, 'sea.json');
  const options = {
    main,
    output: blob,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    // Its environment must not be able to put other code into it: installers run it as administrator.
    execArgvExtension: 'none',
  };
  writeFileSync(configuration, JSON.stringify(options));
  run(pinnedNode(), ['--experimental-sea-config', configuration]);
  return blob;
}

/** Everything in one CommonJS file, which is what Node takes; only the keychain stays out, which it never opens. */
async function bundleWhole(file) {
  const builtin = new Set(builtinModules);
  const bundled = await rolldown({
    input: join(root, 'src/cli/executable/executable.ts'),
    cwd: root,
    platform: 'node',
    external: (id) => id.startsWith('node:') || builtin.has(id) || id === 'keytar',
    transform: { target: 'node24', define: buildConstants(true) },
    onLog(level, log, pass) {
      if (level === 'warn' && log.id?.includes('node_modules')) return;
      pass(level, log);
    },
  });
  try {
    await bundled.write({ file, format: 'cjs', codeSplitting: false, minify: true });
  } finally {
    await bundled.close();
  }
}

function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? `${stdout}${stderr}`.trim()}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [option, file, ...rest] = process.argv.slice(2);
  if ((option !== undefined && (option !== '--out' || file === undefined)) || rest.length > 0) {
    process.stderr.write('Use: npm run executable [-- --out FILE]\n');
    process.exitCode = 2;
  } else {
    const at = file === undefined ? EXECUTABLE : resolve(file);
    await makeExecutable(at).then(
      () => process.stderr.write(`made ${at}\n`),
      (error) => {
        process.stderr.write(`The executable could not be made: ${error.message}\n`);
        process.exitCode = 1;
      },
    );
  }
}
