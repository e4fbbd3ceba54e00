import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { schemasFirst } from './scripts/schemas-first.ts';

const root = import.meta.dirname;

/** Compresses once, here, what the hub would otherwise compress for every visitor. */
function compressed(): Plugin {
  let folder = '';
  return {
    name: 'compressed',
    apply: 'build',
    configResolved: (config) => {
      folder = config.build.outDir;
    },
    closeBundle: () => {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !/\.(js|css|svg)$/.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const content = readFileSync(file);
        const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
        writeFileSync(`${file}.br`, brotliCompressSync(content, quality));
        writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
      }
    },
  };
}

/** The Admin Console, which the hub serves: its pages at `/`, their files below `/console/`. */
export default defineConfig({
  root: join(root, 'src/console'),
  base: '/console/',
  plugins: [react(), compressed()],
  build: {
    outDir: process.env.MOORING_CONSOLE_FOLDER ?? join(root, 'out/console'),
    emptyOutDir: true,
    // An inlined font or picture would have to be allowed by the content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: schemasFirst,
    },
  },
});
