import { Button, Loader, TextInput } from '@mantine/core';
import LogIn from 'lucide-react/icons/log-in';
import Smartphone from 'lucide-react/icons/smartphone';
import { useId, useState } from 'react';
import type { AccountAnswer, LoginAnswer } from '../../shared/contracts/local-api.ts';
import { CopyButton } from '../../shared-ui/CopyButton.tsx';
import { describing } from '../../shared-ui/describing.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { SafeLink } from '../../shared-ui/SafeLink.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useNow } from '../../shared-ui/When.tsx';
import { WrappingButton } from '../../shared-ui/WrappingButton.tsx';
import { FailureText } from '../agent/FailureText.tsx';
import { OtherKey } from './OtherKey.tsx';
import classes from './SignIn.module.css';
import { useLogin } from './use-login.ts';

/** Signing in: by the system's browser, or with a code on another device. Shows what is waited for. */
export function SignIn({ account }: { readonly account: AccountAnswer }) {
  const { t } = useText();
  const login = useLogin();
  const [hub, setHub] = useState(account.account?.hubUrl ?? '');
  const hintId = useId();
  if (login.state === 'waiting') return <Waiting login={login.login} onStartOver={login.startOver} />;
  const start = (method: 'browser' | 'device') => () => login.start(method, hub.trim());
  return (
    <div className={classes.start}>
      {login.state === 'failed' ? (
        <Notice tone="bad" live title={t('account.failed')}>
          <FailureText failure={login.failure} />
          <OtherKey
            failure={login.failure}
            onTrust={(fingerprint) => login.start('browser', hub.trim(), fingerprint)}
          />
        </Notice>
      ) : null}
      <div className={classes.buttons}>
        <WrappingButton
          size="md"
          leftSection={<LogIn size={17} aria-hidden />}
          loading={login.state === 'starting'}
          onClick={start('browser')}
        >
          {t('account.signInBrowser')}
        </WrappingButton>
        <WrappingButton
          size="md"
          variant="default"
          leftSection={<Smartphone size={17} aria-hidden />}
          disabled={login.state === 'starting'}
          onClick={start('device')}
        >
          {t('account.signInDevice')}
        </WrappingButton>
      </div>
      <details className={classes.hub}>
        <summary>{t('account.hub')}</summary>
        <TextInput
          type="url"
          value={hub}
          aria-label={t('account.hub')}
          {...describing(hintId)}
          placeholder="https://"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setHub(event.currentTarget.value)}
        />
        <p id={hintId} className={classes.hint}>
          {t('account.hubHint')}
        </p>
      </details>
    </div>
  );
}

function Waiting({ login, onStartOver }: { readonly login: LoginAnswer; readonly onStartOver: () => void }) {
  const { t, relative } = useText();
  const now = useNow();
  const device = login.method === 'device';
  const code = login.userCode;
  return (
    <div className={classes.waiting} role="status">
      <div className={classes.waitingHead}>
        <Loader size="sm" aria-hidden />
        <strong>{t(device ? 'account.waitingDevice' : 'account.waitingBrowser')}</strong>
      </div>
      {code === undefined ? null : (
        <div className={classes.code}>
          <code className={classes.digits} dir="ltr">
            {code}
          </code>
          <CopyButton text={() => code} label={t('account.copyCode')} />
        </div>
      )}
      <p className={classes.hint}>{t(device ? 'account.waitingDeviceText' : 'account.waitingBrowserText')}</p>
      {device ? (
        <p className={classes.address}>
          <SafeLink address={login.url}>{login.url}</SafeLink>
        </p>
      ) : null}
      <div className={classes.buttons}>
        {device ? null : <SafeLink address={login.url}>{t('account.openPage')}</SafeLink>}
        <Button variant="default" size="xs" onClick={onStartOver}>
          {t('account.startOver')}
        </Button>
        <span className={classes.hint}>
          {t('account.expires', { when: relative(login.expiresAt, now) ?? t('time.soon') })}
        </span>
      </div>
    </div>
  );
}
