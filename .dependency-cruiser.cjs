// Who may import whom (docs/developers.md, "Layout"). Anything not allowed here is refused, and so is any cycle.
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  comment: `${from} may only reach ${allowed.join(', ')} within src`,
  from: { path: `^src/${from}/`, pathNot: '\\.test\\.tsx?$' },
  to: { path: '^src/', pathNot: allowed.map((folder) => `^src/${folder}/`) },
});

/** The files of the shell that call Electron, and the one that reads what it keeps through a module of Electron's. */
const ELECTRON_FILES = [
  'notices/shown-notices',
  ...['index', 'desktop', 'preload', 'bridge/install-bridge', 'tray/tray-icon', 'updates/electron-feed'],
  ...[
    'shell/application-menu',
    'shell/failed-start',
    'shell/messages',
    'windows/dashboard-window',
    'windows/unsaved-changes',
  ],
  'preferences/preferences',
];

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
      name: 'shell-is-thin',
      severity: 'error',
      comment: 'what decides is free of Electron and tested without it; these files carry it out',
      from: {
        path: '^src/main/',
        pathNot: `\\.test\\.ts$|^src/main/(${ELECTRON_FILES.join('|')})\\.ts$`,
      },
      to: { path: '(^|/)electron(-|$|/)', dependencyTypesNot: ['type-only'] },
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
