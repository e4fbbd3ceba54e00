import type { RestorationAnswer, RestoredPart } from '../../shared/contracts/hub-deletions.ts';
import type { Reader } from '../database/connection.ts';
import { countKept, type TakenThing } from './kept-things.ts';

/** What came back of a thing, and under which name. */
export interface PutBack {
  readonly name: string;
  readonly parts: RestorationAnswer['parts'];
}

/** How much of each part came back, against how much was kept under the same name; parts that it never had are left out. */
export async function countedParts(
  reader: Reader,
  thing: Pick<TakenThing, 'keptId'>,
  back: Partial<Readonly<Record<RestoredPart, bigint>>>,
): Promise<RestorationAnswer['parts']> {
  const kept = await countKept(reader, thing);
  const parts: RestorationAnswer['parts'] = [];
  for (const part of ['members', 'teams', 'policies', 'groups', 'people'] as const) {
    const rows = kept.get(part) ?? 0;
    const restored = Number(back[part] ?? 0n);
    if (rows > 0) parts.push({ part, restored, left: rows - restored });
  }
  return parts;
}
