import { Button } from '@mantine/core';
import Plus from 'lucide-react/icons/plus';
import ScrollText from 'lucide-react/icons/scroll-text';
import { useState } from 'react';
import {
  type PolicySummary,
  policyComplianceSchema,
  policyListSchema,
} from '../../shared/contracts/hub-api.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { WhoName } from '../parts/WhoName.tsx';
import { DeletedPolicies, UndoPolicyDeletion } from './DeletedPolicies.tsx';
import { usePolicyDrafts } from './drafts-context.tsx';
import { NewPolicyDialog } from './NewPolicyDialog.tsx';
import { OrderDialog } from './OrderDialog.tsx';

/** Policies: searched, sorted and paged by the hub; how many devices follow each comes a moment later. */
export function PoliciesPage() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters();
  const columns = useColumns();
  const [asking, setAsking] = useState<'create' | 'order' | null>(null);
  const searched = get('search') !== '';
  return (
    <>
      <PageHead
        title={t('policies.title')}
        text={t('policies.text')}
        actions={
          <>
            <Button variant="default" onClick={() => setAsking('order')}>
              {t('policies.order')}
            </Button>
            <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setAsking('create')}>
              {t('policies.create')}
            </Button>
          </>
        }
      />
      <UndoPolicyDeletion />
      <ServerList
        label={t('policies.title')}
        path={api('policies')}
        answer={policyListSchema}
        page={({ policies, total, next }) => ({ rows: policies, total, next })}
        columns={columns}
        rowKey={(policy) => policy.id}
        usualSort="order"
        search={t('policies.search')}
        found={(count) => t('policies.found', { count })}
        empty={{
          icon: <ScrollText size={26} />,
          title: t(searched ? 'policies.notFound' : 'policies.noneTitle'),
          text: t(searched ? 'policies.notFoundText' : 'policies.noneText'),
        }}
      />
      <DeletedPolicies />
      {asking === 'create' ? <NewPolicyDialog onClose={() => setAsking(null)} /> : null}
      {asking === 'order' ? <OrderDialog onClose={() => setAsking(null)} /> : null}
    </>
  );
}

function useColumns(): readonly Column<PolicySummary>[] {
  const { t, number } = useConsoleText();
  const { page } = useHere();
  const drafts = usePolicyDrafts();
  return [
    {
      title: t('policies.name'),
      sort: 'name',
      cell: (policy) => (
        <>
          <span className={layout.row}>
            <To page={page('policies', policy.id)}>{policy.name}</To>
            {drafts.get(policy.id) === null ? null : <Tag tone="warn">{t('policies.unsaved')}</Tag>}
          </span>
          {policy.description === '' ? null : <div className={layout.dim}>{policy.description}</div>}
        </>
      ),
    },
    {
      title: t('policies.scope'),
      cell: (policy) =>
        policy.isDefault ? (
          <Tag tone="accent">{t('policies.default')}</Tag>
        ) : (
          <Tag>{t('policies.userPolicy')}</Tag>
        ),
    },
    {
      title: t('policies.assigned'),
      sort: 'assigned',
      cell: (policy) => <Assigned policy={policy} />,
    },
    {
      title: t('policies.revision'),
      sort: 'revision',
      cell: ({ revision, rollout }) => (
        <span className={layout.row}>
          {number(revision)}
          {rollout === null ? null : (
            <Tag tone="warn">{t('policies.onItsWay', { revision: rollout.revision })}</Tag>
          )}
        </span>
      ),
    },
    { title: t('policies.following'), cell: ({ id }) => <Following policyId={id} /> },
    {
      title: t('policies.changed'),
      sort: 'changed',
      cell: (policy) => (
        <>
          <When at={policy.updatedAt} />
          <div className={layout.dim}>
            <WhoName name={policy.changedBy} />
          </div>
        </>
      ),
    },
  ];
}

/** How many devices follow the policy; a link to those that do not. */
function Following({ policyId }: { readonly policyId: string }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const loaded = useRead({ path: api('policy-compliance'), answer: policyComplianceSchema });
  if (loaded.state !== 'ready') return '…';
  const found = loaded.value.policies.find((each) => each.policyId === policyId);
  if (found === undefined) return t('policies.followingNone');
  const { devices, following } = found;
  return (
    <To page={`${page('compliance')}?policy=${policyId}`}>
      {t('policies.followingOf', { following, count: devices })}
    </To>
  );
}

function Assigned({ policy }: { readonly policy: PolicySummary }) {
  const { t, list } = useConsoleText();
  const parts = [
    ...(policy.isDefault ? [t('policies.everyoneElse')] : []),
    ...(policy.assignedUsers > 0 ? [t('policies.users', { count: policy.assignedUsers })] : []),
    ...(policy.teams.length > 0 ? [t('policies.teams', { count: policy.teams.length })] : []),
  ];
  return parts.length === 0 ? t('policies.nobody') : list(parts);
}
