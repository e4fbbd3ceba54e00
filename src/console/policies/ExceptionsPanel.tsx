import { Button } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import { type Policy, policySchema } from '../../shared/contracts/hub-api.ts';
import { exceptionsSchema } from '../../shared/contracts/hub-rollouts.ts';
import { desktopCatalog } from '../../shared/settings/desktop-catalog.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useHub } from '../hub/hub-context.tsx';
import { useHere } from '../organization-context.tsx';
import { Form } from '../parts/Form.tsx';
import layout from '../parts/Layout.module.css';
import { useChange } from '../parts/use-change.ts';
import { useKept } from '../parts/use-kept.ts';
import { ExceptionRow, type TypedException } from './ExceptionRow.tsx';
import { GrantedOverrides } from './GrantedOverrides.tsx';

const HOUR = 3600;
const draftSchema = z.object({
  rows: z.array(z.object({ setting: z.string(), hours: z.string() })),
  tag: z.string(),
});

function typedFrom({ exceptions }: Policy): readonly TypedException[] {
  return exceptions.map(({ setting, maxSeconds }) => ({
    setting,
    hours: String(Math.round((maxSeconds / HOUR) * 100) / 100),
  }));
}

/** What users who receive the policy may override for a time, and what they override now. */
export function ExceptionsPanel({ policy, tag }: { readonly policy: Policy; readonly tag: string }) {
  const { t } = useConsoleText();
  const { isOwner } = useHere();
  return (
    <div className={layout.stack}>
      <Panel title={t('exceptions.title')} text={t('exceptions.text')}>
        <Editor policy={policy} tag={tag} />
      </Panel>
      {isOwner ? <GrantedOverrides policyId={policy.id} /> : null}
    </div>
  );
}

function Editor({ policy, tag }: { readonly policy: Policy; readonly tag: string }) {
  const { t } = useConsoleText();
  const { api, isOwner } = useHere();
  const { refresh } = useHub();
  const change = useChange();
  const [kept, keep] = useKept(`exceptions ${policy.id}`, draftSchema);
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const [saved, setSaved] = useState(false);
  const rows = kept?.rows ?? typedFrom(policy);
  const overtaken = kept !== null && kept.tag !== tag;
  const edit = (next: readonly TypedException[]) => {
    setSaved(false);
    keep({ rows: [...next], tag: kept?.tag ?? tag });
  };
  const submit = async () => {
    const checked = checkRows(rows, t('exceptions.missing'), t('exceptions.twice'));
    setProblems(checked.problems);
    if (checked.body === null) return;
    const answer = await change.send({
      method: 'PUT',
      path: api('policies', policy.id, 'exceptions'),
      body: checked.body,
      ifMatch: kept?.tag ?? tag,
      answer: policySchema,
    });
    setSaved(answer.ok);
    if (answer.ok) keep(null);
    else if (answer.failure.kind === 'refused' && answer.failure.status === 412) {
      change.forget();
      await refresh();
    }
  };
  return (
    <Form
      submit={isOwner ? t('action.save') : undefined}
      change={change}
      disabled={kept === null || overtaken}
      saved={saved ? t('exceptions.saved') : null}
      more={
        <>
          <Button variant="default" onClick={() => edit([...rows, { setting: '', hours: '8' }])}>
            {t('exceptions.add')}
          </Button>
          {kept === null ? null : (
            <Button variant="default" disabled={change.busy} onClick={() => keep(null)}>
              {t('policies.discard')}
            </Button>
          )}
        </>
      }
      onSubmit={submit}
    >
      {rows.length === 0 ? <p className={layout.dim}>{t('exceptions.none')}</p> : null}
      {rows.map((row, index) => (
        <ExceptionRow
          // biome-ignore lint/suspicious/noArrayIndexKey: a row has no name before its setting is chosen
          key={index}
          row={row}
          document={policy.document}
          problems={{ setting: problems[`${index}.setting`], hours: problems[`${index}.maxSeconds`] }}
          disabled={!isOwner}
          onChange={(next) => edit(rows.map((each, at) => (at === index ? next : each)))}
          onRemove={() => edit(rows.filter((_each, at) => at !== index))}
        />
      ))}
      {overtaken ? (
        <Overtaken
          policy={policy}
          onMine={() => keep({ rows: [...rows], tag })}
          onTheirs={() => keep(null)}
        />
      ) : null}
      {isOwner ? null : <p className={layout.dim}>{t('exceptions.ownersOnly')}</p>}
    </Form>
  );
}

function Overtaken({
  policy,
  onMine,
  onTheirs,
}: {
  readonly policy: Policy;
  readonly onMine: () => void;
  readonly onTheirs: () => void;
}) {
  const { t, list } = useConsoleText();
  const present = policy.exceptions.map(({ setting }) => desktopCatalog.byId.get(setting)?.label ?? setting);
  return (
    <Notice
      tone="warn"
      live
      title={t('exceptions.changedTitle')}
      actions={
        <>
          <Button variant="default" size="xs" onClick={onMine}>
            {t('policies.keepMine')}
          </Button>
          <Button variant="default" size="xs" onClick={onTheirs}>
            {t('policies.takeTheirs')}
          </Button>
        </>
      }
    >
      {t('exceptions.changedText', {
        present: present.length === 0 ? t('exceptions.none') : list(present),
      })}
    </Notice>
  );
}

/** The rows held against the hub's own schema, and against each other. */
function checkRows(rows: readonly TypedException[], missing: string, twice: string) {
  const body = {
    exceptions: rows.map(({ setting, hours }) => ({
      setting,
      maxSeconds: hours.trim() === '' ? Number.NaN : Math.round(Number(hours) * HOUR),
    })),
  };
  const problems: Record<string, string> = {};
  const parsed = exceptionsSchema.safeParse(body);
  for (const issue of parsed.error?.issues ?? []) {
    problems[issue.path.slice(1).map(String).join('.')] ??= issue.message;
  }
  for (const [index, { setting }] of rows.entries()) {
    if (setting === '') problems[`${index}.setting`] = missing;
    else if (rows.findIndex((each) => each.setting === setting) < index) problems[`${index}.setting`] = twice;
  }
  return { problems, body: Object.keys(problems).length === 0 ? body : null };
}
