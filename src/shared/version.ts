/** Replaced by the bundler (scripts/bundle.mjs); does not exist where nothing is bundled, as in tests. */
declare const __MOORING_VERSION__: string | undefined;

/** Version of this build as in package.json; `0.0.0` where nothing is bundled. */
export const VERSION: string = typeof __MOORING_VERSION__ === 'string' ? __MOORING_VERSION__ : '0.0.0';
