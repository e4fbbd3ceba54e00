import { defineSetting } from '../define-setting.ts';

/** Settings of the category “WSL”. */
export const wsl = [
  defineSetting({
    id: 'wslEngineEnabled',
    category: 'WSL',
    label: 'Run the engine on WSL 2',
    description: 'Uses WSL 2 for the Linux virtual machine; when off, Hyper-V.',
    type: 'boolean',
    default: true,
    platforms: ['windows'],
    valuePath: 'linuxVM.wslEngineEnabled.value',
    lockPath: 'linuxVM.wslEngineEnabled.locked',
    editableIn: ['gui', 'json', 'console'],
    consoleName: 'Windows Subsystem for Linux (WSL) Engine',
    minVersion: '4.13',
    notes: 'Comes before the backend chosen at installation.',
  }),
  defineSetting({
    id: 'wslDefaultDistroIntegration',
    category: 'WSL',
    label: 'Integrate with the default WSL distribution',
    description: 'Makes the command line available inside the default WSL distribution.',
    type: 'boolean',
    default: true,
    platforms: ['windows'],
    pathDocumented: false,
    storeKey: 'EnableIntegrationWithDefaultWslDistro',
    editableIn: ['gui'],
  }),
  defineSetting({
    id: 'wslDistroIntegration',
    category: 'WSL',
    label: 'Integrate with further WSL distributions',
    description: 'Names more WSL distributions in which the command line is available.',
    type: 'stringList',
    default: [],
    platforms: ['windows'],
    pathDocumented: false,
    storeKey: 'IntegratedWslDistros',
    editableIn: ['gui'],
  }),
] as const;
