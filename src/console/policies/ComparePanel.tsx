import { useMemo } from 'react';
import { type Policy, revisionSchema } from '../../shared/contracts/hub-api.ts';
import type { Mention } from '../../shared/policy/model.ts';
import { readDocument } from '../../shared/policy/read-document.ts';
import { sameValue } from '../../shared/settings/check-value.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import layout from '../parts/Layout.module.css';
import { LineDiff } from '../parts/LineDiff.tsx';
import { ServerChoice } from '../parts/ServerChoice.tsx';
import { Table } from '../parts/Table.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { useMentionText } from './mention-text.ts';
import { useRevisionChoices } from './revision-choices.ts';

/** What is on the page beside any revision: by setting, and line by line. */
export function ComparePanel({
  policy,
  text,
  dirty,
}: {
  readonly policy: Policy;
  readonly text: string;
  readonly dirty: boolean;
}) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const filters = useFilters();
  const before = dirty ? policy.revision : Math.max(policy.revision - 1, 1);
  const wanted = filters.get('with') === '' ? String(before) : filters.get('with');
  const loaded = useRead(
    { path: api('policies', policy.id, 'revisions', wanted), answer: revisionSchema },
    { keep: true },
  );
  const revision = (number: string) => t('policy.revision', { revision: Number(number) });
  const choices = useRevisionChoices(policy.id, ({ revision: number }) => revision(String(number)));
  return (
    <div className={layout.stack}>
      <div className={layout.tools}>
        <ServerChoice
          label={t('policies.compareBase')}
          searchLabel={t('policies.revisionSearch')}
          value={wanted}
          choices={choices}
          nameOf={revision}
          onChange={(number) => filters.set('with', number)}
        />
      </div>
      <Gate loaded={loaded}>
        {(revision) => (
          <Comparison
            before={revision.text}
            after={text}
            beforeTitle={t('policy.revision', { revision: revision.revision })}
            afterTitle={dirty ? t('policies.yourDraft') : t('policy.revision', { revision: policy.revision })}
          />
        )}
      </Gate>
    </div>
  );
}

interface Sides {
  readonly before: string;
  readonly after: string;
  readonly beforeTitle: string;
  readonly afterTitle: string;
}

function Comparison(sides: Sides) {
  const { t } = useConsoleText();
  if (sides.before === sides.after) return <p className={layout.dim}>{t('policies.same')}</p>;
  return (
    <>
      <BySetting {...sides} />
      <Panel title={t('policies.byLine')} flush>
        <LineDiff label={`${sides.beforeTitle} – ${sides.afterTitle}`} {...sides} />
      </Panel>
    </>
  );
}

function BySetting({ before, after, beforeTitle, afterTitle }: Sides) {
  const { t } = useConsoleText();
  const mentionText = useMentionText();
  const rows = useMemo(() => {
    const one = readDocument(before, 'organization-policy', desktopCatalog).mentions;
    const other = readDocument(after, 'organization-policy', desktopCatalog).mentions;
    return desktopCatalog.settings.flatMap((setting) => {
      const was = one.get(setting.id);
      const is = other.get(setting.id);
      return sameMention(was, is) ? [] : [{ setting, was, is }];
    });
  }, [before, after]);
  if (rows.length === 0) return <p className={layout.dim}>{t('policies.sameSettings')}</p>;
  return (
    <Table
      label={t('policies.bySetting')}
      rows={rows}
      rowKey={({ setting }) => setting.id}
      columns={[
        { title: t('policy.column.setting'), cell: ({ setting }) => setting.label },
        { title: beforeTitle, cell: ({ setting, was }) => mentionText(was, setting) },
        { title: afterTitle, cell: ({ setting, is }) => mentionText(is, setting) },
      ]}
    />
  );
}

function sameMention(one: Mention | undefined, other: Mention | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.locked === other.locked && one.state === other.state && sameValue(one.value, other.value);
}
