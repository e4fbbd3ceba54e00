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
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { Form } from '../parts/Form.tsx';
import layout from '../parts/Layout.module.css';
import { useChange } from '../parts/use-change.ts';
import { SignInSettings } from './SignInSettings.tsx';

const HOUR = 3600;

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
  const change = useChange();
  const [typed, setTyped] = useState(() => typedFrom(organization));
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const [saved, setSaved] = useState(false);
  const edit = (part: Partial<Typed>) => {
    setSaved(false);
    setTyped((before) => ({ ...before, ...part }));
  };
  const submit = async () => {
    const checked = checkForm(organizationChangeSchema, changeFrom(typed));
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'PATCH',
      path: api(),
      body: checked.value,
      answer: organizationSchema,
    });
    setSaved(answer.ok);
    if (answer.ok) setTyped(typedFrom(answer.value));
  };
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
      <Form
        submit={t('action.save')}
        change={change}
        saved={saved ? t('organization.saved') : null}
        onSubmit={submit}
      >
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
                problem={problems.graceSeconds}
                value={typed.graceHours}
                onChange={(graceHours) => edit({ graceHours })}
              />
            ) : null}
          </div>
        </Panel>
      </Form>
      <SignInSettings />
    </>
  );
}
