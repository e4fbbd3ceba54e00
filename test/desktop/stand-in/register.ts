import { registerHooks } from 'node:module';

/** Has `electron` mean the stand-in, for `import` and `require` alike. Given to Node by `--import`. */
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? {
          url: new URL('./electron.ts', import.meta.url).href,
          format: 'module-typescript',
          shortCircuit: true,
        }
      : next(specifier, context),
});
