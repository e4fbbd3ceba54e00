import LockKeyhole from 'lucide-react/icons/lock-keyhole';
import type { AccountAnswer } from '../../shared/contracts/local-api.ts';
import { PathText } from '../../shared-ui/Breaking.tsx';
import { Mark } from '../../shared-ui/Mark.tsx';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Facts } from '../../shared-ui/Panel.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { SignIn } from '../account/SignIn.tsx';
import { AgentSays, useNameOf } from '../agent/AgentSays.tsx';
import { ResourceGate } from '../agent/ResourceGate.tsx';
import { useResource } from '../agent/use-resource.ts';
import { addressOf } from '../routing.ts';
import classes from './SignInWall.module.css';

/** Where sign-in is enforced and not met: by whom, by which file, and how to get in. */
export function SignInWall() {
  return (
    <ResourceGate loaded={useResource('account')}>{(account) => <Wall account={account} />}</ResourceGate>
  );
}

function Wall({ account }: { readonly account: AccountAnswer }) {
  const { t, list } = useText();
  const nameOf = useNameOf();
  const { organizations, method, location, problem } = account.signIn;
  const text =
    organizations.length === 0
      ? t('wall.textNone')
      : t('wall.text', { count: organizations.length, organizations: list(organizations) });
  return (
    <div className={classes.wall}>
      <div className={classes.card}>
        <div className={classes.picture}>
          <Mark size={56} />
          <LockKeyhole size={30} aria-hidden className={classes.lock} />
        </div>
        <PageHead title={t('wall.title')} text={text} />
        {problem === null ? null : (
          <Notice tone="bad" title={t('wall.problem')}>
            <AgentSays words={problem} />
          </Notice>
        )}
        {account.state === 'signed-in' && account.account !== null ? (
          <Notice tone="warn">{t('wall.wrongOrganization', { email: account.account.email })}</Notice>
        ) : null}
        <SignIn account={account} />
        <div className={classes.facts}>
          <Facts
            facts={[
              ...(method === null ? [] : ([[t('wall.method'), nameOf(method)]] as const)),
              ...(location === null
                ? []
                : ([[t('wall.location'), <PathText key="location" path={location} />]] as const)),
            ]}
          />
        </div>
        <div className={classes.hints}>
          <a href={addressOf('proxy')}>{t('wall.proxyHint')}</a>
          <a href={addressOf('policy')}>{t('import.wallHint')}</a>
        </div>
      </div>
    </div>
  );
}
