import { useCallback } from 'react';
import { useFailureText } from '../hub/failure-text.ts';
import type { Failure } from '../hub/hub-client.ts';

/** Problems of a form by the name of the field. */
export type FieldProblems = { readonly [field: string]: string };

/**
 * What the hub said against the value of one of these fields, to be shown at it; `undefined`: it refused something else,
 * or was not reached.
 */
export function useRefusedField(): (
  failure: Failure,
  fields: readonly string[],
) => FieldProblems | undefined {
  const failureText = useFailureText();
  return useCallback(
    (failure, fields) => {
      if (failure.kind !== 'refused') return undefined;
      const named = failure.refusal.details?.field;
      const field = fields.find((each) => each === named);
      return field === undefined ? undefined : { [field]: failureText(failure) };
    },
    [failureText],
  );
}

/** The problem of a field, or of the first value in its list that has one. */
export function problemAt(problems: FieldProblems, field: string): string | undefined {
  return problems[field] ?? Object.entries(problems).find(([path]) => path.startsWith(`${field}.`))?.[1];
}
