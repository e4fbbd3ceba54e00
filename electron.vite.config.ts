import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { schemasFirst } from './scripts/schemas-first.ts';

/** The build's constants, as scripts/build.mjs passes them. */
const define: Record<string, string> = JSON.parse(process.env.MOORING_BUILD_CONSTANTS ?? '{}');

/**
 * The desktop app: Electron's main process, the bridge of its window, and the dashboard, whose build is also the
 * page that a headless agent serves to a browser.
 */
export default defineConfig({
  main: {
    define,
    build: {
      outDir: 'out/main',
      // Packages of "dependencies" are installed for the hub and the command line; the app carries what it needs
      // within itself, but for what is native or has files of its own.
      externalizeDeps: { exclude: ['jose', 'zod', '@xmldom/xmldom'] },
      minify: true,
      rolldownOptions: { input: { index: 'src/main/index.ts' } },
    },
  },
  preload: {
    define,
    build: {
      outDir: 'out/preload',
      // A sandboxed window loads its bridge as one CommonJS file and cannot require packages.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: 'src/main/preload.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    define,
    plugins: [react()],
    build: {
      outDir: 'out/renderer',
      minify: true,
      emptyOutDir: true,
      rolldownOptions: {
        input: 'src/renderer/index.html',
        output: schemasFirst,
      },
    },
  },
});
