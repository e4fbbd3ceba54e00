import { Button } from '@mantine/core';
import Check from 'lucide-react/icons/check';
import { useState } from 'react';
import type { Account } from '../../shared/contracts/local-api.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { useAgent } from '../agent/agent-context.tsx';
import { FailureText } from '../agent/FailureText.tsx';
import { useRefreshResources } from '../agent/use-resource.ts';
import type { Failure } from '../transport/local-client.ts';
import classes from './AccountPage.module.css';

/** The person's organizations: role and teams in each, and which one is active on this device. */
export function Organizations({ account }: { readonly account: Account }) {
  const { t } = useText();
  const { client } = useAgent();
  const refresh = useRefreshResources();
  const [busy, setBusy] = useState<string | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const choose = async (name: string) => {
    setBusy(name);
    const answer = await client.switchOrganization(name);
    setFailure(answer.ok ? null : answer.failure);
    await refresh('account', 'status', 'settings', 'policy');
    setBusy(null);
  };
  return (
    <Panel title={t('account.organizations')} flush>
      {account.organization === null ? <p className={classes.none}>{t('account.organizationNone')}</p> : null}
      {failure === null ? null : (
        <p role="alert" className={classes.problem}>
          <FailureText failure={failure} />
        </p>
      )}
      <ul className={classes.organizations}>
        {account.organizations.map((organization) => {
          const active = organization.name === account.organization;
          return (
            <li key={organization.name} className={classes.organization}>
              <div className={classes.organizationWords}>
                <div className={classes.organizationName}>
                  <strong>{organization.displayName}</strong>
                  <Tag>{roleText(organization.role, t)}</Tag>
                </div>
                <div className={classes.teams}>
                  {organization.teams.length === 0
                    ? t('account.noTeams')
                    : `${t('account.teams')}: ${organization.teams.join(', ')}`}
                </div>
              </div>
              {active ? (
                <Tag tone="good" icon={<Check size={13} aria-hidden />}>
                  {t('account.active')}
                </Tag>
              ) : (
                <Button
                  variant="default"
                  size="xs"
                  loading={busy === organization.name}
                  aria-label={t('account.use', { organization: organization.displayName })}
                  onClick={() => void choose(organization.name)}
                >
                  {t('account.useShort')}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}

// A newer hub may know more roles: shown by their own name.
function roleText(role: string, t: ReturnType<typeof useText>['t']): string {
  switch (role) {
    case 'owner':
    case 'editor':
    case 'member':
      return t(`account.role.${role}`);
    default:
      return role;
  }
}
