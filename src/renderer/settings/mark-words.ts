import { type RefObject, useLayoutEffect } from 'react';
import { splitMatches } from '../../shared-ui/match-text.ts';
import './mark-words.css';

/** As mark-words.css calls the marks. */
const FOUND = 'found';

/** On an element whose text a search marks. */
export const SEARCHED = { 'data-searched': true } as const;

/**
 * Marks `words` in what is shown of the texts below `list`, and takes the marks away again. The browser draws them over
 * the text, so that no row is drawn again for a letter of a search; one too old for that (Safari before 17.2, Firefox
 * before 140) shows what was found without marks. `whole` is there because texts that arrive later are marked too.
 */
export function useMarkedWords(
  list: RefObject<HTMLElement | null>,
  words: readonly string[],
  found: ReadonlySet<string>,
  whole: boolean,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was found and drawn decides which texts are there
  useLayoutEffect(() => {
    if (list.current === null || words.length === 0 || !('highlights' in CSS)) return;
    CSS.highlights.set(FOUND, new Highlight(...rangesOf(list.current, words)));
    return () => void CSS.highlights.delete(FOUND);
  }, [list, words, found, whole]);
}

function rangesOf(list: HTMLElement, words: readonly string[]): readonly StaticRange[] {
  return [...list.querySelectorAll('[data-searched]')]
    .filter((element) => element.closest('[hidden]') === null)
    .flatMap(textsOf)
    .flatMap((text) =>
      splitMatches(text.data, words)
        .filter(({ match }) => match)
        .map(
          ({ start, text: { length } }) =>
            new StaticRange({
              startContainer: text,
              startOffset: start,
              endContainer: text,
              endOffset: start + length,
            }),
        ),
    );
}

function textsOf(element: Element): readonly Text[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  while (walker.nextNode() !== null) if (walker.currentNode instanceof Text) texts.push(walker.currentNode);
  return texts;
}
