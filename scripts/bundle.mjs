// Bundles one Node program (command line or hub) with rolldown.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, sep } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './build-inputs.mjs';

/** Values of the names that src/agent/build-kind.ts and src/shared/version.ts declare. */
export function buildConstants(packaged) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { __MOORING_PACKAGED__: String(packaged), __MOORING_VERSION__: JSON.stringify(version) };
}

// CommonJS packages in the bundle may ask where they are; an ES module has no such names of its own.
const COMMONJS_NAMES = { __filename: 'import.meta.filename', __dirname: 'import.meta.dirname' };

// Everything goes into the bundle but Node's own modules and what `external` names, which is installed beside us:
// a few files that are read at once start faster than the thousand and more of the packages.
function isExternal(external) {
  const left = new Set([...external, ...builtinModules]);
  return (id) => {
    if (id.startsWith('node:')) return true;
    const name = id.startsWith('@') ? id.split('/', 2).join('/') : id.split('/', 1)[0];
    return left.has(id) || left.has(name);
  };
}

/**
 * Bundles `entry` into `folder` and swaps the result in without ever leaving a half-written program behind. `small`
 * shortens names as well: an agent keeps its own text in memory all day.
 */
export async function bundle({ entry, folder, packaged, external = [], small = false }) {
  const fresh = join(root, 'out', `.new-${process.pid}`, folder);
  const bundled = await rolldown({
    input: join(root, entry),
    cwd: root,
    platform: 'node',
    external: isExternal(external),
    transform: { target: 'node24', define: { ...buildConstants(packaged), ...COMMONJS_NAMES } },
    onLog(level, log, pass) {
      // Packages written for several module systems probe for theirs; that is not ours to mend.
      if (level === 'warn' && log.id?.includes('node_modules')) return;
      pass(level, log);
    },
  });
  try {
    await bundled.write({
      dir: fresh,
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
      // Some packages store and look things up by the names of their classes (oidc-provider: what a token is).
      keepNames: !small,
      minify: {
        compress: small || { keepNames: { function: true, class: true } },
        mangle: small,
        codegen: true,
      },
      comments: { legal: true, annotation: false, jsdoc: false },
    });
    swapIn(fresh, join(root, 'out', folder), packaged);
  } finally {
    await bundled.close();
    rmSync(dirname(fresh), { recursive: true, force: true });
  }
}

const listed = (folder) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    : [];

// A program that runs from here meanwhile still loads its own chunks: their names carry a hash of their content,
// so new ones are put beside them first, the entry is replaced last, and what the build before last left is removed.
// What is packed is what was built, and nothing before it.
function swapIn(fresh, folder, packaged) {
  const previous = join(root, 'out', '.built', `${basename(folder)}.files`);
  const keep = new Set(listed(fresh));
  const before = !packaged && existsSync(previous) ? readFileSync(previous, 'utf8').split('\n') : [];
  for (const file of [...keep].sort((a, b) => b.split(sep).length - a.split(sep).length)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    if (file.includes('chunks') && existsSync(join(folder, file))) continue;
    copyFileSync(join(fresh, file), join(folder, `${file}.new`));
    renameSync(join(folder, `${file}.new`), join(folder, file));
  }
  for (const file of listed(folder)) {
    if (!keep.has(file) && !before.includes(file)) rmSync(join(folder, file), { force: true });
  }
  mkdirSync(dirname(previous), { recursive: true });
  writeFileSync(previous, [...keep].join('\n'));
}
