import { Button } from '@mantine/core';
import { useState } from 'react';
import {
  type OrganizationOverride,
  organizationOverridesSchema,
} from '../../shared/contracts/hub-rollouts.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useValueText } from '../../shared-ui/value-text.ts';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import layout from '../parts/Layout.module.css';
import { Pages } from '../parts/Pages.tsx';
import { Table } from '../parts/Table.tsx';
import { useFilters } from '../parts/use-filters.ts';

/** Overrides in force under a policy; each can be revoked. */
export function GrantedOverrides({ policyId }: { readonly policyId: string }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const { get } = useFilters();
  const [revoking, setRevoking] = useState<OrganizationOverride | null>(null);
  const loaded = useRead(
    {
      path: api('overrides'),
      query: { active: 'true', policyId, limit: 50, cursor: get('cursor') },
      answer: organizationOverridesSchema,
    },
    { keep: true },
  );
  return (
    <Panel title={t('overrides.title')} text={t('overrides.text')}>
      <Gate loaded={loaded}>
        {({ overrides, next }) => (
          <div className={layout.stack}>
            {overrides.length === 0 ? (
              <p className={layout.dim}>{t('overrides.none')}</p>
            ) : (
              <Overrides overrides={overrides} onRevoke={setRevoking} />
            )}
            <Pages next={next} />
          </div>
        )}
      </Gate>
      {revoking === null ? null : <Revoke override={revoking} onClose={() => setRevoking(null)} />}
    </Panel>
  );
}

function Overrides({
  overrides,
  onRevoke,
}: {
  readonly overrides: readonly OrganizationOverride[];
  readonly onRevoke: (override: OrganizationOverride) => void;
}) {
  const { t } = useConsoleText();
  const valueText = useValueText();
  return (
    <Table
      label={t('overrides.title')}
      rows={overrides}
      rowKey={(each) => each.id}
      columns={[
        { title: t('overrides.user'), cell: (each) => each.email },
        { title: t('exceptions.setting'), cell: ({ setting }) => labelOf(setting) },
        {
          title: t('overrides.value'),
          cell: ({ setting, value }) => valueText(value, { unit: desktopCatalog.byId.get(setting)?.unit }),
        },
        { title: t('overrides.reason'), cell: (each) => each.reason },
        { title: t('overrides.until'), cell: (each) => <When at={each.until} /> },
        {
          title: t('overrides.used'),
          cell: (each) => (each.usedAt === null ? t('overrides.notUsed') : <When at={each.usedAt} />),
        },
        {
          title: t('list.actions'),
          quiet: true,
          cell: (each) => (
            <Button
              size="xs"
              variant="default"
              aria-label={t('overrides.revokeNamed', { setting: labelOf(each.setting), email: each.email })}
              onClick={() => onRevoke(each)}
            >
              {t('overrides.revoke')}
            </Button>
          ),
        },
      ]}
    />
  );
}

function Revoke({
  override,
  onClose,
}: {
  readonly override: OrganizationOverride;
  readonly onClose: () => void;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  return (
    <DeleteDialog
      title={t('overrides.revokeTitle', { email: override.email })}
      submit={t('overrides.revoke')}
      path={api('overrides', override.id)}
      onClose={onClose}
    >
      <p>{t('overrides.revokeText')}</p>
    </DeleteDialog>
  );
}

function labelOf(setting: string): string {
  return desktopCatalog.byId.get(setting)?.label ?? setting;
}
