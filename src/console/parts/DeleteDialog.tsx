import type { ReactNode } from 'react';
import { z } from 'zod';
import type { HubRequest } from '../hub/hub-client.ts';
import { FormDialog } from './FormDialog.tsx';
import { useChange } from './use-change.ts';

/** Asks before something is taken away by one request, and says what is lost; it stays open while the hub refuses. */
export function DeleteDialog({
  title,
  submit,
  path,
  ifMatch,
  query,
  answer: expected = z.undefined(),
  onClose,
  onDone = onClose,
  children,
}: {
  readonly title: string;
  readonly submit: string;
  /** What is deleted, as a path of the API. */
  readonly path: string;
  /** The entity tag of what was looked at, where the hub asks for it. */
  readonly ifMatch?: string;
  readonly query?: HubRequest<z.ZodType>['query'];
  /** What the hub answers; left out, nothing. */
  readonly answer?: z.ZodType;
  readonly onClose: () => void;
  /** Left out, the dialog closes. */
  readonly onDone?: () => void;
  /** What is lost. */
  readonly children: ReactNode;
}) {
  const change = useChange();
  const send = async () => {
    const answer = await change.send({
      method: 'DELETE',
      path,
      answer: expected,
      ...(query === undefined ? {} : { query }),
      ...(ifMatch === undefined ? {} : { ifMatch }),
    });
    if (answer.ok) onDone();
  };
  return (
    <FormDialog
      title={title}
      submit={submit}
      danger
      change={change}
      onClose={onClose}
      onSubmit={() => void send()}
    >
      {children}
    </FormDialog>
  );
}
