import { defineSetting } from '../define-setting.ts';

/** Settings of the category “Beta features”. */
export const betaFeatures = [
  defineSetting({
    id: 'enableDockerMCPToolkit',
    category: 'Beta features',
    label: 'MCP toolkit',
    description: 'Switches on the catalog and the gateway for Model Context Protocol servers.',
    type: 'boolean',
    default: true,
    editableIn: ['gui', 'json'],
  }),
  defineSetting({
    id: 'allowBetaFeatures',
    category: 'Beta features',
    label: 'Offer beta features',
    description: 'Shows features that are in public beta.',
    type: 'boolean',
    default: false,
    editableIn: ['json', 'console'],
    consoleName: 'Access beta features',
  }),
  defineSetting({
    id: 'allowExperimentalFeatures',
    category: 'Beta features',
    label: 'Offer experimental features',
    description: 'Shows the experimental features that older releases had.',
    type: 'boolean',
    default: false,
    editableIn: ['json'],
    maxVersion: '4.41',
  }),
  defineSetting({
    id: 'enableWasm',
    category: 'Beta features',
    label: 'Run WebAssembly',
    description: 'Installs the runtimes for WebAssembly workloads.',
    type: 'boolean',
    default: false,
    pathDocumented: false,
    storeKey: 'EnableWasmShims',
    editableIn: ['gui'],
  }),
] as const;
