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
import { useHere } from '../organization-context.tsx';
import { DeleteDialog } from '../parts/DeleteDialog.tsx';
import layout from '../parts/Layout.module.css';
import { ServerList } from '../parts/ServerList.tsx';
import type { Column } from '../parts/Table.tsx';

/** Overrides in force under a policy; each can be revoked. */
export function GrantedOverrides({ policyId }: { readonly policyId: string }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const [revoking, setRevoking] = useState<OrganizationOverride | null>(null);
  const columns = useColumns(setRevoking);
  return (
    <Panel title={t('overrides.title')} text={t('overrides.text')}>
      <div className={layout.stack}>
        <ServerList
          name="overrides"
          label={t('overrides.title')}
          path={api('overrides')}
          query={{ active: 'true', policyId }}
          answer={organizationOverridesSchema}
          page={({ overrides, total, next }) => ({ rows: overrides, total, next })}
          columns={columns}
          rowKey={({ id }) => id}
          usualSort="-granted"
          search={t('overrides.search')}
          empty={{ text: t('overrides.none') }}
        />
      </div>
      {revoking === null ? null : <Revoke override={revoking} onClose={() => setRevoking(null)} />}
    </Panel>
  );
}

function useColumns(
  onRevoke: (override: OrganizationOverride) => void,
): readonly Column<OrganizationOverride>[] {
  const { t } = useConsoleText();
  const valueText = useValueText();
  return [
    { title: t('overrides.user'), sort: 'email', cell: (each) => each.email },
    { title: t('exceptions.setting'), sort: 'setting', cell: ({ setting }) => labelOf(setting) },
    {
      title: t('overrides.value'),
      cell: ({ setting, value }) => valueText(value, { unit: desktopCatalog.byId.get(setting)?.unit }),
    },
    { title: t('overrides.reason'), cell: (each) => each.reason },
    { title: t('overrides.granted'), sort: 'granted', cell: (each) => <When at={each.grantedAt} /> },
    { title: t('overrides.until'), sort: 'until', cell: (each) => <When at={each.until} /> },
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
  ];
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
