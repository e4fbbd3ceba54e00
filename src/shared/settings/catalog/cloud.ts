import { defineSetting } from '../define-setting.ts';

/** Settings of the category “Cloud”. */
export const cloud = [
  defineSetting({
    id: 'enableCloud',
    category: 'Cloud',
    label: 'Offer the cloud engine',
    description: 'Shows the switch that moves builds and containers to the cloud.',
    type: 'boolean',
    default: false,
    editableIn: ['gui', 'json', 'console'],
    consoleName: 'Enable Docker Offload',
    notes: 'Shown only where the organization has the capability.',
  }),
  defineSetting({
    id: 'offloadIdleTimeout',
    category: 'Cloud',
    label: 'Idle time of the cloud engine',
    description: 'After how long without work the cloud engine goes to sleep.',
    type: 'integer',
    range: { min: 0 },
    default: null,
    pathDocumented: false,
    editableIn: ['gui'],
  }),
  defineSetting({
    id: 'offloadGpuSupport',
    category: 'Cloud',
    label: 'Cloud engine with GPU',
    description: 'Asks for cloud engines that have a GPU.',
    type: 'boolean',
    default: null,
    pathDocumented: false,
    editableIn: ['gui'],
  }),
] as const;
