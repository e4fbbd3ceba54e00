import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { schemasFirst } from '../scripts/schemas-first.ts';

const root = join(import.meta.dirname, '..');
const DASHBOARD = join('src', 'renderer', 'index.html');
const EMPTY = join('bench', 'empty-page', 'index.html');

/** The dashboard and a page that shows one button, from one build: React, theme and texts are the same files. */
export interface BuiltPages {
  /** Holds the dashboard as index.html and the empty page as empty.html. */
  readonly folder: string;
  remove(): Promise<void>;
}

/** Builds both for production, as electron.vite.config.ts does, into a folder of their own. */
export async function buildPages(): Promise<BuiltPages> {
  const folder = await mkdtemp(join(tmpdir(), 'mooring-pages-'));
  await build({
    configFile: false,
    root,
    base: '/',
    plugins: [react()],
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: true,
      minify: true,
      rolldownOptions: {
        input: { index: join(root, DASHBOARD), empty: join(root, EMPTY) },
        output: schemasFirst,
      },
    },
  });
  await copyFile(join(folder, DASHBOARD), join(folder, 'index.html'));
  await copyFile(join(folder, EMPTY), join(folder, 'empty.html'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
