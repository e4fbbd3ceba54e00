// Runs a program of this checkout: `node scripts/run.mjs cli …` or `… hub …`. Sets the checkout up and builds what
// changed, saying so on standard error only, so that a command's output stays clean. Plain JavaScript for Node 20.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from '../bin/launch.js';
import { isCurrent, root } from './build-inputs.mjs';

const programs = { cli: 'cli/mooring.js', hub: 'hub/mooring-hub.js' };

const [name, ...args] = process.argv.slice(2);
if (!Object.hasOwn(programs, name ?? '')) {
  process.stderr.write('Use: node scripts/run.mjs cli|hub [arguments]\n');
  process.exit(2);
}
try {
  await prepare();
  process.argv.splice(2, 1);
  await launch(programs[name]);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function prepare() {
  const pinned = join(
    root,
    'node_modules',
    'node',
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (!existsSync(pinned)) (await import('./setup.mjs')).ensureSetUp();
  // The dashboard that an agent serves is built only for those who ask for it.
  const parts = [name, ...(args.includes('--dashboard') ? ['pages'] : [])].filter((part) => !isCurrent(part));
  if (parts.length === 0) return;
  const { buildParts } = await import('./build.mjs');
  await buildParts(parts).catch((error) => {
    throw new Error(
      `The build failed: ${error.message}\nIf a package is missing, \`npm ci\` brings node_modules up to date.`,
    );
  });
}
