import type { DeviceStatus } from '../../shared/contracts/hub-devices.ts';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useConsoleText } from '../console-text.tsx';
import { STATUS_TONES } from './statuses.ts';

/** The status of a device in its word. */
export function StatusTag({ status }: { readonly status: DeviceStatus }) {
  const { t } = useConsoleText();
  return <Tag tone={STATUS_TONES[status]}>{t(`compliance.status.${status}`)}</Tag>;
}
