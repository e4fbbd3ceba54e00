// Starts a program under a Node that can run it. Plain JavaScript for Node 20: it is what npm links as a command,
// so it runs under whatever `node` the machine has.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const NEEDED = 24;
// Ctrl-C in a terminal reaches the child by itself; passed on as well it would count as pressed twice.
const FORWARDED = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs `out/<program>` here when this Node is new enough, otherwise under the Node that is installed with us. */
export async function launch(program) {
  const file = join(dirname(fileURLToPath(import.meta.url)), '..', 'out', program);
  if (!existsSync(file)) {
    fail(
      `${file} is missing: in a checkout, build it with \`npm run build\`; otherwise install Mooring again.`,
    );
    return;
  }
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
    await import(pathToFileURL(file).href);
    return;
  }
  const node = bundledNode();
  if (node === null) {
    fail(
      `Mooring needs Node ${NEEDED}. This is Node ${process.versions.node}, and the one that is installed with Mooring is missing because npm did not run its install script. Let it run with \`npm rebuild\` in the folder where Mooring is installed (npm root --global shows its parent), or start Mooring with Node ${NEEDED}.`,
    );
    return;
  }
  const follow = new URL('end-with-launcher.js', import.meta.url).href;
  // The channel says nothing: that it closes tells the program that we are gone.
  const stdio = ['inherit', 'inherit', 'inherit', 'ipc'];
  passOn(spawn(node, ['--import', follow, file, ...process.argv.slice(2)], { stdio }));
}

function bundledNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    return ['bin/node', 'bin/node.exe'].map((name) => join(folder, name)).find(existsSync) ?? null;
  } catch {
    return null;
  }
}

// The program in the child is what the person started: it gets our signals, and we end as it ends.
function passOn(child) {
  process.on('SIGINT', () => {});
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  child.on('error', (error) =>
    fail(`The Node that is installed with Mooring did not start: ${error.message}`),
  );
  child.on('exit', (code, signal) => {
    if (signal === null) {
      process.exitCode = code ?? 1;
      return;
    }
    for (const name of ['SIGINT', ...FORWARDED]) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}
