import { defineSetting } from '../define-setting.ts';

/** Settings of the category “Scout”. */
export const scout = [
  defineSetting({
    id: 'scoutSbomIndexing',
    category: 'Scout',
    label: 'Analyse images with Scout',
    description: 'Builds a bill of materials when somebody inspects an image.',
    type: 'boolean',
    default: true,
    group: 'scout',
    valuePath: 'scout.sbomIndexing',
    lockPath: 'scout.locked',
    storeKey: 'SbomIndexing',
    editableIn: ['gui', 'json', 'console'],
    consoleName: 'SBOM indexing',
  }),
  defineSetting({
    id: 'scoutUseBackgroundIndexing',
    category: 'Scout',
    label: 'Analyse new images in the background',
    description: 'Indexes images as they arrive, without being asked.',
    type: 'boolean',
    default: false,
    group: 'scout',
    valuePath: 'scout.useBackgroundIndexing',
    lockPath: 'scout.locked',
    storeKey: 'UseBackgroundIndexing',
    editableIn: ['gui', 'json', 'console'],
    consoleName: 'Background indexing',
  }),
] as const;
