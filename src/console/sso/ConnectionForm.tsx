import type { ReactNode } from 'react';
import type { Connection } from '../../shared/contracts/hub-sso.ts';
import { useConsoleText } from '../console-text.tsx';
import { Form } from '../parts/Form.tsx';
import { Overtaken, type Told } from '../parts/Overtaken.tsx';
import type { TypedConnection } from './use-typed-connection.ts';

/** The form around the fields: saves, and tells what somebody else saved meanwhile in `told`. */
export function ConnectionForm<T>({
  form,
  told,
  wanted,
  label,
  small = false,
  disabled = false,
  children,
}: {
  readonly form: TypedConnection<T>;
  readonly told: readonly Told<Connection>[];
  /** What is sent, made when it is. */
  readonly wanted: () => unknown;
  readonly label: string;
  readonly small?: boolean;
  readonly disabled?: boolean;
  readonly children: ReactNode;
}) {
  const { t } = useConsoleText();
  return (
    <Form
      submit={label}
      small={small}
      disabled={disabled}
      change={form.change}
      saved={form.saved ? t('sso.saved') : null}
      onSubmit={() => form.submit(wanted())}
    >
      <Overtaken overtaken={form.made.overtaken} fields={told} onTheirs={form.forget} />
      {children}
    </Form>
  );
}
