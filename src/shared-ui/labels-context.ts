import { createContext, use, useCallback } from 'react';

/** Labels of all settings by id, so that one setting can name another as people know it. */
export const LabelsContext = createContext<ReadonlyMap<string, string>>(new Map());

/** The label of a setting; its id where the catalog does not know it. */
export function useLabels(): (id: string) => string {
  const labels = use(LabelsContext);
  return useCallback((id) => labels.get(id) ?? id, [labels]);
}
