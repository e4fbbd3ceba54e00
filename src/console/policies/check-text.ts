import type { Problem } from '../../shared/policy/model.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';

/** Every problem of a document, by the same engine that hub and devices run. */
export function checkText(text: string): readonly Problem[] {
  return readDocument(text, 'organization-policy', desktopCatalog).problems;
}

/** The same of a file as it lies on the disk. */
export function checkBytes(bytes: Uint8Array): readonly Problem[] {
  return readDocument(bytes, 'organization-policy', desktopCatalog).problems;
}

/** What is wrong, for where the place is shown by other means: messages begin with it, for logs. */
export function withoutPlace({
  message,
  line,
  column,
}: {
  readonly message: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
}): string {
  const place = `Line ${line}, column ${column}: `;
  return message.startsWith(place) ? message.slice(place.length) : message;
}
