import { useState } from 'react';
import { signingKeyListSchema } from '../../shared/contracts/hub-signing-keys.ts';
import { namesIn, type SignInWish, signInWishSchema } from '../../shared/enforcement/sign-in-wish.ts';
import { Notice } from '../../shared-ui/Notice.tsx';
import { PageHead } from '../../shared-ui/PageHead.tsx';
import { Panel } from '../../shared-ui/Panel.tsx';
import { useConsoleText } from '../console-text.tsx';
import { useRead } from '../hub/use-read.ts';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import layout from '../parts/Layout.module.css';
import { Toggle } from '../parts/Toggle.tsx';
import { Deployments } from './Deployments.tsx';

/** Makes what tells computers that only signed-in members may use them: nothing is changed on the hub. */
export function EnforcementPage() {
  const { t } = useConsoleText();
  const { organization, api } = useHere();
  const keys = useRead({
    path: api('signing-keys'),
    query: { state: 'signing' },
    answer: signingKeyListSchema,
  });
  const [organizations, setOrganizations] = useState(organization.name);
  const [hubUrl, setHubUrl] = useState(window.location.origin);
  const [files, setFiles] = useState<SignInWish['layout']>('mooring');
  const [pins, setPins] = useState(false);
  const signing = keys.state === 'ready' ? keys.value.keys : undefined;
  const checked = checkForm(signInWishSchema, {
    organizations: namesIn(organizations),
    hubUrl,
    hubKeys: pins ? (signing ?? []).map(({ publicKey }) => publicKey) : [],
    layout: files,
  });
  const problems = checked.ok ? {} : checked.problems;
  return (
    <>
      <PageHead title={t('enforcement.title')} text={t('enforcement.text')} />
      <Panel title={t('enforcement.wish')}>
        <div className={layout.stack}>
          <div className={layout.pair}>
            <Field
              label={t('enforcement.organizations')}
              hint={t('enforcement.organizationsHint')}
              problem={problems.organizations ?? nameProblem(problems)}
              value={organizations}
              onChange={setOrganizations}
            />
            <Field
              label={t('enforcement.hub')}
              hint={t('enforcement.hubHint')}
              type="url"
              problem={problems.hubUrl}
              value={hubUrl}
              onChange={setHubUrl}
            />
          </div>
          <Choice
            label={t('enforcement.layout')}
            value={files}
            options={(['mooring', 'docker'] as const).map((each) => [each, t(`enforcement.layout.${each}`)])}
            onChange={(value) => setFiles(value === 'docker' ? 'docker' : 'mooring')}
          />
          <Toggle
            label={t('enforcement.pin')}
            hint={keys.state === 'failed' ? t('enforcement.pinUnavailable') : t('enforcement.pinHint')}
            checked={pins}
            disabled={signing === undefined || signing.length === 0}
            onChange={setPins}
          />
        </div>
      </Panel>
      <Notice tone="warn" title={t('enforcement.before')}>
        {t('enforcement.beforeText')}
      </Notice>
      {checked.ok ? <Deployments wish={checked.value} /> : null}
    </>
  );
}

/** A problem of one name of the list is a problem of the field that holds them all. */
function nameProblem(problems: { readonly [field: string]: string }): string | undefined {
  return Object.entries(problems).find(([field]) => field.startsWith('organizations.'))?.[1];
}
