// `npm run demo` and `npm start`: set-up and build where needed, then the demonstration itself. Plain JavaScript for
// Node 20, because on a fresh clone nothing else is there yet.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureSetUp, pinnedNode, root, toolEnvironment } from './setup.mjs';

const SCRIPTS = { demo: 'demo.ts', start: 'start.ts' };

function main() {
  const script = SCRIPTS[process.argv[2] ?? 'demo'];
  if (script === undefined) throw new Error('Usage: node scripts/demo.mjs demo|start');
  ensureSetUp();
  const env = toolEnvironment();
  const built = spawnSync(pinnedNode(), [join(root, 'scripts', 'build.mjs')], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    env,
  });
  if (built.status !== 0) throw new Error('The build failed; its messages are above.');
  const child = spawn(pinnedNode(), [join(root, 'scripts', 'demo', script), ...process.argv.slice(3)], {
    cwd: root,
    stdio: 'inherit',
    env,
  });
  // The terminal sends Ctrl-C to both; the child ends the world, and this process waits for it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
  });
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
