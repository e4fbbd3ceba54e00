import {
  type SignInSettings as Settings,
  type SignInSettingsChange,
  signInSettingsSchema,
} from '../../shared/contracts/hub-sso.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { FailureNotice } from '../parts/FailureNotice.tsx';
import layout from '../parts/Layout.module.css';
import { Toggle } from '../parts/Toggle.tsx';
import { useChange } from '../parts/use-change.ts';

/** How members sign in where no identity provider decides it. Each switch counts at once. */
export function SignInSettings() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({ path: api('sign-in-settings'), answer: signInSettingsSchema });
  return (
    <Panel title={t('signIn.title')} text={t('signIn.text')}>
      <Gate loaded={loaded}>{(settings, tag) => <Switches settings={settings} tag={tag ?? '*'} />}</Gate>
    </Panel>
  );
}

function Switches({ settings, tag }: { readonly settings: Settings; readonly tag: string }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const save = (body: SignInSettingsChange) =>
    void change.send({
      method: 'PATCH',
      path: api('sign-in-settings'),
      body,
      ifMatch: tag,
      answer: signInSettingsSchema,
    });
  return (
    <div className={layout.stack}>
      <Toggle
        label={t('signIn.device')}
        hint={t('signIn.deviceHint')}
        checked={settings.deviceSignIn}
        disabled={change.busy}
        onChange={(deviceSignIn) => save({ deviceSignIn })}
      />
      <Toggle
        label={t('signIn.factor')}
        hint={t('signIn.factorHint')}
        checked={settings.ownersNeedSecondFactor}
        disabled={change.busy}
        onChange={(ownersNeedSecondFactor) => save({ ownersNeedSecondFactor })}
      />
      <FailureNotice failure={change.failure} />
    </div>
  );
}
