import { checkDocument } from '../policies/document.ts';
import type { Output } from './output.ts';
import { readText } from './text-file.ts';

/**
 * The text of a policy document in a file ("-": standard input). What the engine warns of, such as a key that it does
 * not know, is told beside the answer: such a document is saved, and part of it decides nothing.
 */
export function readDraft(file: string, output: Output): string {
  const text = readText(file);
  const { acceptable, problems } = checkDocument({ text });
  // Errors are told, with the warnings, by whoever refuses them; a program reads standard output.
  if (acceptable && !output.json)
    for (const { path, message } of problems) output.writeError(`warning ${path}: ${message}\n`);
  return text;
}
