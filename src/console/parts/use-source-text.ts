import { useCallback } from 'react';
import type { ReportedSetting } from '../../shared/contracts/device-report.ts';
import { useConsoleText } from '../console-text.tsx';

/** Names who decides a setting. The texts of the desktop speak to its user; here somebody else is meant. */
export function useSourceText(): (source: ReportedSetting['source']) => string {
  const { t } = useConsoleText();
  return useCallback(
    (source) =>
      source === 'user-policy' || source === 'user' ? t(`device.source.${source}`) : t(`source.${source}`),
    [t],
  );
}
