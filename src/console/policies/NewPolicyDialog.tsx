import { useState } from 'react';
import { useLocation } from 'wouter';
import { policyCreationSchema, policySchema } from '../../shared/contracts/hub-api.ts';
import { useConsoleText } from '../console-text.tsx';
import { useHere } from '../organization-context.tsx';
import { Choice } from '../parts/Choice.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { FormDialog } from '../parts/FormDialog.tsx';
import layout from '../parts/Layout.module.css';
import { type Named, NamedFields } from '../parts/NamedFields.tsx';
import { useChange } from '../parts/use-change.ts';
import { checkText } from './check-text.ts';
import { FileButton } from './FileButton.tsx';
import { ProblemList } from './ProblemList.tsx';
import { EMPTY_TEXT } from './policy-text.ts';

/** A new policy: empty, or from an `admin-settings.json` whose problems are shown before it is saved. */
export function NewPolicyDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useConsoleText();
  const { api, page } = useHere();
  const [, go] = useLocation();
  const change = useChange();
  const [named, setNamed] = useState<Named>({ name: '', description: '' });
  const [origin, setOrigin] = useState('empty');
  const [text, setText] = useState('');
  const [loaded, setLoaded] = useState(false);
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const imported = origin === 'import';
  // Nobody has done anything wrong while nothing was pasted; a file that holds nothing is another matter.
  const found = imported && (loaded || text.trim() !== '') ? checkText(text) : [];
  const broken = imported && (text.trim() === '' || found.some((problem) => problem.severity === 'error'));
  const submit = async () => {
    const checked = checkForm(policyCreationSchema, {
      ...named,
      text: imported ? text : EMPTY_TEXT,
    });
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const answer = await change.send({
      method: 'POST',
      path: api('policies'),
      body: checked.value,
      answer: policySchema,
    });
    if (answer.ok) go(page('policies', answer.value.id));
  };
  return (
    <FormDialog
      title={t('policies.create')}
      submit={t('policies.create')}
      disabled={broken}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <NamedFields named={named} problems={problems} onChange={setNamed} />
      <Choice
        label={t('policies.origin')}
        value={origin}
        options={[
          ['empty', t('policies.originEmpty')],
          ['import', t('policies.originImport')],
        ]}
        onChange={setOrigin}
      />
      {imported ? (
        <div className={layout.code}>
          <div className={layout.stack}>
            <div>
              <FileButton
                onText={(read) => {
                  setText(read);
                  setLoaded(true);
                }}
              />
            </div>
            <Field
              label={t('policies.document')}
              hint={t('policies.documentHint')}
              rows={6}
              value={text}
              onChange={setText}
            />
            {found.length === 0 ? null : <ProblemList problems={found} />}
          </div>
        </div>
      ) : null}
    </FormDialog>
  );
}
