import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { inProduction } from '../../scripts/build.mjs';
import { schemasFirst } from '../../scripts/schemas-first.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** The dashboard as it is in the working tree, built for production. */
export interface BuiltDashboard {
  readonly folder: string;
  remove(): Promise<void>;
}

/** Builds into a folder of its own, so that a test never meets an older build. Takes about a second. */
export async function buildDashboard(): Promise<BuiltDashboard> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-dashboard-'));
  await inProduction(() =>
    build({
      configFile: false,
      root: join(root, 'src', 'renderer'),
      base: './',
      plugins: [react()],
      logLevel: 'error',
      build: { outDir: folder, emptyOutDir: true, rolldownOptions: { output: schemasFirst } },
    }),
  );
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
