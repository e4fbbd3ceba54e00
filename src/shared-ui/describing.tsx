import { InputWrapperContext } from '@mantine/core';
import { type ReactNode, use } from 'react';

/**
 * What to give a field of Mantine's for it to be described by elements elsewhere on the page, by their ids: Mantine
 * writes `aria-describedby` from the description that it draws itself, and drops the one that it is given.
 */
export function describing(ids: string | undefined): {
  readonly inputContainer: (field: ReactNode) => ReactNode;
} {
  return { inputContainer: (field) => <Described by={ids}>{field}</Described> };
}

function Described({ by, children }: { readonly by: string | undefined; readonly children: ReactNode }) {
  const around = use(InputWrapperContext);
  const ids = [around.describedBy, by].filter((each) => each !== undefined && each !== '').join(' ');
  return (
    <InputWrapperContext value={{ ...around, describedBy: ids === '' ? undefined : ids }}>
      {children}
    </InputWrapperContext>
  );
}
