/**
 * How pages are split into files: zod, and the module that tells it not to compile schemas, stand in one that is
 * read before every other that makes a schema. Otherwise the browser reports an attempt against the content security
 * policy.
 */
export const schemasFirst = {
  codeSplitting: {
    groups: [{ name: 'schemas', test: /node_modules[\\/]zod[\\/]|shared-ui[\\/]no-eval/ }],
  },
};
