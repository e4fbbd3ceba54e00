import { use, useState } from 'react';
import type { z } from 'zod';
import {
  type Connection,
  connectionSchema,
  LARGEST_METADATA,
  metadataSchema,
} from '../../shared/contracts/hub-sso.ts';
import { useConsoleText } from '../console-text.tsx';
import { useFailureText } from '../hub/failure-text.ts';
import { useHere } from '../organization-context.tsx';
import { checkForm } from '../parts/check-form.ts';
import { Field } from '../parts/Field.tsx';
import { Form } from '../parts/Form.tsx';
import { UploadButton } from '../parts/UploadButton.tsx';
import { useChange } from '../parts/use-change.ts';
import { ConnectionTag } from './connection-tag.ts';

/** The hub did not get there, or what it found is no metadata. */
const OF_THE_ADDRESS: ReadonlySet<string> = new Set(['unreachable', 'invalid_value']);

/** Takes over what a SAML provider says of itself, from an address or a file. */
export function MetadataForm({ connection }: { readonly connection: Connection }) {
  const { t } = useConsoleText();
  const { api } = useHere();
  const change = useChange();
  const failureText = useFailureText();
  const tag = use(ConnectionTag);
  const [url, setUrl] = useState('');
  const [problem, setProblem] = useState<string>();
  const [applied, setApplied] = useState(false);
  const apply = async (body: z.input<typeof metadataSchema>) => {
    setApplied(false);
    const path = api('connections', connection.id, 'metadata');
    const answer = await change.send({ method: 'PUT', path, body, ifMatch: tag, answer: connectionSchema });
    setApplied(answer.ok);
    return answer;
  };
  const fetchIt = async () => {
    const checked = checkForm(metadataSchema, { url: url.trim() });
    const missing = url.trim() === '' ? t('sso.metadataMissing') : undefined;
    setProblem(missing ?? (checked.ok ? undefined : checked.problems.url));
    if (missing !== undefined || !checked.ok) return;
    const answer = await apply(checked.value);
    if (answer.ok || answer.failure.kind !== 'refused' || !OF_THE_ADDRESS.has(answer.failure.refusal.code))
      return;
    setProblem(failureText(answer.failure));
    change.forget();
  };
  return (
    <Form
      submit={t('sso.metadataFetch')}
      small
      change={change}
      saved={applied ? t('sso.applied') : null}
      more={
        <UploadButton
          label={t('sso.metadataFile')}
          accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
          most={LARGEST_METADATA}
          onText={(xml) => {
            setProblem(undefined);
            void apply({ xml });
          }}
        >
          {t('sso.metadataUpload')}
        </UploadButton>
      }
      onSubmit={fetchIt}
    >
      <Field
        label={t('sso.metadataFrom')}
        hint={t('sso.metadataFromHint')}
        type="url"
        problem={problem}
        value={url}
        onChange={setUrl}
      />
    </Form>
  );
}
