// `npm run stand-in-hub [document.json]`: a hub whose failures can be switched, for trying the agent by hand. Plain
// JavaScript for Node 20, because on a fresh clone nothing else is there yet.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureSetUp, pinnedNode, root, toolEnvironment } from './setup.mjs';

ensureSetUp();
const program = join(root, 'test', 'stand-in-hub', 'program.ts');
const child = spawn(pinnedNode(), [program, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: toolEnvironment(),
});
// The terminal sends Ctrl-C to both; the child ends the hub, and this process waits for it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 1);
});
