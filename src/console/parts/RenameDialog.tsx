import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import { useConsoleText } from '../console-text.tsx';
import { checkForm } from './check-form.ts';
import { FormDialog } from './FormDialog.tsx';
import { type Named, NamedFields } from './NamedFields.tsx';
import { Overtaken } from './Overtaken.tsx';
import { useChange } from './use-change.ts';
import { useMadeFrom } from './use-made-from.ts';

/** Name and description of a thing that people make; somebody who is faster is not overwritten unseen. */
export function RenameDialog({
  title,
  path,
  thing: { name, description },
  tag,
  schema,
  answer: expected,
  onClose,
  children,
}: {
  readonly title: string;
  /** Of the thing, in the API. */
  readonly path: string;
  readonly thing: Named;
  /** The entity tag of what the dialog was opened on. */
  readonly tag: string;
  /** Of the change, as the hub checks it. */
  readonly schema: z.ZodType<{ readonly [Field in keyof Named]?: Named[Field] | undefined }>;
  readonly answer: z.ZodType;
  readonly onClose: () => void;
  /** What else happens by it. */
  readonly children?: ReactNode;
}) {
  const { t } = useConsoleText();
  const change = useChange();
  const present: Named = { name, description };
  const made = useMadeFrom(present, tag, change, true);
  const [named, setNamed] = useState<Named>(present);
  const [problems, setProblems] = useState<{ readonly [field: string]: string }>({});
  const submit = async () => {
    const checked = checkForm(schema, named);
    setProblems(checked.ok ? {} : checked.problems);
    if (!checked.ok) return;
    const body = { name: checked.value.name, description: checked.value.description };
    const answer = await change.send({ method: 'PATCH', path, body, ifMatch: made.tag, answer: expected });
    if (answer.ok) onClose();
  };
  return (
    <FormDialog
      title={title}
      submit={t('action.save')}
      change={change}
      onClose={onClose}
      onSubmit={() => void submit()}
    >
      <Overtaken
        overtaken={made.overtaken}
        fields={[
          [t('policies.name'), (each) => each.name],
          [t('policies.description'), (each) => each.description],
        ]}
        onTheirs={onClose}
      />
      <NamedFields named={named} problems={problems} onChange={setNamed} />
      {children}
    </FormDialog>
  );
}
