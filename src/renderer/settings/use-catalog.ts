import { useCallback, useMemo } from 'react';
import { wordFor } from '../../shared/text/catalog-words.ts';
import { useText } from '../../shared-ui/text-context.tsx';
import { type Loaded, useResource } from '../agent/use-resource.ts';
import type { ResourceValue } from '../transport/local-client.ts';

/** The agent's catalog in the reader's words; a category keeps its name, which is its address too. */
export function useCatalog(): Loaded<ResourceValue<'catalog'>> {
  const { catalog: words } = useText();
  const loaded = useResource('catalog');
  const answer = loaded.state === 'ready' ? loaded.value : null;
  const translated = useMemo(
    () =>
      answer === null
        ? null
        : {
            ...answer,
            settings: answer.settings.map((setting) => ({
              ...setting,
              label: wordFor(words.labels, setting.id, setting.label),
              description: wordFor(words.descriptions, setting.id, setting.description),
              ...(setting.unit === undefined
                ? {}
                : { unit: wordFor(words.units, setting.unit, setting.unit) }),
              ...(setting.items === undefined
                ? {}
                : {
                    items: setting.items.map((field) => ({
                      ...field,
                      description: wordFor(words.fieldDescriptions, field.description, field.description),
                    })),
                  }),
            })),
          },
    [answer, words],
  );
  return loaded.state === 'ready' && translated !== null ? { ...loaded, value: translated } : loaded;
}

/** The name of a category in the reader's words. */
export function useCategoryName(): (category: string) => string {
  const { catalog } = useText();
  return useCallback((category) => wordFor(catalog.categories, category, category), [catalog]);
}
