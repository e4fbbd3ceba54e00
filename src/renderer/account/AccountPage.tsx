import { Button } from '@mantine/core';
import LogOut from 'lucide-react/icons/log-out';
import { useState } from 'react';
import type { Account, AccountAnswer } from '../../shared/contracts/local-api.ts';
import { ConfirmDialog } from '../../shared-ui/ConfirmDialog.tsx';
import { Mark } from '../../shared-ui/Mark.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { When } from '../../shared-ui/When.tsx';
import { AgentSays, useNameOf } from '../agent/AgentSays.tsx';
import { useAgent } from '../agent/agent-context.tsx';
import { FailureText } from '../agent/FailureText.tsx';
import { ResourceGate } from '../agent/ResourceGate.tsx';
import { useRefreshResources, useResource } from '../agent/use-resource.ts';
import type { Answer, Failure } from '../transport/local-client.ts';
import classes from './AccountPage.module.css';
import { Organizations } from './Organizations.tsx';
import { SignIn } from './SignIn.tsx';

/** Who is signed in, for which organization, on which device. */
export function AccountPage() {
  const { t } = useText();
  return (
    <ResourceGate loaded={useResource('account')}>
      {(answer) => (
        <>
          <PageHead
            title={t('account.title')}
            actions={answer.account === null ? undefined : <SignOut answer={answer} />}
          />
          <MemoryNotice answer={answer} />
          {answer.account === null ? (
            <SignedOut answer={answer} />
          ) : (
            <SignedIn answer={answer} account={answer.account} />
          )}
        </>
      )}
    </ResourceGate>
  );
}

function MemoryNotice({ answer }: { readonly answer: AccountAnswer }) {
  const { t } = useText();
  if (answer.sessionStorage !== 'memory') return null;
  return (
    <Notice tone="warn" title={t('account.memoryTitle')}>
      {t('account.memoryText')}
      {answer.sessionStorageReason === undefined ? null : (
        <>
          {' '}
          <AgentSays words={answer.sessionStorageReason} />
        </>
      )}
    </Notice>
  );
}

function SignedOut({ answer }: { readonly answer: AccountAnswer }) {
  const { t } = useText();
  return (
    <section className={classes.card} aria-labelledby="signed-out">
      <Mark size={48} />
      <div>
        <h2 id="signed-out" className={classes.name}>
          {t('account.signedOutTitle')}
        </h2>
        <p className={classes.aside}>{t('account.signedOutText')}</p>
      </div>
      <SignIn account={answer} />
    </section>
  );
}

function SignedIn({ answer, account }: { readonly answer: AccountAnswer; readonly account: Account }) {
  const { t } = useText();
  return (
    <>
      {answer.state === 'sign-in-again' ? (
        <Panel
          title={t('account.againTitle')}
          text={
            answer.sessionEnd === undefined
              ? t('account.againText')
              : `${t(`sessionEnd.${answer.sessionEnd}`)} ${t('sessionEnd.policyOld')}`
          }
        >
          <SignIn account={answer} />
        </Panel>
      ) : null}
      <div className={classes.who}>
        <span className={classes.avatar} aria-hidden>
          {initials(account.name)}
        </span>
        <div className={classes.names}>
          <h2 className={classes.name}>{account.name}</h2>
          <span className={classes.email}>{account.email}</span>
        </div>
      </div>
      <Organizations account={account} />
      <div className={classes.columns}>
        <Panel title={t('account.device')}>
          <Facts
            facts={[
              [t('account.deviceName'), account.deviceName],
              [t('account.deviceId'), <code key="id">{account.deviceId}</code>],
              [t('account.hub'), account.hubUrl],
              [t('account.userId'), <code key="user">{account.userId}</code>],
            ]}
          />
        </Panel>
        <Panel title={t('account.session')}>
          <Facts
            facts={[
              [t('account.signedInAt'), <When key="in" past at={account.signedInAt} />],
              [
                t('account.sessionEnds'),
                account.sessionExpiresAt === null ? (
                  t('account.sessionOpen')
                ) : (
                  <When key="ends" at={account.sessionExpiresAt} />
                ),
              ],
              [
                t('account.sessionIn'),
                t(answer.sessionStorage === 'memory' ? 'account.memory' : 'account.keychain'),
              ],
            ]}
          />
          <EnforcedLine answer={answer} />
        </Panel>
      </div>
    </>
  );
}

function EnforcedLine({ answer: { signIn } }: { readonly answer: AccountAnswer }) {
  const { t, list } = useText();
  const nameOf = useNameOf();
  if (!signIn.enforced) return null;
  return (
    <p className={classes.text}>
      {t('account.enforced')}
      {signIn.method === null ? '.' : ': '}
      {signIn.method === null
        ? null
        : t('account.enforcedBy', {
            method: nameOf(signIn.method),
            organizations: list(signIn.organizations),
          })}
    </p>
  );
}

function SignOut({ answer }: { readonly answer: AccountAnswer }) {
  const { t } = useText();
  const { client } = useAgent();
  const refresh = useRefreshResources();
  const [asking, setAsking] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const active = answer.account?.organizations.find((each) => each.name === answer.account?.organization);
  const take = async (result: Answer<unknown>) => {
    setFailure(result.ok ? null : result.failure);
    await refresh('account', 'status', 'settings', 'policy');
  };
  return (
    <>
      {failure === null ? null : (
        <span role="alert" className={classes.problem}>
          <FailureText failure={failure} />
        </span>
      )}
      <Button
        variant="default"
        leftSection={<LogOut size={16} aria-hidden />}
        onClick={() => setAsking(true)}
      >
        {t('account.signOut')}
      </Button>
      <ConfirmDialog
        opened={asking}
        title={
          active === undefined
            ? t('account.signOutTitlePlain')
            : t('account.signOutTitle', { organization: active.displayName })
        }
        confirm={t('account.signOut')}
        onClose={() => setAsking(false)}
        onConfirm={() => void client.logout().then(take)}
      >
        {t(answer.signIn.enforced ? 'account.signOutWall' : 'account.signOutText')}
      </ConfirmDialog>
    </>
  );
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const first = (word: string | undefined) => [...(word ?? '')][0] ?? '';
  return `${first(words[0])}${words.length > 1 ? first(words.at(-1)) : ''}`.toLocaleUpperCase();
}
