import { z } from 'zod';
import type { RestorationAnswer, RestoredPart } from '../../shared/contracts/hub-deletions.ts';

/** What came back of a thing, and under which name. */
export interface PutBack {
  readonly name: string;
  readonly parts: RestorationAnswer['parts'];
}

const keptSchema = z.record(z.string(), z.unknown());

/** How much of each part came back, against how much was kept under the same name; parts that it never had are left out. */
export function countedParts(
  content: string,
  back: Partial<Readonly<Record<RestoredPart, bigint>>>,
): RestorationAnswer['parts'] {
  const kept = keptSchema.parse(JSON.parse(content));
  const parts: RestorationAnswer['parts'] = [];
  for (const part of ['members', 'teams', 'policies', 'groups', 'people'] as const) {
    const rows = kept[part];
    const restored = Number(back[part] ?? 0n);
    if (Array.isArray(rows) && rows.length > 0) parts.push({ part, restored, left: rows.length - restored });
  }
  return parts;
}
