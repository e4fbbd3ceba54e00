import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './SidePanel.module.css';
import { useText } from './text-context.tsx';

/** A sheet at the far edge that explains something without leaving the page. Escape closes it, focus returns. */
export function SidePanel({
  opened,
  title,
  onClose,
  children,
}: {
  readonly opened: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useText();
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      title={title}
      position="right"
      size="30rem"
      padding="lg"
      closeButtonProps={{ 'aria-label': t('action.close') }}
      classNames={{
        title: classes.title,
        header: classes.header,
        content: classes.content,
        body: classes.body,
      }}
      transitionProps={{ duration: 160 }}
    >
      {children}
    </Drawer>
  );
}
