import { IMAGE_CLASSES } from '../../shared/contracts/access-policies.ts';
import type { HubPolicy } from '../../shared/contracts/local-api.ts';
import { type Fact, Facts, Panel } from '../../shared-ui/Panel.tsx';
import { SafeLink } from '../../shared-ui/SafeLink.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useText } from '../../shared-ui/text-context.tsx';
import { When } from '../../shared-ui/When.tsx';
import classes from './PolicyPage.module.css';

/** What the organization decided about registries and images: shown, because people will ask, and not enforced. */
function accessFacts({ access }: HubPolicy, t: ReturnType<typeof useText>['t']): readonly Fact[] {
  const { registries = null, images = null } = access ?? {};
  const kept = (text: string) => (
    <>
      {text} <span className={classes.notEnforced}>{t('policy.access.notEnforced')}</span>
    </>
  );
  const kinds = (images?.classes ?? []).map((each) => {
    const known = IMAGE_CLASSES.find((kind) => kind === each);
    return known === undefined ? each : t(`policy.access.class.${known}`);
  });
  const allowed = [...kinds, ...(images?.repositories ?? [])];
  return [
    ...(registries === null
      ? []
      : ([[t('policy.access.registries'), kept(registries.hosts.join(', '))]] as const)),
    ...(images === null
      ? []
      : ([
          [
            t('policy.access.images'),
            kept(allowed.length === 0 ? t('policy.access.noImages') : allowed.join(', ')),
          ],
        ] as const)),
  ];
}

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
          [
            t(policy.offlineUntil === undefined ? 'policy.fetched' : 'import.imported'),
            <When key="fetched" past at={policy.fetchedAt} />,
          ],
          ...(policy.offlineUntil === undefined
            ? []
            : ([[t('import.until'), <When key="until" at={policy.offlineUntil} />]] as const)),
          [t('policy.applied'), <When key="applied" past at={policy.appliedAt} />],
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
          ...accessFacts(policy, t),
        ]}
      />
    </Panel>
  );
}
