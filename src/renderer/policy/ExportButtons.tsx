import { Button } from '@mantine/core';
import Download from 'lucide-react/icons/download';
import type { PolicyAnswer, SettingState, StatusAnswer } from '../../shared/contracts/local-api.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { saveAsJson } from '../../shared-ui/save-as.ts';
import { useText } from '../../shared-ui/text-context.tsx';
import { useResource } from '../agent/use-resource.ts';
import { managedStatus } from './managed-status.ts';

const FILE = 'mooring-policy.json';

/** The whole policy page as JSON, to paste into a ticket or to keep. */
export function ExportButtons({ policy }: { readonly policy: PolicyAnswer }) {
  const { t } = useText();
  const settings = useResource('settings');
  const status = useResource('status');
  // Without them the file would say that nothing is managed.
  if (settings.state !== 'ready' || status.state !== 'ready') return null;
  const { store } = status.value;
  const text = () => exportText(policy, settings.value.settings, store.state);
  return (
    <>
      <CopyButton text={text}>{t('policy.copyJson')}</CopyButton>
      <Button
        variant="default"
        size="xs"
        leftSection={<Download size={14} aria-hidden />}
        onClick={() => saveAsJson(FILE, text())}
      >
        {t('policy.exportJson')}
      </Button>
    </>
  );
}

function exportText(
  policy: PolicyAnswer,
  settings: readonly SettingState[],
  store: StatusAnswer['store']['state'],
): string {
  // A report about policy names which settings the user chose, never what they chose (docs/delivery.md, section 5).
  const managed = settings
    .filter((setting) => setting.managedBy !== null)
    .map(({ choice, value, contributions, ...setting }) => ({
      ...setting,
      status: managedStatus({ ...setting, choice }, store),
      ...(setting.source === 'user' ? {} : { value }),
      contributions: contributions.filter((each) => each.source !== 'user'),
    }));
  return `${JSON.stringify({ ...policy, managed }, null, 2)}\n`;
}
