import { checks } from '../../shared/text/en-checks.ts';
import type { Said } from '../../shared/text/said.ts';
import { type Arguments, createTranslate } from '../../shared/text/text.ts';

export type CheckText = keyof typeof checks;

/** A sentence of a check: as the command line prints it, and as another surface finds it in its own language. */
export interface Words {
  /** In English. */
  readonly written: string;
  readonly said: Said;
}

const english = createTranslate(checks, 'en');

/** A sentence of the catalog. */
export function say<Key extends CheckText>(key: Key, ...rest: Arguments<(typeof checks)[Key]>): Words {
  const [values] = rest;
  return { written: english(key, ...rest), said: { key, ...(values === undefined ? {} : { values }) } };
}

/** Words that no catalog holds (`detail`), which say more than the sentence of the catalog and stand for it in English. */
export function quote<Key extends CheckText>(
  detail: string,
  key: Key,
  ...rest: Arguments<(typeof checks)[Key]>
): Words {
  return { written: detail, said: { ...say(key, ...rest).said, detail } };
}

/** A sentence of the catalog, and what somebody else has to add to it. */
export function sayWith(words: Words, detail: string | undefined): Words {
  if (detail === undefined) return words;
  return { written: `${words.written} ${detail}`, said: { ...words.said, detail } };
}

/** The name of a check, and which of several things it is about. */
export function about({ written, said }: Words, which: string | undefined): Words {
  if (which === undefined) return { written, said };
  return { written: `${written}: ${which}`, said: { ...said, detail: which } };
}
