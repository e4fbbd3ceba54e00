import type { CatalogWords } from '../catalog-words.ts';
import { descriptionsDe } from './setting-descriptions.ts';
import { categoriesDe, labelsDe } from './setting-labels.ts';

/** The settings catalog in German; a test holds it to be whole. */
export const catalogDe: CatalogWords = {
  labels: labelsDe,
  descriptions: descriptionsDe,
  categories: categoriesDe,
  units: { cores: 'Kerne', nodes: 'Knoten', MiB: 'MiB' },
};
