import { useState } from 'react';
import { type Connection, connectionChangeSchema } from '../../shared/contracts/hub-sso.ts';
import { checkForm } from '../parts/check-form.ts';
import { type FieldProblems, useRefusedField } from '../parts/refused-field.ts';
import { type ConnectionEdit, useConnectionEdit } from './use-connection-edit.ts';

/** What somebody types into a form of a connection, until it is saved. */
export interface TypedConnection<T> extends Omit<ConnectionEdit, 'save'> {
  /** Only what was typed: the other values are what stands, also where metadata or somebody else changed them. */
  readonly typed: Partial<T>;
  readonly problems: FieldProblems;
  readonly saved: boolean;
  edit(part: Partial<T>): void;
  /** Checks the change and sends it; where it was taken over, nothing is typed any more. */
  submit(wanted: unknown): Promise<void>;
  forget(): void;
}

/** The state of such a form. `T`: its values; `fields`: where the hub may refuse a value that its schema takes. */
export function useTypedConnection<T>(connection: Connection, fields: readonly string[]): TypedConnection<T> {
  const refusedField = useRefusedField();
  const { change, made, save } = useConnectionEdit(connection);
  const [typed, setTyped] = useState<Partial<T>>({});
  const [problems, setProblems] = useState<FieldProblems>({});
  const [saved, setSaved] = useState(false);
  return {
    ...{ change, made, typed, problems, saved },
    edit: (part) => {
      setSaved(false);
      made.begin();
      setTyped((before) => ({ ...before, ...part }));
    },
    submit: async (wanted) => {
      setSaved(false);
      const checked = checkForm(connectionChangeSchema, wanted);
      setProblems(checked.ok ? {} : checked.problems);
      if (!checked.ok) return;
      const answer = await save(checked.value);
      setSaved(answer.ok);
      if (answer.ok) return setTyped({});
      const refused = refusedField(answer.failure, fields);
      if (refused === undefined) return;
      setProblems(refused);
      change.forget();
    },
    forget: () => {
      setTyped({});
      change.forget();
      made.end();
    },
  };
}
