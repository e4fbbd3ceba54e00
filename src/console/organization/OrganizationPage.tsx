import { Checkbox } from '@mantine/core';
import { useState } from 'react';
import {
  type Organization,
  organizationChangeSchema,
  organizationSchema,
} from '../../shared/contracts/hub-api.ts';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Facts, Panel } from '../../shared-ui/Panel.tsx';
import { When } from '../../shared-ui/When.tsx';
import { useConsoleText } from '../console-text.tsx';
import { Gate } from '../hub/Gate.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { Form } from '../parts/Form.tsx';
import layout from '../parts/Layout.module.css';
import { Overtaken, type Told } from '../parts/Overtaken.tsx';
import { useChange } from '../parts/use-change.ts';
import { useMadeFrom } from '../parts/use-made-from.ts';
import { ReportSettings } from './ReportSettings.tsx';
import { SignInSettings } from './SignInSettings.tsx';

const HOUR = 3600;
/** What the hub takes, in the unit of the page. */
const LEAST_HOURS = 0.02;
const MOST_HOURS = Math.floor((2 ** 31 - 1) / HOUR);

interface Typed {
  readonly displayName: string;
  readonly contactName: string;
  readonly contactUrl: string;
  readonly refreshSeconds: string;
  readonly freezes: boolean;
  readonly graceHours: string;
}

function typedFrom(organization: Organization): Typed {
  return {
    displayName: organization.displayName,
    contactName: organization.contact?.name ?? '',
    contactUrl: organization.contact?.url ?? '',
    refreshSeconds: String(organization.refreshSeconds),
    freezes: organization.graceSeconds !== null,
    graceHours: String(Math.round(((organization.graceSeconds ?? 72 * HOUR) / HOUR) * 100) / 100),
  };
}

function changeFrom(typed: Typed) {
  const hasContact = typed.contactName.trim() !== '' || typed.contactUrl.trim() !== '';
  return {
    displayName: typed.displayName,
    contact: hasContact ? { name: typed.contactName, url: typed.contactUrl.trim() } : null,
    refreshSeconds: Number(typed.refreshSeconds),
    graceSeconds: typed.freezes ? Math.round(Number(typed.graceHours) * HOUR) : null,
  };
}

/** What an organization decides about itself: name, contact, how often devices ask, how long policy stays good. */
export function OrganizationPage() {
  const { t } = useConsoleText();
  const { organization, api } = useHere();
  const loaded = useRead({ path: api(), answer: organizationSchema });
  return (
    <>
      <PageHead title={t('organization.title')} text={t('organization.text')} />
      <Panel title={t('organization.identity')}>
        <Facts
          facts={[
            [t('organization.name'), <code key="name">{organization.name}</code>],
            [t('organization.created'), <When key="created" at={organization.createdAt} />],
          ]}
        />
      </Panel>
      <Gate loaded={loaded}>
        {(present, tag) => <SettingsForm organization={present} tag={tag ?? '*'} />}
      </Gate>
      <ReportSettings />
      <SignInSettings />
    </>
  );
}

function useToldSettings(): readonly Told<Organization>[] {
  const { t } = useConsoleText();
  return [
    [t('organization.displayName'), ({ displayName }) => displayName],
    [t('organization.contactName'), ({ contact }) => contact?.name ?? ''],
    [t('organization.contactUrl'), ({ contact }) => contact?.url ?? ''],
    [t('organization.refresh'), ({ refreshSeconds }) => String(refreshSeconds)],
    [t('organization.grace'), (each) => (each.graceSeconds === null ? '' : typedFrom(each).graceHours)],
  ];
}

function SettingsForm({ organization, tag }: { readonly organization: Organization; readonly tag: string }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const made = useMadeFrom(organization, tag, change);
  const fields = useToldSettings();
  const [part, setPart] = useState<Partial<Typed>>({});
  const typed = { ...typedFrom(organization), ...part };
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const [saved, setSaved] = useState(false);
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
    const checked = checkForm(organizationChangeSchema, changeFrom(typed));
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'PATCH',
      path: api(),
      body: checked.value,
      ifMatch: made.tag,
      answer: organizationSchema,
    });
    setSaved(answer.ok);
    if (answer.ok) drop();
  };
  return (
    <Form
      submit={t('action.save')}
      change={change}
      saved={saved ? t('organization.saved') : null}
      disabled={Object.keys(part).length === 0}
      onSubmit={submit}
    >
      <Overtaken overtaken={made.overtaken} fields={fields} onTheirs={drop} />
      <Panel title={t('organization.shown')} text={t('organization.shownText')}>
        <div className={layout.stack}>
          <Field
            label={t('organization.displayName')}
            problem={problems.displayName}
            value={typed.displayName}
            onChange={(displayName) => edit({ displayName })}
          />
          <div className={layout.pair}>
            <Field
              label={t('organization.contactName')}
              hint={t('organization.contactNameHint')}
              problem={problems['contact.name']}
              value={typed.contactName}
              onChange={(contactName) => edit({ contactName })}
            />
            <Field
              label={t('organization.contactUrl')}
              hint={t('organization.contactUrlHint')}
              type="url"
              problem={problems['contact.url']}
              value={typed.contactUrl}
              onChange={(contactUrl) => edit({ contactUrl })}
            />
          </div>
        </div>
      </Panel>
      <Panel title={t('organization.delivery')} text={t('organization.deliveryText')}>
        <div className={layout.stack}>
          <Field
            label={t('organization.refresh')}
            hint={t('organization.refreshHint')}
            type="number"
            problem={problems.refreshSeconds}
            value={typed.refreshSeconds}
            onChange={(refreshSeconds) => edit({ refreshSeconds })}
          />
          <Checkbox
            label={t('organization.freezes')}
            checked={typed.freezes}
            onChange={(event) => edit({ freezes: event.currentTarget.checked })}
          />
          {typed.freezes ? (
            <Field
              label={t('organization.grace')}
              hint={t('organization.graceHint')}
              type="number"
              problem={
                problems.graceSeconds === undefined
                  ? undefined
                  : t('organization.graceProblem', { least: LEAST_HOURS, most: MOST_HOURS })
              }
              value={typed.graceHours}
              onChange={(graceHours) => edit({ graceHours })}
            />
          ) : null}
        </div>
      </Panel>
    </Form>
  );
}
