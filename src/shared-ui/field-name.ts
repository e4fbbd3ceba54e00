import { useCallback } from 'react';
import { wordFor } from '../shared/text/catalog-words.ts';
import { useText } from './text-context.tsx';

/** The name of a field as people write it: `sharedByDefault` is "Shared by default". */
function spoken(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}

/** The name of a field of an `objectList` in the reader's words. */
export function useFieldName(): (name: string) => string {
  const { catalog } = useText();
  return useCallback((name) => wordFor(catalog.fields, name, spoken(name)), [catalog]);
}
