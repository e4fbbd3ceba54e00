import type { CatalogWords } from '../catalog-words.ts';
import { descriptionsDe } from './setting-descriptions.ts';
import { categoriesDe, labelsDe } from './setting-labels.ts';

/** The settings catalog in German; a test holds it to be whole. */
export const catalogDe: CatalogWords = {
  labels: labelsDe,
  descriptions: descriptionsDe,
  categories: categoriesDe,
  units: { cores: 'Kerne', nodes: 'Knoten', MiB: 'MiB' },
  unitsOfOne: { Kerne: 'Kern', Knoten: 'Knoten' },
  fields: {
    path: 'Pfad',
    sharedByDefault: 'Von Anfang an freigegeben',
    hostPath: 'Pfad auf diesem Computer',
    name: 'Name',
    driver: 'Treiber',
    platforms: 'Plattformen',
  },
  fieldDescriptions: {
    'The folder. May start with $HOME, $TMP or $TEMP.':
      'Der Ordner. Darf mit $HOME, $TMP oder $TEMP beginnen.',
    'Share it at first start and after a factory reset.':
      'Beim ersten Start und nach dem Zurücksetzen auf den Auslieferungszustand freigeben.',
    'The folder on the host.': 'Der Ordner auf diesem Computer.',
    'Name of the builder.': 'Name der Build-Instanz.',
    'What runs the builds; `docker` when left out.': 'Was die Builds ausführt; `docker`, wenn es fehlt.',
    "Platforms it builds for; the host's own when left out.":
      'Plattformen, für die sie baut; die eigene dieses Computers, wenn sie fehlen.',
  },
};
