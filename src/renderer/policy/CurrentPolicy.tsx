import type { HubPolicy } from '../../shared/contracts/local-api.ts';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { SafeLink } from '../../shared-ui/SafeLink.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { When } from '../../shared-ui/When.tsx';
import classes from './PolicyPage.module.css';

/** The policy that the hub sent for this user. Absent where no hub ever sent one. */
export function CurrentPolicy({ policy }: { readonly policy: HubPolicy | null }) {
  const { t } = useText();
  if (policy === null) return null;
  const { contact } = policy;
  return (
    <Panel
      title={policy.name ?? t('policy.noneAssigned', { organization: policy.organization })}
      text={policy.name === null ? undefined : policy.organization}
      actions={
        <span className={classes.tags}>
          {policy.scope === null ? null : <Tag tone="accent">{t(`policy.scope.${policy.scope}`)}</Tag>}
          {policy.revision === null ? null : <Tag>{t('policy.revision', { revision: policy.revision })}</Tag>}
          {policy.stale ? <Tag tone="bad">{t('policy.stale')}</Tag> : null}
        </span>
      }
    >
      <Facts
        facts={[
          ...(policy.updatedAt === null
            ? []
            : ([[t('policy.updated'), <When key="updated" at={policy.updatedAt} />]] as const)),
          [t('policy.fetched'), <When key="fetched" at={policy.fetchedAt} />],
          [t('policy.applied'), <When key="applied" at={policy.appliedAt} />],
          ...(contact === null
            ? []
            : ([
                [
                  t('policy.contact'),
                  <SafeLink key="contact" address={contact.url}>
                    {contact.name}
                  </SafeLink>,
                ],
              ] as const)),
        ]}
      />
    </Panel>
  );
}
