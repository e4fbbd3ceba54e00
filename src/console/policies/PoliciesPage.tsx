import { Button } from '@mantine/core';
import Plus from 'lucide-react/icons/plus';
import ScrollText from 'lucide-react/icons/scroll-text';
import { useState } from 'react';
import { type PolicySummary, policyListSchema } from '../../shared/contracts/hub-api.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { EmptyState } from '../../shared-ui/PageState.tsx';
import { SearchField } from '../../shared-ui/SearchField.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { usePolicyDrafts } from './drafts-context.tsx';
import { NewPolicyDialog } from './NewPolicyDialog.tsx';

/** The policies in their order. */
export function PoliciesPage() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const filters = useFilters();
  const [creating, setCreating] = useState(false);
  const loaded = useRead({ path: api('policies'), answer: policyListSchema });
  const search = filters.get('search');
  return (
    <>
      <PageHead
        title={t('policies.title')}
        text={t('policies.text')}
        actions={
          <Button leftSection={<Plus size={16} aria-hidden />} onClick={() => setCreating(true)}>
            {t('policies.create')}
          </Button>
        }
      />
      <div className={layout.tools}>
        <SearchField
          label={t('policies.search')}
          value={search}
          onChange={(text) => filters.set('search', text)}
          shortcut
        />
      </div>
      <Gate loaded={loaded}>
        {({ policies }) => {
          const wanted = search.trim().toLowerCase();
          const found = policies.filter((policy) =>
            `${policy.name}\n${policy.description}`.toLowerCase().includes(wanted),
          );
          return found.length === 0 ? (
            <EmptyState
              icon={<ScrollText size={26} />}
              title={t(policies.length === 0 ? 'policies.noneTitle' : 'policies.notFound')}
            >
              {t(policies.length === 0 ? 'policies.noneText' : 'policies.notFoundText')}
            </EmptyState>
          ) : (
            <PolicyTable policies={found} />
          );
        }}
      </Gate>
      {creating ? <NewPolicyDialog onClose={() => setCreating(false)} /> : null}
    </>
  );
}

function PolicyTable({ policies }: { readonly policies: readonly PolicySummary[] }) {
  const { t, number } = useConsoleText();
  const { page } = useHere();
  const drafts = usePolicyDrafts();
  return (
    <Table
      label={t('policies.title')}
      rows={policies}
      rowKey={(policy) => policy.id}
      columns={[
        {
          title: t('policies.name'),
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
        { title: t('policies.assigned'), cell: (policy) => <Assigned policy={policy} /> },
        { title: t('policies.revision'), cell: (policy) => number(policy.revision) },
        { title: t('policies.changed'), cell: (policy) => <When at={policy.updatedAt} /> },
      ]}
    />
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
