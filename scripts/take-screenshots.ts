// `npm run screenshots`: the dashboard and the Admin Console, one after the other, with the options that both know:
// nothing, `--docs`, or `--all FOLDER`.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

for (const script of ['screenshots.ts', 'console-screenshots.ts']) {
  const { status } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, script), ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  if (status !== 0) process.exitCode = status ?? 1;
}
