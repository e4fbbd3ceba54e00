import { PageHead } from '../../shared-ui/PageHead.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { EffectivePolicyPanel } from './EffectivePolicyPanel.tsx';

/** What the organization's policy makes of the caller's own settings: all that a member may see. */
export function OwnSettingsPage() {
  const { t } = useConsoleText();
  const { api, organization } = useHere();
  return (
    <>
      <PageHead title={t('me.title')} text={t('me.text', { organization: organization.displayName })} />
      <EffectivePolicyPanel path={api('effective-policy')} />
    </>
  );
}
