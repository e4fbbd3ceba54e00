import { useState } from 'react';
import { reportSettingsSchema, type ReportSettings as Settings } from '../../shared/contracts/hub-devices.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { Form } from '../parts/Form.tsx';
import layout from '../parts/Layout.module.css';
import { Overtaken } from '../parts/Overtaken.tsx';
import { useChange } from '../parts/use-change.ts';
import { useMadeFrom } from '../parts/use-made-from.ts';

/** When a silent device counts as unknown, and how long what devices said is kept (docs/delivery.md section 5). */
export function ReportSettings() {
  const { t } = useConsoleText();
  const { api } = useHere();
  const loaded = useRead({ path: api('report-settings'), answer: reportSettingsSchema });
  return (
    <Panel title={t('reports.title')} text={t('reports.text')}>
      <Gate loaded={loaded}>{(settings, tag) => <Days settings={settings} tag={tag ?? '*'} />}</Gate>
    </Panel>
  );
}

type Typed = { readonly [Name in keyof Settings]: string };

function Days({ settings, tag }: { readonly settings: Settings; readonly tag: string }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const made = useMadeFrom(settings, tag, change);
  const [part, setPart] = useState<Partial<Typed>>({});
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const [saved, setSaved] = useState(false);
  const typed: Typed = {
    unknownAfterDays: String(settings.unknownAfterDays),
    retentionDays: String(settings.retentionDays),
    ...part,
  };
  const edit = (more: Partial<Typed>) => {
    setSaved(false);
    made.begin();
    setPart((before) => ({ ...before, ...more }));
  };
  const drop = () => {
    setPart({});
    change.forget();
    made.end();
  };
  const submit = async () => {
    const wanted = {
      unknownAfterDays: Number(typed.unknownAfterDays),
      retentionDays: Number(typed.retentionDays),
    };
    const checked = checkForm(reportSettingsSchema, wanted);
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'PUT',
      path: api('report-settings'),
      body: checked.value,
      ifMatch: made.tag,
      answer: reportSettingsSchema,
    });
    setSaved(answer.ok);
    if (answer.ok) drop();
  };
  const loses = typed.retentionDays !== '' && Number(typed.retentionDays) < settings.retentionDays;
  return (
    <Form
      submit={t('reports.save')}
      change={change}
      saved={saved ? t('organization.saved') : null}
      disabled={Object.keys(part).length === 0}
      onSubmit={submit}
    >
      <Overtaken
        overtaken={made.overtaken}
        fields={[
          [t('reports.unknownAfter'), ({ unknownAfterDays }) => String(unknownAfterDays)],
          [t('reports.retention'), ({ retentionDays }) => String(retentionDays)],
        ]}
        onTheirs={drop}
      />
      <div className={layout.pair}>
        <Field
          label={t('reports.unknownAfter')}
          hint={t('reports.unknownAfterHint')}
          type="number"
          problem={problems.unknownAfterDays}
          value={typed.unknownAfterDays}
          onChange={(unknownAfterDays) => edit({ unknownAfterDays })}
        />
        <Field
          label={t('reports.retention')}
          hint={t('reports.retentionHint')}
          type="number"
          problem={problems.retentionDays}
          value={typed.retentionDays}
          onChange={(retentionDays) => edit({ retentionDays })}
        />
      </div>
      {loses ? <Notice tone="warn">{t('reports.shorter')}</Notice> : null}
    </Form>
  );
}
