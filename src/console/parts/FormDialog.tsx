import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { holdPlace } from '../../shared-ui/hold-place.ts';
import { useConsoleText } from '../console-text.tsx';
import { FailureNotice } from './FailureNotice.tsx';
import classes from './FormDialog.module.css';
import type { Change } from './use-change.ts';
import { useSubmit } from './use-submit.ts';

/**
 * A form over the page. It stays open with everything typed until the change is made or given up; `submit` says what
 * will happen, never "OK".
 */
export function FormDialog({
  title,
  submit,
  change,
  danger = false,
  disabled = false,
  alone = false,
  onClose,
  onSubmit,
  children,
}: {
  readonly title: string;
  readonly submit: string;
  readonly change: Change;
  /** What is done cannot be undone with one click. */
  readonly danger?: boolean;
  readonly disabled?: boolean;
  /** There is nothing left to give up: no button for that. */
  readonly alone?: boolean;
  readonly onClose: () => void;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useConsoleText();
  const send = useSubmit(change.busy || disabled, onSubmit);
  return (
    <Modal.Root
      opened
      onClose={onClose}
      padding="lg"
      size="34rem"
      closeOnClickOutside={false}
      classNames={{ title: classes.title }}
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay />
      <Modal.Content className={classes.content} onFocusCapture={holdPlace}>
        {/* A <header> here would count as a second banner of the page. */}
        <Modal.Header role="none">
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('action.close')} />
        </Modal.Header>
        <Modal.Body>
          <form className={classes.form} noValidate onSubmit={send} ref={beginAtFirstField}>
            {children}
            <FailureNotice failure={change.failure} />
            <div className={classes.actions}>
              {alone ? null : (
                <Button variant="default" onClick={onClose}>
                  {t('action.cancel')}
                </Button>
              )}
              <Button
                type="submit"
                loading={change.busy}
                disabled={disabled}
                data-danger={danger || undefined}
              >
                {submit}
              </Button>
            </div>
          </form>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

/** Whoever opens a form wants to type, and not to close it: Mantine would begin at the first button. */
function beginAtFirstField(form: HTMLFormElement | null): void {
  form?.querySelector('input:enabled, select:enabled, textarea:enabled')?.setAttribute('data-autofocus', '');
}
