import { useCallback, useMemo, useState } from 'react';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { ResourceGate } from '../agent/ResourceGate.tsx';
import { useResource } from '../agent/use-resource.ts';
import { joinSettings, type ShownSetting } from '../settings/find-settings.ts';
import { PendingBar } from '../settings/PendingBar.tsx';
import pageClasses from '../settings/SettingsPage.module.css';
import { SettingsSection } from '../settings/SettingsSection.tsx';
import { useCatalog } from '../settings/use-catalog.ts';
import { WhyPanel } from '../settings/WhyPanel.tsx';

/** The one group that can be changed before signing in (docs/policy.md, section 7). */
const REACHABLE_GROUP = 'proxy';

/** Behind the sign-in wall: the proxy, without which nobody could sign in. */
export function ProxyPage() {
  const catalog = useCatalog();
  const settings = useResource('settings');
  return (
    <ResourceGate loaded={catalog}>
      {({ settings: registrations }) => (
        <ResourceGate loaded={settings}>
          {(answer) => (
            <ProxySettings
              settings={joinSettings(registrations, answer.settings).filter(
                (setting) => setting.registration.group === REACHABLE_GROUP,
              )}
            />
          )}
        </ResourceGate>
      )}
    </ResourceGate>
  );
}

function ProxySettings({ settings }: { readonly settings: readonly ShownSetting[] }) {
  const { t } = useText();
  const [explained, setExplained] = useState<string | null>(null);
  const close = useCallback(() => setExplained(null), []);
  // Changes of other settings that were begun before the wall rose wait behind it.
  const ids = useMemo(() => new Set(settings.map(({ state }) => state.id)), [settings]);
  const category = settings[0]?.registration.category ?? '';
  return (
    <>
      <PageHead title={t('wall.proxyTitle')} text={t('wall.proxyText')} />
      <div className={pageClasses.list}>
        <SettingsSection section={{ category, settings }} onExplain={setExplained} />
        <PendingBar of={ids} />
      </div>
      <WhyPanel
        setting={settings.find((setting) => setting.state.id === explained) ?? null}
        contact={null}
        onClose={close}
      />
    </>
  );
}
