import { spokenDe } from '../shared/text/agent/de/spoken.ts';
import { spoken } from '../shared/text/agent/spoken.ts';
import { catalogDe } from '../shared/text/de/catalog.ts';
import { de } from '../shared/text/de/de.ts';
import { createRetell } from '../shared/text/retell.ts';

/** The dashboard in German: one file, which only its readers load. */
export const german = {
  translation: de,
  catalog: catalogDe,
  retell: createRetell(spoken, spokenDe, catalogDe.labels),
};
