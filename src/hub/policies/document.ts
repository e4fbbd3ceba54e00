import type { DocumentProblem } from '../../shared/contracts/hub-api.ts';
import { RefusalError } from '../../shared/contracts/refusal.ts';
import { readJson } from '../../shared/policy/json-text.ts';
import type { Problem } from '../../shared/policy/model.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { maskUserInfo } from '../../shared/text/mask-user-info.ts';
import type { Json } from '../database/schema.ts';

/** A document that the engine reads without an error, ready to be stored. */
export interface AcceptedDocument {
  readonly document: { readonly [key: string]: Json };
  /** As the author wrote it. */
  readonly text: string;
  /** Warnings. */
  readonly problems: readonly DocumentProblem[];
}

/** How a document arrives: as text, or as a JSON object (which becomes text here). */
export interface DocumentInput {
  readonly text?: string | undefined;
  readonly document?: { readonly [key: string]: Json } | undefined;
}

/** Every problem of a document, by the same engine that the devices run, and the document where it is usable. */
export function checkDocument(input: DocumentInput): {
  readonly acceptable: boolean;
  readonly problems: readonly DocumentProblem[];
  readonly accepted: AcceptedDocument | null;
} {
  const text = input.text ?? printDocument(input.document ?? {});
  const problems = readDocument(text, 'organization-policy', desktopCatalog).problems.map(toDocumentProblem);
  const json = readJson(text);
  const value = json.ok && isDocument(json.value) ? json.value : null;
  if (value !== null && !fitsIntoDatabase(text, value)) problems.push(UNSTORABLE);
  const acceptable = value !== null && problems.every((problem) => problem.severity !== 'error');
  return { acceptable, problems, accepted: acceptable ? { document: value, text, problems } : null };
}

/** The document, or a refusal (`invalid_value`) that lists every problem. */
export function acceptDocument(input: DocumentInput): AcceptedDocument {
  const { accepted, problems } = checkDocument(input);
  if (accepted !== null) return accepted;
  const errors = problems.filter((problem) => problem.severity === 'error');
  const first = errors[0];
  throw new RefusalError({
    code: 'invalid_value',
    message: `The document has ${errors.length === 1 ? 'an error' : `${errors.length} errors`} and was not saved.${first === undefined ? '' : ` ${describeProblem(first)}`}`,
    help: 'Mend every error of the list and save again; warnings do not stop it.',
    details: { problems },
  });
}

/** A problem in one line: where, then what. */
function describeProblem(problem: DocumentProblem): string {
  return problem.path === '' ? problem.message : `${problem.path}: ${problem.message}`;
}

/** A document as people read it: two spaces, keys in their own order, final newline. */
export function printDocument(document: { readonly [key: string]: Json }): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** The document without user names and passwords in addresses: for the audit log (docs/delivery.md section 7). */
export function maskDocument(document: { readonly [key: string]: Json }): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(document).map(([key, value]) => [key, maskValue(value)]));
}

/** Any JSON value with the user-info of the addresses in it masked. */
export function maskValue(value: Json): Json {
  if (typeof value === 'string') return maskUserInfo(value);
  if (Array.isArray(value)) return value.map(maskValue);
  return typeof value === 'object' && value !== null ? maskDocument(value) : value;
}

function toDocumentProblem(problem: Problem): DocumentProblem {
  const { severity, path, code, message, line, column } = problem;
  return {
    severity,
    path,
    code,
    message,
    ...(line === undefined ? {} : { line }),
    ...(column === undefined ? {} : { column }),
  };
}

const UNSTORABLE: DocumentProblem = {
  severity: 'error',
  path: '',
  code: 'invalid_value',
  message:
    'It holds a NUL character, half of a surrogate pair, or a number beyond all bounds: no text or setting needs those. Remove it.',
};

/** PostgreSQL keeps neither NUL nor unpaired surrogates, and JSON writes no infinity. */
function fitsIntoDatabase(text: string, value: Json): boolean {
  if (text.includes('\0') || !text.isWellFormed()) return false;
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value);
  if (value === null || typeof value === 'boolean') return true;
  const parts = Array.isArray(value) ? value : [...Object.keys(value), ...Object.values(value)];
  return parts.every((part) => fitsIntoDatabase('', part));
}

/** `readJson` answers with plain JSON data only. */
function isDocument(value: unknown): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
