import { type ReactNode, useMemo } from 'react';
import { LabelsContext } from '../../shared-ui/labels-context.ts';
import { useCatalog } from './use-catalog.ts';

/** Gives the labels of the agent's catalog to everything below. */
export function LabelsProvider({ children }: { readonly children: ReactNode }) {
  const catalog = useCatalog();
  const settings = catalog.state === 'ready' ? catalog.value.settings : null;
  const labels = useMemo(
    () => new Map((settings ?? []).map((setting) => [setting.id, setting.label])),
    [settings],
  );
  return <LabelsContext value={labels}>{children}</LabelsContext>;
}
