import type { Problem } from '../../shared/policy/model.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';

/** Every problem of a document, by the same engine that hub and devices run. */
export function checkText(text: string): readonly Problem[] {
  return readDocument(text, 'organization-policy', desktopCatalog).problems;
}
