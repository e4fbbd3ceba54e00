import { defineSetting } from '../define-setting.ts';

/** Settings of the category “Software updates”. */
export const softwareUpdates = [
  defineSetting({
    id: 'disableUpdate',
    category: 'Software updates',
    label: 'Do not check for updates',
    description: 'When on, the app neither looks for new versions nor tells about them.',
    type: 'boolean',
    default: false,
    editableIn: ['gui', 'json', 'console'],
    consoleName: 'Disable update',
    minVersion: '4.13',
    notes: 'From 4.60, `false` switches checks back on where the installer left them off.',
  }),
  defineSetting({
    id: 'autoDownloadUpdates',
    category: 'Software updates',
    label: 'Download updates in the background',
    description: 'Fetches a new version as soon as it is out, ready to install.',
    type: 'boolean',
    default: false,
    pathDocumented: false,
    editableIn: ['gui'],
  }),
  defineSetting({
    id: 'silentModulesUpdate',
    category: 'Software updates',
    label: 'Update components automatically',
    description: 'Keeps parts such as the command line up to date without restarting the app.',
    type: 'boolean',
    default: true,
    editableIn: ['gui', 'json', 'console'],
    consoleName: 'Automatically update components',
    minVersion: '4.46',
  }),
] as const;
