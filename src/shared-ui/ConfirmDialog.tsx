import { Button, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './ConfirmDialog.module.css';
import { holdPlace } from './hold-place.ts';
import { useText } from './text-context.tsx';

/** Asks before something that is not undone with one click. `confirm` says what will happen, never "OK". */
export function ConfirmDialog({
  opened,
  title,
  confirm,
  onClose,
  onConfirm,
  children,
}: {
  readonly opened: boolean;
  readonly title: string;
  readonly confirm: string;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useText();
  return (
    <Modal.Root
      opened={opened}
      onClose={onClose}
      padding="lg"
      classNames={{ title: classes.title, content: classes.content, header: classes.content }}
      transitionProps={{ duration: 120 }}
    >
      <Modal.Overlay />
      <Modal.Content onFocusCapture={holdPlace}>
        {/* A <header> here would count as a second banner of the page. */}
        <Modal.Header role="none">
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label={t('action.close')} />
        </Modal.Header>
        <Modal.Body>
          <div className={classes.body}>
            <div>{children}</div>
            <div className={classes.actions}>
              <Button variant="default" onClick={onClose}>
                {t('action.cancel')}
              </Button>
              <Button
                onClick={() => {
                  onClose();
                  onConfirm();
                }}
              >
                {confirm}
              </Button>
            </div>
          </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
