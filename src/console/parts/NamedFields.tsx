import { useConsoleText } from '../console-text.tsx';
import { Field } from './Field.tsx';

/** What a thing that people make is called, and what it is for. */
export interface Named {
  readonly name: string;
  readonly description: string;
}

/** The two fields of it; problems by the name of the field. */
export function NamedFields({
  named,
  problems,
  onChange,
}: {
  readonly named: Named;
  readonly problems: { readonly [field: string]: string };
  readonly onChange: (named: Named) => void;
}) {
  const { t } = useConsoleText();
  return (
    <>
      <Field
        label={t('policies.name')}
        problem={problems.name}
        value={named.name}
        onChange={(name) => onChange({ ...named, name })}
      />
      <Field
        label={t('policies.description')}
        rows={2}
        problem={problems.description}
        value={named.description}
        onChange={(description) => onChange({ ...named, description })}
      />
    </>
  );
}
