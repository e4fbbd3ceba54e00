import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Notice } from '../../shared-ui/Notice.tsx';
import { FailureNotice } from './FailureNotice.tsx';
import layout from './Layout.module.css';
import type { Change } from './use-change.ts';
import { useSubmit } from './use-submit.ts';

/**
 * A form in a page. What was typed stays whatever becomes of the change; under the fields stands why it was not made, or
 * that it was. `submit` says what will happen, never "OK".
 */
export function Form({
  submit,
  change,
  saved,
  disabled = false,
  small = false,
  more,
  onSubmit,
  children,
}: {
  /** Left out: nothing can be sent by whoever looks. */
  readonly submit?: string | undefined;
  readonly change: Pick<Change, 'busy' | 'failure'>;
  /** Shown once the change is made; `null` before. */
  readonly saved?: string | null;
  readonly disabled?: boolean;
  readonly small?: boolean;
  /** Buttons beside that of the form. */
  readonly more?: ReactNode;
  readonly onSubmit: () => Promise<void> | void;
  readonly children: ReactNode;
}) {
  const send = useSubmit(change.busy || disabled, () => void onSubmit());
  return (
    <form className={layout.stack} noValidate onSubmit={send}>
      {children}
      <FailureNotice failure={change.failure} />
      {saved === undefined || saved === null ? null : (
        <Notice tone="good" live>
          {saved}
        </Notice>
      )}
      {submit === undefined ? null : (
        <div className={layout.row}>
          <Button type="submit" {...(small ? { size: 'xs' } : {})} loading={change.busy} disabled={disabled}>
            {submit}
          </Button>
          {more}
        </div>
      )}
    </form>
  );
}
