import { Checkbox } from '@mantine/core';
import Lock from 'lucide-react/icons/lock';
import { type EffectivePolicy, effectivePolicySchema } from '../../shared/contracts/hub-api.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { searchWords } from '../../shared-ui/match-text.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { SearchField } from '../../shared-ui/SearchField.tsx';
import { Tag } from '../../shared-ui/Tag.tsx';
import { useValueText } from '../../shared-ui/value-text.ts';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import layout from '../parts/Layout.module.css';
import { Table } from '../parts/Table.tsx';
import { To } from '../parts/To.tsx';
import { useFilters } from '../parts/use-filters.ts';
import { useSourceText } from '../parts/use-source-text.ts';
import { PLATFORMS } from '../platforms.ts';
import classes from './EffectivePolicyPanel.module.css';

type Effective = EffectivePolicy['settings'][string];

/** What the hub's policy makes of every setting, and who says what. `path`: of the effective policy in the API. */
export function EffectivePolicyPanel({ path }: { readonly path: string }) {
  const { t } = useConsoleText();
  const filters = useFilters();
  const platform = PLATFORMS.find(([each]) => each === filters.get('platform'))?.[0] ?? 'linux';
  const all = filters.get('all') !== '';
  const loaded = useRead({ path, query: { platform }, answer: effectivePolicySchema }, { keep: true });
  return (
    <Panel title={t('effective.title')} text={t('effective.text')}>
      <div className={layout.stack}>
        <div className={layout.tools}>
          <SearchField
            label={t('effective.search')}
            value={filters.get('setting')}
            onChange={(text) => filters.set('setting', text)}
          />
          <Choice
            label={t('effective.platform')}
            value={platform}
            options={PLATFORMS}
            onChange={(each) => filters.set('platform', each)}
          />
          <Checkbox
            label={t('effective.all')}
            checked={all}
            onChange={(event) => filters.set('all', event.currentTarget.checked ? '1' : '')}
          />
        </div>
        <Gate loaded={loaded}>
          {(effective) => (
            <Effects effective={effective} all={all} words={searchWords(filters.get('setting'))} />
          )}
        </Gate>
      </div>
    </Panel>
  );
}

function Effects({
  effective,
  all,
  words,
}: {
  readonly effective: EffectivePolicy;
  readonly all: boolean;
  readonly words: readonly string[];
}) {
  const { t } = useConsoleText();
  const valueText = useValueText();
  const rows = desktopCatalog.settings.flatMap((setting) => {
    const state = effective.settings[setting.id];
    if (state === undefined || (!all && state.source === 'default')) return [];
    const text = `${setting.label}\n${setting.id}\n${setting.category}`.toLowerCase();
    return words.every((word) => text.includes(word)) ? [{ setting, state }] : [];
  });
  return (
    <>
      <PolicyLine effective={effective} />
      {rows.length === 0 ? (
        <p className={layout.dim}>{t('effective.none')}</p>
      ) : (
        <Table
          label={t('effective.title')}
          rows={rows}
          rowKey={({ setting }) => setting.id}
          columns={[
            { title: t('policy.column.setting'), cell: ({ setting }) => setting.label },
            {
              title: t('policy.column.value'),
              cell: ({ setting, state }) =>
                valueText(state.value, 'unit' in setting ? { unit: setting.unit } : {}),
            },
            { title: t('policy.column.level'), cell: ({ state }) => <Level state={state} /> },
            {
              title: t('effective.why'),
              cell: ({ setting, state }) => (
                <Why
                  label={setting.label}
                  unit={'unit' in setting ? setting.unit : undefined}
                  state={state}
                />
              ),
            },
          ]}
        />
      )}
    </>
  );
}

function PolicyLine({ effective: { policy } }: { readonly effective: EffectivePolicy }) {
  const { t } = useConsoleText();
  const { page, organization } = useHere();
  if (policy === null) return <Notice>{t('effective.noPolicy')}</Notice>;
  const name = `${policy.name} · ${t('policy.revision', { revision: policy.revision })}`;
  return (
    <p className={layout.row}>
      {organization.role === 'member' ? (
        <strong>{name}</strong>
      ) : (
        <To page={page('policies', policy.id)}>{name}</To>
      )}
      <Tag tone="accent">
        {t(policy.scope === 'user' ? 'effective.scopeUser' : 'effective.scopeOrganization')}
      </Tag>
    </p>
  );
}

function Level({ state }: { readonly state: Effective }) {
  const { t } = useConsoleText();
  if (state.locked)
    return (
      <Tag tone="accent" icon={<Lock size={12} aria-hidden />}>
        {t('managed.locked')}
      </Tag>
    );
  if (state.source === 'default') return t('source.default');
  return <Tag>{t('managed.suggested')}</Tag>;
}

function Why({
  label,
  unit,
  state,
}: {
  readonly label: string;
  readonly unit: string | undefined;
  readonly state: Effective;
}) {
  const { t } = useConsoleText();
  const valueText = useValueText();
  const sourceText = useSourceText();
  if (state.contributions.length === 0) return t('effective.nobody');
  return (
    <details className={classes.why}>
      <summary aria-label={t('effective.whyOf', { setting: label, source: sourceText(state.source) })}>
        {sourceText(state.source)}
      </summary>
      <ol>
        {state.contributions.map((each) => (
          <li key={each.source}>
            <strong>{sourceText(each.source)}</strong>: {valueText(each.value, { unit })} – {each.reason}
          </li>
        ))}
      </ol>
    </details>
  );
}
