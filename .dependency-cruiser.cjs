// Who may import whom (docs/developers.md, "Layout"). Anything not allowed here is refused, and so is any cycle.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may only reach ${allowed.join(', ')} within src`,
  from: { path: `^src/${from}/`, pathNot: '\\.test\\.tsx?$' },
  to: { path: '^src/', pathNot: allowed.map((folder) => `^src/${folder}/`) },
});

module.exports = {
  forbidden: [
    { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
    only('shared-is-pure', 'shared', ['shared']),
    only('agent', 'agent', ['agent', 'shared']),
    only('main', 'main', ['main', 'agent', 'shared']),
    only('cli', 'cli', ['cli', 'agent', 'shared']),
    only('hub', 'hub', ['hub', 'shared']),
    only('shared-ui', 'shared-ui', ['shared-ui', 'shared']),
    only('renderer', 'renderer', ['renderer', 'shared-ui', 'shared']),
    only('console', 'console', ['console', 'shared-ui', 'shared']),
    {
      name: 'shared-free-of-node',
      severity: 'error',
      from: { path: '^src/(shared|shared-ui|renderer|console)/', pathNot: '\\.test\\.tsx?$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'electron-only-in-main',
      severity: 'error',
      from: { path: '^src/(?!main/)' },
      to: { path: '(^|/)electron(-|$|/)' },
    },
    {
      name: 'web-reaches-contracts-only',
      severity: 'error',
      comment:
        'the pages talk to agent and hub through contracts; catalog and policy engine are pure and shared',
      from: { path: '^src/(renderer|console)/', pathNot: '\\.test\\.tsx?$' },
      to: { path: '^src/shared/', pathNot: '^src/shared/(contracts|settings|policy|text|enforcement)/' },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
